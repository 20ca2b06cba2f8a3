import { expect } from 'chai'
import { carryRejected } from '../../lib/util/carry-rejected.ts'
import { applySelection } from '../../lib/util/select-changes.ts'
import { diffHunks } from '../../lib/util/unified-diff.ts'

describe('What was rejected of a change', () => {
  const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')
  const numbered = Array.from({ length: 30 }, (_, at) => `line ${at}`)
  const edited = (lines: readonly string[]): string =>
    text(lines.map((line) => line.replace(/^line (4|15|25)$/, 'new $1')))

  const carried = (after: readonly string[], rejected: readonly number[]) => {
    const { hunks: before } = diffHunks(text(numbered), edited(numbered))
    const { hunks: now } = diffHunks(text(after), edited(after))
    const found = carryRejected(before, now, rejected)
    const applied = applySelection(text(after), edited(after), now, new Set(found.rejected))
    return { isComplete: found.isComplete, applied }
  }

  it('is rejected again where lines above it and next to it have changed', () => {
    const after = ['first', 'second', ...numbered.with(13, 'other')]
    const { isComplete, applied } = carried(after, [2, 3])
    expect(isComplete).to.equal(true)
    expect(applied).to.equal(edited(after).replace('new 15', 'line 15'))
  })

  it('is rejected again when other hunks are gone', () => {
    const after = numbered.with(4, 'other')
    const { isComplete, applied } = carried(after, [4, 5])
    expect(isComplete).to.equal(true)
    expect(applied).to.equal(edited(after).replace('new 25', 'line 25'))
  })

  it('is rejected again line by line in a group of lines of which others are different now', () => {
    const { hunks: before } = diffHunks('a\n', 'a\none\ntwo\nthree\n')
    const now = diffHunks('a\n', 'a\none\ntwo\n3\nmine\n').hunks
    expect(carryRejected(before, now, [1])).to.deep.equal({ rejected: [1], isComplete: true })
    expect(carryRejected(before, now, [1, 2])).to.deep.equal({ rejected: [1], isComplete: false })
  })

  it('is reported as lost when its hunk is another one now', () => {
    const after = numbered.toSpliced(16, 0, 'line 15')
    expect(carried(after, [2, 3]).isComplete).to.equal(false)
  })

  it('is reported as lost when there are more equal changes than before', () => {
    const replaced = (lines: readonly string[]): string =>
      text(lines.map((line) => (line === 'same' ? 'new' : line)))
    const { hunks: before } = diffHunks(
      text(numbered.with(4, 'same').with(15, 'same')),
      replaced(numbered.with(4, 'same').with(15, 'same')),
    )
    const three = numbered.with(4, 'same').with(15, 'same').with(25, 'same')
    const { hunks: now } = diffHunks(text(three), replaced(three))
    const found = carryRejected(before, now, [2, 3])
    expect(found).to.deep.equal({ rejected: [], isComplete: false })
  })
})
