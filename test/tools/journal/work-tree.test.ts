import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { type JournalEntry, openJournal } from '../../../lib/tools/journal/journal.ts'
import { openWorkTree } from '../../../lib/tools/journal/work-tree.ts'
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
  const gaps = async () => (await ground.runner.journal.read()).gaps?.map(({ reason }) => reason)
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

  it('is not looked for where the repository takes objects from another one', async () => {
    ground.put('.git/objects/info/alternates', '/elsewhere/objects\n')
    await bash('echo more >> touched.txt')
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

  it('is recorded outside of a git repository as well, but not what programs keep there', async () => {
    rmSync(ground.path('.git'), { recursive: true })
    ground.put('node_modules/a.js', 'a\n')
    await bash(
      'rm clean.txt; echo more >> touched.txt; echo n > new.txt; echo b > node_modules/a.js',
    )
    expect((await facts()).sort()).to.deep.equal([
      ['clean.txt', 'shell', 'clean\n', 'null'],
      ['new.txt', 'shell', 'null', 'n\n'],
      ['touched.txt', 'shell', 'mine\n', 'mine\nmore\n'],
    ])
    const { journal } = ground.runner
    expect((await journal.undo({ turnId: 'turn-1' })).ok).to.equal(true)
    expect([ground.text('clean.txt'), ground.text('touched.txt')]).to.deep.equal([
      'clean\n',
      'mine\n',
    ])
    expect(existsSync(ground.path('new.txt'))).to.equal(false)
  })

  it('is listed without the content of what looks secret, in a repository and elsewhere', async () => {
    const secrets = ['.env', '.env.local', 'deploy.pem', 'id_ed25519', '.npmrc', '.aws/config']
    const store = `${ground.place.lettaDirectory}/journal`
    const saved = (): string =>
      execFileSync('grep', ['-rlE', 'SECRET', store, '--include=*'], { encoding: 'utf8' })
    for (const name of secrets) ground.put(name, 'SECRET\n')
    ground.put('.env.example', 'TOKEN=\n')
    git('add', '-f', '.npmrc')
    for (const isRepository of [true, false]) {
      if (!isRepository) rmSync(ground.path('.git'), { recursive: true })
      await bash(`for f in ${secrets.join(' ')} .env.example; do echo SECRET2 >> $f; done`)
    }
    const found = (await list()).map(({ path, before, after }) => {
      const name = path.slice(ground.place.directory.length + 1)
      return [name, before === 'unrecorded' && after === 'unrecorded'] as const
    })
    const names = [...secrets, ...secrets].sort()
    expect(found.flatMap(([name, isLeftOut]) => (isLeftOut ? [name] : [])).sort()).to.deep.equal(
      names,
    )
    expect(found.filter(([, isLeftOut]) => !isLeftOut).map(([name]) => name)).to.deep.equal([
      '.env.example',
      '.env.example',
    ])
    const contents = saved().trim().split('\n')
    // Both versions of the example.
    expect(contents.filter((path) => path.includes('/contents/'))).to.have.length(2)
    const undo = await ground.runner.journal.undo({ turnId: 'turn-1' })
    expect([undo.ok, ground.text('.env.example')]).to.deep.equal([true, 'TOKEN=\n'])
    expect(ground.text('.env')).to.equal('SECRET\nSECRET2\nSECRET2\n')
  })

  it('leaves out what an ignore file excludes, also outside of a repository', async () => {
    rmSync(ground.path('.git'), { recursive: true })
    ground.put('deep/.gitignore', 'build/\n*.log\n')
    await bash(
      'mkdir -p deep/build; for f in ignored deep/a.log deep/build/x deep/b; do echo > $f; done',
    )
    expect((await facts()).map(([name]) => name)).to.deep.equal(['deep/b'])
  })

  it('contains no file that was there before and is only no longer ignored, or ignored since', async () => {
    for (const isRepository of [true, false]) {
      if (!isRepository) rmSync(ground.path('.git'), { recursive: true })
      ground.put('ignored', 'mine\n')
      ground.put('.gitignore', 'ignored\n')
      await bash('sleep 0.05')
      await bash('echo untracked.txt > .gitignore')
      await bash('echo ignored >> .gitignore')
      const names = (await facts()).map(([name]) => name)
      expect(new Set(names)).to.deep.equal(new Set(['.gitignore']))
    }
    expect((await ground.runner.journal.undo({ turnId: 'turn-1' })).ok).to.equal(false)
    expect([ground.text('ignored'), ground.text('untracked.txt')]).to.deep.equal([
      'mine\n',
      'untracked\n',
    ])
  })

  const withLimits = (limits: object) =>
    openWorkTree({
      ...ground.place,
      journal: ground.runner.journal,
      environment: () => ground.place.environment,
      running: () => null,
      limits,
    })
  const origin = { callId: 'c', turnId: 't', tool: 'Bash', source: 'shell', command: 'x' } as const
  const journals = (): string => join(ground.place.lettaDirectory, 'journal')

  it('is noted once as not recorded where there are too many files', async () => {
    rmSync(ground.path('.git'), { recursive: true })
    const tree = withLimits({ unversionedFiles: 2 })
    for (let times = 0; times < 2; times++) {
      await tree.around(origin, async () => ground.put('clean.txt', `${times}`))
    }
    expect(await gaps()).to.deep.equal(['tooManyFiles'])
    expect(await list()).to.deep.equal([])
  })

  it('is noted as not recorded where git would run a program, and where one command changes too much', async () => {
    await withLimits({ changedFiles: 1 }).around(origin, async () => {
      ground.put('clean.txt', '1')
      ground.put('new.txt', '1')
    })
    expect([(await list()).length, await gaps()]).to.deep.equal([1, ['tooManyChanges']])
    git('config', 'filter.x.clean', 'cat')
    ground.put('.gitattributes', '*.txt filter=x\n')
    await withLimits({}).around(origin, async () => ground.put('clean.txt', '2'))
    expect(await gaps()).to.deep.equal(['tooManyChanges', 'repository'])
  })

  it('is noted as not recorded while it runs and the process that runs it is killed', async () => {
    const tree = withLimits({})
    let whileRunning: unknown
    await tree.around(origin, async () => {
      ground.put('clean.txt', '1')
      expect(await gaps()).to.deep.equal([])
      const [project = ''] = readdirSync(journals())
      const changes = join(journals(), project, 'changes')
      const file = join(changes, readdirSync(changes)[0] ?? '')
      const { pid } = spawnSync(process.execPath, ['--version'])
      const ofOther = readFileSync(file, 'utf8').replace(`:${process.pid}}`, `:${pid}}`)
      writeFileSync(file, ofOther)
      whileRunning = (await openJournal(ground.place).read()).gaps
    })
    expect(whileRunning).to.have.lengthOf(1)
    expect(whileRunning).to.have.nested.property('[0].reason', 'interrupted')
    expect(whileRunning).to.have.nested.property('[0].command', 'x')
    expect((await openJournal(ground.place).read()).gaps).to.deep.equal([])
  })

  it('includes permission bits, which an undo restores and its undo gives again', async () => {
    ground.put('run.sh', 'run\n')
    git('add', '.')
    await bash('chmod 755 run.sh clean.txt; echo more >> clean.txt')
    const { journal } = ground.runner
    const bits = (name: string): string => (statSync(ground.path(name)).mode & 0o777).toString(8)
    const [entry] = (await list()).filter(({ path }) => path.endsWith('run.sh'))
    expect([entry?.mode?.toString(8), entry?.modeAfter?.toString(8)]).to.deep.equal(['644', '755'])
    expect(entry?.before).to.equal(entry?.after)
    const undo = await journal.undo({ turnId: 'turn-1' })
    if (!undo.ok) throw new Error(undo.reasons.join())
    expect([bits('run.sh'), bits('clean.txt'), ground.text('clean.txt')]).to.deep.equal([
      '644',
      '644',
      'clean\n',
    ])
    expect((await journal.undo({ undoId: undo.undoId })).ok).to.equal(true)
    expect([bits('run.sh'), bits('clean.txt'), ground.text('clean.txt')]).to.deep.equal([
      '755',
      '755',
      'clean\nmore\n',
    ])
  })

  it('leaves permission bits that the person has changed since as they are', async () => {
    await bash('chmod 755 clean.txt; echo more >> clean.txt')
    chmodSync(ground.path('clean.txt'), 0o600)
    expect((await ground.runner.journal.undo({ turnId: 'turn-1' })).ok).to.equal(true)
    expect(ground.text('clean.txt')).to.equal('clean\n')
    expect(statSync(ground.path('clean.txt')).mode & 0o777).to.equal(0o600)
  })

  it('includes symbolic links: created, led elsewhere, removed, and put in the place of a file', async () => {
    symlinkSync('clean.txt', ground.path('led'))
    symlinkSync('nowhere', ground.path('removed'))
    git('add', 'removed')
    await bash(
      'ln -s touched.txt new; ln -sfn touched.txt led; rm removed clean.txt; ln -s touched.txt clean.txt',
    )
    const leads = (name: string): string => readlinkSync(ground.path(name))
    const { journal } = ground.runner
    const before = await Promise.all(
      (await list()).map(({ before: version }) => journal.load(version)),
    )
    expect(before.map(String).sort()).to.deep.equal(['clean\n', 'clean.txt', 'nowhere', 'null'])
    const undo = await journal.undo({ turnId: 'turn-1' })
    if (!undo.ok) throw new Error(undo.reasons.join())
    expect(existsSync(ground.path('new'))).to.equal(false)
    expect([leads('led'), leads('removed')]).to.deep.equal(['clean.txt', 'nowhere'])
    expect(lstatSync(ground.path('clean.txt')).isFile()).to.equal(true)
    expect([ground.text('clean.txt'), ground.text('touched.txt')]).to.deep.equal([
      'clean\n',
      'mine\n',
    ])
    expect((await journal.undo({ undoId: undo.undoId })).ok).to.equal(true)
    expect([leads('new'), leads('led'), leads('clean.txt')]).to.deep.equal(
      Array(3).fill('touched.txt'),
    )
    expect(existsSync(ground.path('removed'))).to.equal(false)
    expect(ground.text('touched.txt')).to.equal('mine\n')
  })

  it('leaves a link that the person has led elsewhere since', async () => {
    await bash('ln -s touched.txt new')
    rmSync(ground.path('new'))
    symlinkSync('clean.txt', ground.path('new'))
    const { ok } = await ground.runner.journal.undo({ turnId: 'turn-1' })
    expect([ok, readlinkSync(ground.path('new'))]).to.deep.equal([false, 'clean.txt'])
  })

  describe('in another repository within the directory', () => {
    const inner = (name: string, ...args: readonly string[]): string =>
      git('-C', name, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args)
    const createInner = (name: string): void => {
      git('init', '-q', name)
      ground.put(`${name}/.gitignore`, 'ignored\n')
      ground.put(`${name}/a.txt`, 'one\n')
      inner(name, 'add', '.')
      inner(name, 'commit', '-qm', 'x')
    }
    beforeEach(() => {
      createInner('module')
      git('-c', 'advice.addEmbeddedRepo=false', 'add', 'module')
      createInner('other')
    })

    it('is recorded, and undone with its turn', async () => {
      await bash(
        'for d in module other; do echo two >> $d/a.txt; echo x > $d/new.txt; echo x > $d/ignored; done',
      )
      expect((await facts()).sort()).to.deep.equal([
        ['module/a.txt', 'shell', 'one\n', 'one\ntwo\n'],
        ['module/new.txt', 'shell', 'null', 'x\n'],
        ['other/a.txt', 'shell', 'one\n', 'one\ntwo\n'],
        ['other/new.txt', 'shell', 'null', 'x\n'],
      ])
      expect((await ground.runner.journal.undo({ turnId: 'turn-1' })).ok).to.equal(true)
      expect(inner('module', 'status', '--porcelain')).to.equal('')
    })

    it('is noted as not recorded where git would run a program', async () => {
      inner('other', 'config', 'filter.x.clean', 'cat')
      await bash('echo two >> other/a.txt; echo more >> clean.txt')
      expect((await facts()).map(([name]) => name)).to.deep.equal(['clean.txt'])
      expect(await gaps()).to.deep.equal(['nested'])
    })

    it('is not looked for in a submodule that is not checked out', async () => {
      rmSync(ground.path('module/.git'), { recursive: true })
      rmSync(ground.path('module/a.txt'))
      rmSync(ground.path('module/.gitignore'))
      await bash('echo more >> clean.txt')
      expect((await facts()).map(([name]) => name)).to.deep.equal(['clean.txt'])
      expect(await gaps()).to.deep.equal([])
    })
  })

  it('includes the files of the repository outside of the directory', async () => {
    const { directory } = ground.place
    rmSync(ground.path('.git'), { recursive: true })
    const top = dirname(directory)
    execFileSync('git', ['init', '-q'], { cwd: top })
    writeFileSync(join(top, 'top.txt'), 'top\n')
    await bash('echo more >> ../top.txt')
    const found = (await list()).map(({ path, source }) => [path, source])
    expect(found).to.deep.equal([[join(top, 'top.txt'), 'shell']])
    expect((await ground.runner.journal.undo({ turnId: 'turn-1' })).ok).to.equal(true)
    expect(readFileSync(join(top, 'top.txt'), 'utf8')).to.equal('top\n')
  })
})
