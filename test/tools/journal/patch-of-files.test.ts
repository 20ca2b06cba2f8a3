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

  const patched = (
    ...files: readonly (readonly [name: string, before: string, after: string])[]
  ) => {
    const load = async (version: string): Promise<Buffer> => Buffer.from(version)
    const changed = files.map(([label, before, after]) => {
      return { label, path: path.join(directory, label), before, after, mode: 0o644 }
    })
    const forIndex = { isVersionOf: () => false }
    return patchOfFiles(changed, { journal: { load }, directory, forIndex })
  }

  it('applies to the index, with all of a file that git does not track, which it names', async () => {
    writeFileSync(path.join(directory, 'known.txt'), 'known\n')
    git(['add', 'known.txt'])
    const { patch, complete } = await patched(
      ['known.txt', 'known\n', 'known\nmore\n'],
      ['own.txt', 'mine\n', 'mine\nmore\n'],
    )
    expect(complete).to.deep.equal(['own.txt'])
    git(['apply', '--cached'], patch)
    expect(git(['show', ':known.txt'])).to.equal('known\nmore\n')
    expect(git(['show', ':own.txt'])).to.equal('mine\nmore\n')
  })

  it('applies to an index without other changes nearby, and leaves out what differs in the same lines', async () => {
    const lines = (...changed: readonly string[]): string =>
      Array.from(
        { length: 9 },
        (_, at) => changed.find((one) => one.startsWith(`${at}`)) ?? `${at}`,
      )
        .join('\n')
        .concat('\n')
    writeFileSync(path.join(directory, 'a.txt'), lines())
    writeFileSync(path.join(directory, 'b.txt'), lines('4 staged'))
    git(['add', '.'])
    const { patch, leftOut } = await patched(
      ['a.txt', lines('3 by hand'), lines('3 by hand', '5 agent')],
      ['b.txt', lines(), lines('4 agent')],
    )
    expect(leftOut).to.deep.equal([{ label: 'b.txt', reason: 'index' }])
    git(['apply', '--cached'], patch)
    expect(git(['show', ':a.txt'])).to.equal(lines('5 agent'))
  })

  it('contains those lines of a file that fit where the index differs in others', async () => {
    writeFileSync(path.join(directory, 'a.txt'), 'one\ntwo\nthree\nfour\nfive\n')
    git(['add', '.'])
    const before = 'one\ntwo by hand\nthree\nfour\nfive\n'
    const after = 'one\ntwo by agent\nthree\nfour by agent\nfive\n'
    const { patch, leftOut } = await patched(['a.txt', before, after])
    expect(leftOut).to.deep.equal([{ label: 'a.txt', reason: 'lines' }])
    git(['apply', '--cached'], patch)
    expect(git(['show', ':a.txt'])).to.equal('one\ntwo\nthree\nfour by agent\nfive\n')
  })

  it('contains no file of a submodule, which the index of the repository does not have', async () => {
    git(['init', '-q', 'module'])
    writeFileSync(path.join(directory, 'module/a.txt'), 'one\n')
    writeFileSync(path.join(directory, 'a.txt'), 'one\n')
    git(['add', 'a.txt'])
    const { patch, leftOut } = await patched(
      ['module/a.txt', 'one\n', 'two\n'],
      ['module/gone/b.txt', 'one\n', 'two\n'],
      ['a.txt', 'one\n', 'two\n'],
    )
    expect(leftOut).to.deep.equal([
      { label: 'module/a.txt', reason: 'nested' },
      { label: 'module/gone/b.txt', reason: 'nested' },
    ])
    git(['apply', '--cached'], patch)
    expect(git(['show', ':a.txt'])).to.equal('two\n')
  })

  it('contains no file of the directory .git, which git does not accept', async () => {
    writeFileSync(path.join(directory, 'a.txt'), 'one\n')
    git(['add', '.'])
    const { patch, leftOut } = await patched(
      ['.git/config', '[core]\n', '[core]\n\tx = 1\n'],
      ['a.txt', 'one\n', 'two\n'],
    )
    expect(leftOut).to.deep.equal([{ label: '.git/config', reason: 'outside' }])
    git(['apply', '--cached'], patch)
    expect(git(['show', ':a.txt'])).to.equal('two\n')
  })
})
