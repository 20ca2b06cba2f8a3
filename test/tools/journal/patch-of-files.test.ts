import { execFileSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { patchOfFiles } from '../../../lib/tools/journal/patch-of-files.ts'

describe('The patch of changed files', () => {
  let directory: string
  beforeEach(() => {
    directory = realpathSync(mkdtempSync(path.join(tmpdir(), 'letta-patch-')))
    git(['init', '-q'])
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))

  const git = (args: readonly string[], input?: Buffer): string =>
    execFileSync('git', args, { cwd: directory, encoding: 'utf8', input })

  it('applies to the index, with all of a file that git does not track, which it names', async () => {
    writeFileSync(path.join(directory, 'known.txt'), 'known\n')
    git(['add', 'known.txt'])
    const contents = new Map([
      ['before', Buffer.from('known\n')],
      ['after', Buffer.from('known\nmore\n')],
    ])
    const load = async (version: string): Promise<Buffer | null> => contents.get(version) ?? null
    const changed = { before: 'before', after: 'after', mode: 0o644 }
    const files = ['known.txt', 'own.txt'].map((label) => ({
      ...changed,
      label,
      path: path.join(directory, label),
    }))
    const { patch, complete } = await patchOfFiles(files, { journal: { load }, directory })
    expect(complete).to.deep.equal(['own.txt'])
    git(['apply', '--cached'], patch)
    for (const { label } of files) expect(git(['show', `:${label}`])).to.equal('known\nmore\n')
  })
})
