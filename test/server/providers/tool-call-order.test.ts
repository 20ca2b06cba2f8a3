import { expect } from 'chai'
import fc from 'fast-check'
import type { ModelPart } from '../../../lib/server/providers/provider.ts'
import { createCallOrder } from '../../../lib/server/providers/tool-call-order.ts'

/** Calls with arguments cut anywhere, and the order in which the pieces arrive. */
const mixtures = fc
  .array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 1, maxLength: 4 })
  .chain((calls) => {
    const texts = calls.map((args) => JSON.stringify(args))
    const steps = texts.flatMap((text, call) => [...text].map(() => call))
    return fc.record({
      texts: fc.constant(texts),
      order: fc.shuffledSubarray(steps, { minLength: steps.length }),
    })
  })

function arrive(texts: readonly string[], order: readonly number[]): readonly ModelPart[] {
  const calls = createCallOrder()
  const sent = texts.map(() => 0)
  const parts = texts.flatMap((_, call) => calls.start(`${call}`, `Tool${call}`))
  for (const call of order) {
    const at = sent[call] ?? 0
    sent[call] = at + 1
    parts.push(...calls.delta(`${call}`, [...(texts[call] ?? '')][at] ?? ''))
  }
  return [...parts, ...calls.close()]
}

describe('The order of tool calls', () => {
  it('separates calls completely, however their deltas are interleaved', () => {
    fc.assert(
      fc.property(mixtures, ({ texts, order }) => {
        const seen: { name: string; args: string }[] = []
        for (const part of arrive(texts, order)) {
          if (part.type === 'callStart') seen.push({ name: part.name, args: '' })
          const last = seen.at(-1)
          if (part.type !== 'callDelta' || last === undefined) continue
          expect(`Tool${part.callId}`).to.equal(last.name)
          last.args += part.args
        }
        expect(seen).to.deep.equal(texts.map((args, call) => ({ name: `Tool${call}`, args })))
      }),
    )
  })

  it('streams the first call, and a later one as soon as the first is complete', () => {
    const calls = createCallOrder()
    const start = (callId: string) => ({ type: 'callStart', callId, name: 'Read' })
    const delta = (callId: string, args: string) => ({ type: 'callDelta', callId, args })
    expect(calls.start('a', 'Read')).to.deep.equal([start('a')])
    expect(calls.delta('a', '{"x"')).to.deep.equal([delta('a', '{"x"')])
    expect(calls.start('b', 'Read')).to.deep.equal([])
    expect(calls.delta('b', '{')).to.deep.equal([])
    expect(calls.delta('a', ':1}')).to.deep.equal([delta('a', ':1}'), start('b'), delta('b', '{')])
    expect(calls.delta('b', '}')).to.deep.equal([delta('b', '}')])
  })

  it('accepts a complete call without deltas', () => {
    expect(createCallOrder().end('a', 'Read', '{"x":1}')).to.deep.equal([
      { type: 'callStart', callId: 'a', name: 'Read' },
      { type: 'callDelta', callId: 'a', args: '{"x":1}' },
    ])
  })
})
