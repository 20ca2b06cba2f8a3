import { expect } from 'chai'
import type { BlockVersion } from '../../../lib/session/state/memory.ts'
import {
  type BlockFacts,
  type MemoryPage,
  NO_MEMORY_PAGE,
  reduceMemoryPage,
} from '../../../ui/state/memory-page.ts'

const version = { version: 0, added: 0, removed: 0 } as BlockVersion & {
  added: number
  removed: number
}
const facts = (blockId: string, count = 3): BlockFacts => ({
  blockId,
  value: '',
  versions: Array.from({ length: count }, (_, index) => ({
    ...version,
    version: count - 1 - index,
  })),
  lines: [],
  totals: { versions: 2, characters: 20 },
})
const marked: MemoryPage = { ...NO_MEMORY_PAGE, facts: facts('a'), version: 2, marked: 1 }

describe('The state of the memory page', () => {
  it('keeps the selected version and the mark while the same block is read again', () => {
    const inHistory = { ...marked, column: 'history' } as const
    const read = (page: MemoryPage, count: number): readonly (number | null)[] => {
      const again = reduceMemoryPage(page, {
        type: 'memoryPage.factsRead',
        facts: facts('a', count),
      })
      return [again.version, again.marked]
    }
    expect(read(inHistory, 3)).to.deep.equal([2, 1])
    // Two new versions are above them.
    expect(read(inHistory, 5)).to.deep.equal([4, 3])
    // Elsewhere the page shows the newest one.
    expect(read(marked, 5)).to.deep.equal([0, 3])
    const older = { ...inHistory, version: 9, marked: null }
    expect(read(older, 3)).to.deep.equal([2, null])
  })

  it('drops them for another block', () => {
    const other = reduceMemoryPage(marked, { type: 'memoryPage.factsRead', facts: facts('b') })
    expect([other.version, other.marked]).to.deep.equal([0, null])
  })

  it('removes a mark that is set again', () => {
    const once = reduceMemoryPage(marked, { type: 'memoryPage.versionMarked' })
    expect(once.marked).to.equal(2)
    expect(reduceMemoryPage(once, { type: 'memoryPage.versionMarked' }).marked).to.equal(null)
  })
})
