import { expect } from 'chai'
import type { FsView } from '../../../../lib/permissions/facts/facts.ts'
import { expandGlob } from '../../../../lib/permissions/shell/parse/expand-glob.ts'
import { EMPTY_VIEW } from '../../../support/file-facts.ts'

describe('The files that a pattern of a line matches', () => {
  /** Every directory contains `a`; notes which ones are read. */
  function viewWith(read: string[]): FsView {
    const listNames = (directory: string): readonly string[] => {
      read.push(directory)
      return ['a']
    }
    return { ...EMPTY_VIEW, expansions: new Map(), listNames }
  }

  it('are found part by part', () => {
    const read: string[] = []
    expect(expandGlob('*/a/*', '/p', viewWith(read))).to.deep.equal(['/p/a/a/a'])
    expect(read).to.deep.equal(['/p', '/p/a/a'])
  })

  it('are unknown, and no directory is read, for a pattern of more parts than anyone writes', () => {
    const read: string[] = []
    expect(expandGlob('*/'.repeat(1_000), '/p', viewWith(read))).to.equal(null)
    expect(read).to.deep.equal([])
  })

  it('are found once for a pattern that a line repeats', () => {
    const read: string[] = []
    const view = viewWith(read)
    for (let time = 0; time < 3; time++) expect(expandGlob('*', '/p', view)).to.deep.equal(['/p/a'])
    expect(read).to.deep.equal(['/p'])
  })
})
