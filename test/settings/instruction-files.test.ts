import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import {
  findInstructionFiles,
  searchInstructionFiles,
} from '../../lib/settings/instruction-files.ts'

describe('The files with instructions', () => {
  let root: string
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'letta-instructions-'))
    mkdirSync(path.join(root, 'repository', 'lib', 'deep'), { recursive: true })
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  const write = (...names: readonly string[]): void => {
    for (const name of names) writeFileSync(path.join(root, name), 'Text.\n')
  }
  /** Relative to the root, as they are found at the start and before a message. */
  const found = async (directory: string) => {
    const at = path.join(root, directory)
    const both = [findInstructionFiles(at), await searchInstructionFiles(at)]
    return both.map((files) => files.map((file) => path.relative(root, file)))
  }

  it('of a directory in a repository are those up to its root, the outermost first, one of each directory', async () => {
    mkdirSync(path.join(root, 'repository', '.git'))
    write(
      'AGENTS.md',
      'repository/GEMINI.md',
      'repository/CLAUDE.md',
      'repository/lib/deep/AGENTS.md',
    )
    const expected = ['repository/CLAUDE.md', 'repository/lib/deep/AGENTS.md']
    expect(await found('repository/lib/deep')).to.deep.equal([expected, expected])
  })

  it('outside of a repository are that of the directory only', async () => {
    write('AGENTS.md', 'repository/lib/AGENTS.md')
    const expected = ['repository/lib/AGENTS.md']
    expect(await found('repository/lib')).to.deep.equal([expected, expected])
    expect(await found('repository/lib/deep')).to.deep.equal([[], []])
  })
})
