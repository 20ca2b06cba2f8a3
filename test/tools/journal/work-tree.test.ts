import { execFileSync } from 'node:child_process'
import { existsSync, rmSync, utimesSync } from 'node:fs'
import { expect } from 'chai'
import type { JournalEntry } from '../../../lib/tools/journal/journal.ts'
import { createPlayground, type Playground } from '../playground.ts'

describe('What a command line changes', () => {
  let ground: Playground
  beforeEach(() => {
    ground = createPlayground()
    git('init', '-q')
    ground.put('.gitignore', 'ignored\n')
    ground.put('clean.txt', 'clean\n')
    ground.put('touched.txt', 'old\n')
    git('add', '.')
    ground.put('touched.txt', 'mine\n')
    ground.put('untracked.txt', 'untracked\n')
  })
  afterEach(() => ground.close())

  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, { cwd: ground.place.directory, encoding: 'utf8' })
  const bash = (command: string) => ground.call('Bash', { command })
  const list = (): Promise<readonly JournalEntry[]> => ground.runner.journal.list()
  const facts = async () =>
    Promise.all(
      (await list()).map(async ({ path, source, before, after }) => [
        path.slice(ground.place.directory.length + 1),
        source,
        String(await ground.runner.journal.load(before)),
        String(await ground.runner.journal.load(after)),
      ]),
    )

  it('is recorded with both contents, for tracked, modified, untracked, new and deleted files', async () => {
    await bash(
      'for f in clean touched untracked new; do echo more >> $f.txt; done; echo x > ignored; rm .gitignore',
    )
    expect((await facts()).sort()).to.deep.equal([
      ['.gitignore', 'shell', 'ignored\n', 'null'],
      ['clean.txt', 'shell', 'clean\n', 'clean\nmore\n'],
      ['ignored', 'shell', 'null', 'x\n'],
      ['new.txt', 'shell', 'null', 'more\n'],
      ['touched.txt', 'shell', 'mine\n', 'mine\nmore\n'],
      ['untracked.txt', 'shell', 'untracked\n', 'untracked\nmore\n'],
    ])
  })

  it('is not looked for where git would run a program of the repository', async () => {
    ground.put('.gitattributes', '*.txt filter=x\n')
    git('config', 'filter.x.clean', `touch ${ground.path('RAN')}; cat`)
    // An index that is as old as a file makes git read that file.
    const old = new Date(1_577_836_800_000)
    utimesSync(ground.path('clean.txt'), old, old)
    git('-c', 'filter.x.clean=', 'add', 'clean.txt')
    utimesSync(ground.path('.git/index'), old, old)
    await bash('echo more >> touched.txt')
    expect(existsSync(ground.path('RAN'))).to.equal(false)
    expect(await list()).to.deep.equal([])
  })

  it('is distinguished from what a tool and another program have changed', async () => {
    await bash('true')
    await ground.call('Write', { file_path: 'tool.txt', content: 'tool\n' })
    ground.put('clean.txt', 'by hand\n')
    await bash('echo shell >> tool.txt')
    expect(await facts()).to.deep.equal([
      ['tool.txt', undefined, 'null', 'tool\n'],
      ['clean.txt', 'outside', 'clean\n', 'by hand\n'],
      ['tool.txt', 'shell', 'tool\n', 'tool\nshell\n'],
    ])
  })

  it('is undone with its turn, and what others have changed is not', async () => {
    await bash('true')
    ground.put('clean.txt', 'by hand\n')
    await bash('echo more >> touched.txt; rm untracked.txt; echo new > new.txt')
    const { journal } = ground.runner
    expect((await journal.undo({ turnId: 'turn-1' })).ok).to.equal(true)
    expect(ground.text('touched.txt')).to.equal('mine\n')
    expect(ground.text('untracked.txt')).to.equal('untracked\n')
    expect(ground.text('clean.txt')).to.equal('by hand\n')
    expect(existsSync(ground.path('new.txt'))).to.equal(false)
  })

  it('is listed without its content when a file is too large, and does not prevent undoing the rest', async () => {
    ground.put('big.txt', 'x'.repeat(2_000_000))
    await bash('echo more >> big.txt; echo more >> clean.txt')
    expect((await facts()).map(([name]) => name).sort()).to.deep.equal(['big.txt', 'clean.txt'])
    expect((await ground.runner.journal.undo({ turnId: 'turn-1' })).ok).to.equal(true)
    expect(ground.text('clean.txt')).to.equal('clean\n')
  })

  it('changes neither the index nor the files of git', async () => {
    const before = git('status', '--porcelain') + git('ls-files', '-s')
    await bash('true')
    expect(git('status', '--porcelain') + git('ls-files', '-s')).to.equal(before)
  })

  it('is not recorded outside of a git repository', async () => {
    rmSync(ground.path('.git'), { recursive: true })
    expect((await bash('echo more >> clean.txt')).status).to.equal('success')
    expect(await list()).to.deep.equal([])
  })
})
