import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { sideEffects } from '../../../lib/permissions/messages.ts'
import { MISSING_FILE, versionOf } from '../../../lib/tools/files/files.ts'
import { contentVersion, linkVersion } from '../../../lib/tools/files/link-version.ts'
import { toGitPatch } from '../../../lib/tools/journal/git-patch.ts'
import { type StagedChange, toggleStaged } from '../../../lib/tools/journal/stage.ts'
import {
  alreadyCommitted,
  NOTHING_TO_STAGE,
  outsideRepository,
  repositoryRunsPrograms,
  stagedDiffers,
} from '../../../lib/tools/messages/journal.ts'
import { messageOf } from '../../../lib/util/user-error.ts'
import { rejection } from '../../support/rejection.ts'

const lines = (...changed: readonly string[]): string =>
  Array.from({ length: 20 }, (_, at) => changed.find((one) => one.startsWith(`${at} `)) ?? `${at}`)
    .join('\n')
    .concat('\n')

describe('Staging a change', () => {
  let directory: string
  const stored = new Map<string, Buffer>()
  beforeEach(() => {
    directory = realpathSync(mkdtempSync(path.join(tmpdir(), 'letta-stage-')))
    git(['init', '-q'])
    stored.clear()
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))

  const git = (args: readonly string[], input?: Buffer): Buffer =>
    execFileSync('git', args, { cwd: directory, input, stdio: ['pipe', 'pipe', 'ignore'] })
  const keep = (content: Buffer | string | null): string => {
    if (content === null) return MISSING_FILE
    const bytes = Buffer.from(content)
    stored.set(versionOf(bytes), bytes)
    return versionOf(bytes)
  }
  const change = (
    before: Buffer | string | null,
    after: Buffer | string | null,
    of: readonly number[] | null = null,
  ): StagedChange => {
    const file = path.join(directory, 'a.txt')
    return { path: file, before: keep(before), after: keep(after), lines: of }
  }
  const stage = (...changes: readonly StagedChange[]): Promise<boolean> =>
    toggleStaged(changes, {
      directory,
      contents: { load: async (version) => stored.get(contentVersion(version)) ?? null },
      isVersionOf: (_, version) => stored.has(version),
    })
  const add = (content: Buffer | string): void => {
    writeFileSync(path.join(directory, 'a.txt'), content)
    git(['add', 'a.txt'])
  }
  const index = (): string => git(['show', ':a.txt']).toString('latin1')

  it('adds one of two hunks to the index, then the other one, and removes it at the next time', async () => {
    add(lines())
    const both = [lines(), lines('3 changed', '15 changed')] as const
    expect(await stage(change(...both, [0, 1]))).to.equal(true)
    expect(index()).to.equal(lines('3 changed'))
    expect(await stage(change(...both, [2, 3]))).to.equal(true)
    expect(index()).to.equal(lines('3 changed', '15 changed'))
    expect(await stage(change(...both, [0, 1]))).to.equal(false)
    expect(index()).to.equal(lines('15 changed'))
  })

  it('keeps what the person has staged in other lines, and refuses the same lines', async () => {
    add(lines('3 by hand'))
    await stage(change(lines(), lines('15 changed')))
    expect(index()).to.equal(lines('3 by hand', '15 changed'))
    const refused = await rejection(stage(change(lines(), lines('3 changed'))))
    expect(messageOf(refused)).to.equal(stagedDiffers(path.join(directory, 'a.txt')))
    expect(index()).to.equal(lines('3 by hand', '15 changed'))
  })

  it('stages nothing in a repository that runs a program or takes objects from another one', async () => {
    add(lines())
    const reasonNow = async (): Promise<string> =>
      messageOf(await rejection(stage(change(lines(), lines('3 changed')))))
    git(['config', 'filter.x.clean', 'cat'])
    expect(await reasonNow()).to.equal(
      repositoryRunsPrograms(sideEffects.runsGitSetting('filter.x.clean')),
    )
    git(['config', '--unset', 'filter.x.clean'])
    writeFileSync(path.join(directory, '.git/objects/info/alternates'), '/elsewhere/objects\n')
    expect(await reasonNow()).to.equal(
      repositoryRunsPrograms(sideEffects.gitReadsOutside('alternates')),
    )
    expect(index()).to.equal(lines())
  })

  it('adds and removes new and deleted files', async () => {
    const file = change(null, 'new\n')
    expect(await stage(file)).to.equal(true)
    expect(index()).to.equal('new\n')
    expect(await stage(change(null, 'newer\n'))).to.equal(true)
    expect(index()).to.equal('newer\n')
    expect(await stage(change('newer\n', null))).to.equal(true)
    expect(git(['ls-files']).toString()).to.equal('')
    expect(await stage(change('newer\n', null))).to.equal(false)
    expect(index()).to.equal('newer\n')
  })

  it('adds the changes of a file one after another, and none when one of them is not possible', async () => {
    add(lines())
    const first = change(lines(), lines('3 one'))
    await stage(first, change(lines('3 one'), lines('3 two', '15 two')))
    expect(index()).to.equal(lines('3 two', '15 two'))
    for (const name of ['../b.txt', '.git/config']) {
      const elsewhere = { ...first, path: path.join(directory, name) }
      const refused = await rejection(stage(change('x\n', 'y\n'), elsewhere))
      expect(messageOf(refused)).to.equal(outsideRepository(elsewhere.path))
    }
    expect(index()).to.equal(lines('3 two', '15 two'))
  })

  const commit = (): void => {
    git(['-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-qm', 'x'])
  }

  it('neither stages nor reverses what is committed', async () => {
    add(lines())
    commit()
    const all = [lines(), lines('3 changed', '15 changed')] as const
    await stage(change(...all))
    commit()
    for (const of of [null, [0, 1], [2, 3]]) {
      const refused = await rejection(stage(change(...all, of)))
      expect(messageOf(refused)).to.equal(alreadyCommitted(['a.txt']))
    }
    expect(index()).to.equal(lines('3 changed', '15 changed'))
    git(['rm', '-q', '--cached', 'a.txt'])
    commit()
    const deleted = await rejection(stage(change('x\n', null)))
    expect(messageOf(deleted)).to.equal(alreadyCommitted(['a.txt']))
    expect(git(['ls-files']).toString()).to.equal('')
  })

  it('unstages what was changed since the commit, and nothing that it has', async () => {
    add(lines())
    commit()
    const first = change(lines(), lines('3 changed'))
    await stage(first)
    commit()
    const newest = lines('3 again', '15 changed')
    const second = change(lines('3 changed'), newest)
    for (const chosen of [[change(lines(), newest)], [first, second]]) {
      expect(await stage(...chosen)).to.equal(true)
      expect(index()).to.equal(newest)
      expect(await stage(...chosen)).to.equal(false)
      expect(index()).to.equal(lines('3 changed'))
    }
  })

  it('leaves a commit that has a later version of the same lines', async () => {
    add(lines())
    commit()
    const first = change(lines(), lines('3 one'))
    await stage(first, change(lines('3 one'), lines('3 two')))
    commit()
    const refused = await rejection(
      toggleStaged([first], {
        directory,
        contents: { load: async (version) => stored.get(version) ?? null },
        isVersionOf: (_, version) => stored.has(version),
        isLater: (_, version, than) =>
          [...stored.keys()].indexOf(version) > [...stored.keys()].indexOf(than),
      }),
    )
    expect(messageOf(refused)).to.equal(alreadyCommitted(['a.txt']))
    expect(index()).to.equal(lines('3 two'))
  })

  it('only unstages a change that is undone', async () => {
    add(lines())
    commit()
    const undone = { ...change(lines(), lines('3 changed')), undone: true }
    const refused = await rejection(stage(undone))
    expect(messageOf(refused)).to.equal(NOTHING_TO_STAGE)
    expect(index()).to.equal(lines())
    await stage({ ...undone, undone: false })
    expect(await stage(undone)).to.equal(false)
    expect(index()).to.equal(lines())
  })

  it('stores line feeds where the repository does', async () => {
    git(['config', 'core.autocrlf', 'true'])
    add('one\r\ntwo\r\n')
    await stage(change('one\r\ntwo\r\n', 'one\r\nTWO\r\n'))
    expect(index()).to.equal('one\nTWO\n')
  })

  it('is refused in a repository that makes git run a program', async () => {
    add(lines())
    git(['config', 'filter.x.clean', 'touch ran; cat'])
    const refused = await rejection(stage(change(lines(), lines('3 changed'))))
    expect(messageOf(refused)).to.include('filter.x.clean')
    expect(index()).to.equal(lines())
  })

  it('runs from a directory below the repository', async () => {
    add(lines())
    mkdirSync(path.join(directory, 'inside'))
    const below = { directory: path.join(directory, 'inside'), isVersionOf: () => false }
    const contents = { load: async (version: string) => stored.get(version) ?? null }
    await toggleStaged([change(lines(), lines('3 changed'))], { ...below, contents })
    expect(index()).to.equal(lines('3 changed'))
  })

  it('gives the index that git apply makes of the patch of the same change', async () => {
    const text = fc
      .tuple(
        fc.array(fc.constantFrom('a', 'b', 'c\r', 'é', ''), { minLength: 1, maxLength: 30 }),
        fc.boolean(),
        fc.constantFrom('', '\ufeff'),
      )
      .map(([all, ends, bom]) => `${bom}${all.join('\n')}${ends ? '\n' : ''}`)
    const modes = fc.constantFrom('100644', '100755', '120000')
    const permissions = { '100644': 0o644, '100755': 0o755, '120000': null }
    const put = (content: string, mode: string): void => {
      const blob = git(['hash-object', '-w', '--stdin'], Buffer.from(content)).toString().trim()
      git(['update-index', '--add', '--cacheinfo', `${mode},${blob},a.txt`])
    }
    const version = (content: string, mode: string): string =>
      mode === '120000' ? linkVersion(keep(content)) : keep(content)
    const entry = (): string => git(['ls-files', '-s']).toString()
    await fc.assert(
      fc.asyncProperty(text, text, modes, modes, async (before, after, from, to) => {
        fc.pre((before !== after || from !== to) && before !== '' && after !== '')
        put(before, from)
        const patch = toGitPatch({
          path: 'a.txt',
          before: Buffer.from(before),
          after: Buffer.from(after),
          modes: { before: from, after: to },
        })
        git(['apply', '--cached', '--whitespace=nowarn', '-'], patch)
        const expected = entry()
        put(before, from)
        const staged = {
          ...change(null, null),
          before: version(before, from),
          after: version(after, to),
          mode: permissions[from],
          modeAfter: permissions[to],
        }
        expect(await stage(staged)).to.equal(true)
        expect(entry()).to.equal(expected)
        expect(await stage(staged)).to.equal(false)
        put(before, from)
      }),
      { numRuns: 20 },
    )
  })
})
