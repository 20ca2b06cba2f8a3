import { expect } from 'chai'
import { diffHunks } from '../../lib/util/unified-diff.ts'
import { widenHunks } from '../../lib/util/widen-hunks.ts'
import { createSeededRandom } from '../support/seeded-random.ts'

const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')

describe('Hunks with more or fewer lines of context', () => {
  it('have as many unchanged lines as wanted where there are any, each once, with both numbers', () => {
    const random = createSeededRandom(7)
    for (let round = 0; round < 200; round++) {
      const old = Array.from({ length: 60 }, (_, at) => `line ${at}`)
      const now = old.flatMap((line, at) => {
        const dice = random()
        if (dice < 0.04) return []
        if (dice < 0.08) return [line, `new ${at}`]
        return [dice < 0.12 ? `changed ${at}` : line]
      })
      const isUnended = random() < 0.5
      const [before, after] = [text(old), text(now)].map((one) =>
        isUnended ? one.slice(0, -1) : one,
      ) as [string, string]
      const { hunks } = diffHunks(before, after)
      const context = Math.floor(random() * 12)
      const widened = widenHunks(hunks, after, context) ?? []
      expect(widened).to.have.lengthOf(hunks.length)
      const shown = widened.flatMap(({ lines }) => lines)
      for (const line of shown) {
        if (line.oldNumber !== null) expect(line.text).to.equal(old[line.oldNumber - 1])
        if (line.newNumber !== null) expect(line.text).to.equal(now[line.newNumber - 1])
      }
      const numbers = shown.flatMap(({ newNumber }) => newNumber ?? [])
      expect(numbers).to.deep.equal([...new Set(numbers)].sort((one, other) => one - other))
      const changed = (all: typeof hunks) =>
        all.flatMap(({ lines }) => lines.filter(({ type }) => type !== 'context'))
      expect(changed(widened)).to.deep.equal(changed(hunks))
      const [first] = widened
      const lead = first?.lines.findIndex(({ type }) => type !== 'context') ?? 0
      const available = (first?.newStart ?? 1) - 1 + lead
      expect(lead).to.equal(Math.min(context, available))
    }
  })

  it('are refused for another text', () => {
    const { hunks } = diffHunks('a\nb\nc\n', 'a\nB\nc\n')
    expect(widenHunks(hunks, 'a\nX\nc\n', 10)).to.equal(null)
  })
})
