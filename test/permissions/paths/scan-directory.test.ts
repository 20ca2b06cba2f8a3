import { expect } from 'chai'
import type { DirectoryTree } from '../../../lib/permissions/facts/facts.ts'
import { containsMatch } from '../../../lib/permissions/paths/scan-directory.ts'
import { EMPTY_VIEW } from '../../support/file-facts.ts'

describe('A directory', () => {
  function contains(tree: DirectoryTree, payload: string, ifMissing = false): boolean {
    const view = { ...EMPTY_VIEW, listTree: () => tree }
    return containsMatch([payload], '/p/src', { view, ifMissing })
  }
  const files = {
    type: 'directory',
    paths: ['/p/src', '/p/src/.env'],
    links: [],
    isComplete: true,
  } as const

  it('contains a match when a rule matches one of its files', () => {
    expect(contains(files, '**/.env')).to.equal(true)
    expect(contains(files, '**/*.pem')).to.equal(false)
  })

  it('contains a match when it has too many files to check', () => {
    expect(contains({ ...files, isComplete: false }, '**/*.pem')).to.equal(true)
  })

  it('contains no match of a rule for another directory', () => {
    expect(contains({ ...files, isComplete: false }, 'other/**')).to.equal(false)
  })

  it('contains a match, when it is a file, if a rule matches its name', () => {
    expect(contains({ type: 'file' }, 'src')).to.equal(true)
    expect(contains({ type: 'file' }, 'src/**/x')).to.equal(false)
  })

  it('contains what the caller assumes when it is missing', () => {
    for (const ifMissing of [true, false]) {
      expect(contains({ type: 'missing' }, '**/.env', ifMissing)).to.equal(ifMissing)
    }
  })
})
