import { expect } from 'chai'
import { providersFromEnvironment } from '../../../lib/server/providers/index.ts'
import type { ModelPart } from '../../../lib/server/providers/provider.ts'
import type { ScriptedAnswer } from '../../support/model-endpoint.ts'
import { startModelEndpoint } from '../../support/model-endpoint.ts'
import { only, partsOf } from './requests.ts'

const words = Array.from({ length: 200 }, (_, index) => `word ${index} `)

describe('A long answer', () => {
  const answerTo = async (turn: ScriptedAnswer): Promise<readonly ModelPart[]> => {
    const endpoint = await startModelEndpoint([turn])
    try {
      return await partsOf(only(providersFromEnvironment({ OPENAI_BASE_URL: endpoint.url })))
    } finally {
      await endpoint.close()
    }
  }
  const deltasOf = (parts: readonly ModelPart[], type: 'text' | 'reasoning'): readonly string[] =>
    parts.flatMap((part) => (part.type === type ? part.delta : []))

  it('is handed over in few pieces after its beginning, with the same text', async () => {
    const parts = await answerTo({ text: words, delayMs: 1 })
    const deltas = deltasOf(parts, 'text')
    expect(deltas.slice(0, 24)).to.deep.equal(words.slice(0, 24))
    expect(deltas.join('')).to.equal(words.join(''))
    expect(deltas.length).to.be.below(100)
    expect(parts.at(-1)).to.include({ type: 'finish', reason: 'stop' })
  })

  it('has its reasoning before its text, and each call with its own arguments', async () => {
    const calls = ['a', 'b'].map((id) => ({
      id,
      name: 'Read',
      deltas: ['{"file_path":', `"${id}"}`],
    }))
    const parts = await answerTo({ reasoning: words, text: words, calls })
    expect(deltasOf(parts, 'reasoning').join('')).to.equal(words.join(''))
    expect(deltasOf(parts, 'text').join('')).to.equal(words.join(''))
    const types = parts.map(({ type }) => type)
    expect(types.lastIndexOf('reasoning')).to.be.below(types.indexOf('text'))
    expect(types.lastIndexOf('text')).to.be.below(types.indexOf('callStart'))
    expect(argumentsOf(parts)).to.deep.equal(
      new Map([
        ['a', '{"file_path":"a"}'],
        ['b', '{"file_path":"b"}'],
      ]),
    )
  })

  it('has the arguments of a call in few pieces as well', async () => {
    const deltas = ['{"content":"', ...words, '"}']
    const parts = await answerTo({ calls: [{ id: 'a', name: 'Write', deltas }], delayMs: 1 })
    expect(argumentsOf(parts)).to.deep.equal(new Map([['a', deltas.join('')]]))
    expect(parts.filter(({ type }) => type === 'callDelta').length).to.be.below(100)
  })
})

/** The arguments of each call. */
function argumentsOf(parts: readonly ModelPart[]): ReadonlyMap<string, string> {
  const args = new Map<string, string>()
  for (const part of parts) {
    if (part.type === 'callDelta') args.set(part.callId, (args.get(part.callId) ?? '') + part.args)
  }
  return args
}
