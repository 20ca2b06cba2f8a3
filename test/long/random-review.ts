// Agent and person change the same files, stage, commit, undo and redo: npx mocha test/long/random-review.ts (RUNS=…, SEED=… vary it).
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import { expect } from 'chai'
import { MISSING_FILE } from '../../lib/tools/files/files.ts'
import { type Journal, openJournal, type UndoSelection } from '../../lib/tools/journal/journal.ts'
import { type StagedChange, stagesOf, toggleStaged } from '../../lib/tools/journal/stage.ts'
import { type ChangedFile, summarizeChanges } from '../../lib/tools/journal/summarize-changes.ts'
import { createVersionDiffs } from '../../lib/tools/journal/version-diff.ts'
import { createRunner } from '../../lib/tools/runner.ts'
import { changedLineCount } from '../../lib/util/select-changes.ts'
import { UserError } from '../../lib/util/user-error.ts'
import { createSeededRandom } from '../support/seeded-random.ts'
import { createPlayground, type Playground } from '../tools/playground.ts'

const RUNS = Number(process.env['RUNS'] ?? 20)
const SEED = Number(process.env['SEED'] ?? 1)
const STEPS = Number(process.env['STEPS'] ?? 25)
const NAMES = ['a.txt', 'b.txt', 'c.txt', 'new.txt', 'link']

describe('A person and an agent who change the same files', () => {
  for (let run = 0; run < RUNS; run++) {
    const seed = SEED + run
    it(`lose no line of the person, with seed ${seed}`, async function () {
      this.timeout(STEPS * 20_000)
      const ground = createPlayground()
      const log: string[] = []
      try {
        await play(ground, seed, log)
      } catch (thrown) {
        throw new Error(`${String(thrown)}\n${log.join('\n')}`, { cause: thrown })
      } finally {
        await ground.close()
      }
    })
  }
})

/** What is at each name: permission bits and content, or where a link leads. */
type Tree = Readonly<Record<string, string>>

async function play(ground: Playground, seed: number, log: string[]): Promise<void> {
  const random = createSeededRandom(seed)
  const below = (count: number): number => Math.floor(random() * count)
  const oneOf = <Value>(values: readonly Value[]): Value => values[below(values.length)] as Value
  const { directory } = ground.place
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, {
      cwd: directory,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    })
  git('init', '-q')
  git('config', 'user.email', 'a@b.c')
  git('config', 'user.name', 'a')
  let tokens = 0
  const line = (who: string): string => `${who}${++tokens}.`
  for (const name of ['a.txt', 'b.txt', 'c.txt'])
    ground.put(name, Array.from({ length: 12 }, () => `${line('L')}\n`).join(''))
  git('add', '.')
  git('commit', '-qm', 'first')

  let { runner } = ground
  let journal: Journal = runner.journal
  let turn = 0
  /** `name token`: lines of the person that are in the file by their hand. */
  const owned = new Set<string>()
  /** What an undo has brought back, so that its redo may remove it. */
  const broughtBack = new Map<string, ReadonlySet<string>>()
  const undos: string[] = []
  let beforeTurn: { readonly turnId: string; readonly tree: Tree } | null = null

  const tree = (): Tree =>
    Object.fromEntries(
      readdirSync(directory)
        .filter((name) => name !== '.git')
        .map((name) => {
          const path = join(directory, name)
          const stats = lstatSync(path)
          const content = stats.isSymbolicLink()
            ? `-> ${readlinkSync(path)}`
            : `${(stats.mode & 0o777).toString(8)} ${readFileSync(path, 'utf8')}`
          return [name, content]
        }),
    )
  const present = (of: Tree): ReadonlySet<string> =>
    new Set(
      Object.entries(of).flatMap(([name, content]) =>
        (content.match(/P\d+\./g) ?? []).map((token) => `${name} ${token}`),
      ),
    )
  const linesOf = (name: string): string[] | null => {
    const content = tree()[name]
    if (content === undefined || content.startsWith('->')) return null
    return content.slice(4).split('\n').slice(0, -1)
  }
  /** New lines in place of others. */
  const changed = (lines: readonly string[], who: string): string => {
    const next = [...lines]
    for (let times = 1 + below(3); times > 0; times--) {
      const start = below(next.length + 1)
      const added = Array.from({ length: below(3) }, () => line(who))
      next.splice(start, below(3), ...added)
    }
    return next.map((one) => `${one}\n`).join('')
  }
  const indexLines = (name: string, revision = ''): ReadonlySet<string> | null => {
    try {
      return new Set(
        git('show', `${revision}:${name}`)
          .split('\n')
          .filter((one) => one !== ''),
      )
    } catch {
      return null
    }
  }
  const agent = async (tool: string, args: unknown): Promise<string> => {
    const call = { callId: `call-${++tokens}`, turnId: `turn-${turn}`, name: tool }
    const made = runner.prepare({ ...call, args: JSON.stringify(args) })
    const answer = made.ok
      ? await made.prepared.run(new AbortController().signal, () => undefined)
      : made.answer
    return answer.text
  }
  const agentWrites = async (): Promise<void> => {
    const name = oneOf(NAMES)
    const lines = linesOf(name)
    if (lines === null && tree()[name] !== undefined) return
    const content = changed(lines ?? [], 'A')
    if (random() < 0.5) {
      if (lines !== null) await agent('Read', { file_path: name })
      await agent('Write', { file_path: name, content })
    } else await agent('Bash', { command: `cat > ${name} <<'EOF'\n${content}EOF` })
  }
  const page = async () => {
    const facts = await journal.read()
    const diff = createVersionDiffs(journal)
    const summary = await summarizeChanges(facts, { directory, diff, contents: journal })
    // What is not by the agent is listed for itself: to undo or stage it is the person's wish.
    const files = summary.files.filter(({ sources }) =>
      sources.some((source) => source === 'tool' || source === 'shell'),
    )
    return { facts, diff, ...summary, files }
  }
  const partsOf = async (file: ChangedFile): Promise<readonly (readonly number[])[]> => {
    const { hunks } = await createVersionDiffs(journal)(file.before, file.after)
    let first = 0
    return hunks.map((hunk) => {
      const start = first
      first += changedLineCount([hunk])
      return Array.from({ length: first - start }, (_, at) => start + at)
    })
  }
  const stageOptions = async () => {
    const { entries } = await journal.read()
    return {
      contents: journal,
      directory,
      isVersionOf: (path: string, version: string) =>
        entries.some(
          (entry) => entry.path === path && [entry.before, entry.after].includes(version),
        ),
      isLater: (path: string, version: string, than: string) => {
        const all = entries.filter((entry) => entry.path === path)
        const last = all.findLastIndex(({ after }) => after === than)
        const found = all.findLastIndex(
          ({ after, undo }) => after === version && undo === undefined,
        )
        return last >= 0 && found > last
      },
    }
  }
  const undo = async (selection: UndoSelection, isRedo = false): Promise<void> => {
    const before = tree()
    const planned = await journal.plan(selection)
    const expected = Object.fromEntries(
      planned.map(({ path, now }) => [path, now?.version ?? MISSING_FILE]),
    )
    const result = await journal.undo(selection, expected)
    const after = tree()
    log.push(`  ${result.ok ? 'done' : result.reasons.join()}`)
    if (!result.ok) {
      expect(after, 'refused, and changed').to.deep.equal(before)
      return
    }
    const [had, has] = [present(before), present(after)]
    const key = 'undoId' in selection ? selection.undoId : ''
    const lost = [...owned].filter(
      (one) => had.has(one) && !has.has(one) && broughtBack.get(key)?.has(one) !== true,
    )
    expect(lost, `lost by ${isRedo ? 'redo' : 'undo'}`).to.deep.equal([])
    broughtBack.set(result.undoId, new Set([...has].filter((one) => !had.has(one))))
    undos.push(result.undoId)
    if (beforeTurn !== null && 'turnId' in selection && selection.turnId === beforeTurn.turnId)
      expect(after, 'the turn is undone').to.deep.equal(beforeTurn.tree)
    beforeTurn = null
    if (isRedo || random() < 0.5) return
    log.push('  and redo')
    const back = await journal.undo({ undoId: result.undoId })
    expect(back, 'redo').to.include({ ok: true })
    expect(tree(), 'undo and redo').to.deep.equal(before)
  }
  const stage = async (changes: readonly StagedChange[]): Promise<void> => {
    const before = tree()
    const options = await stageOptions()
    const names = changes.map(({ path }) => relative(directory, path))
    const [had, committed] = ['', 'HEAD'].map((revision) =>
      names.map((name) => indexLines(name, revision) ?? new Set<string>()),
    )
    const allowed = new Set<string>()
    for (const { path, before: version } of changes) {
      const text = version === MISSING_FILE ? '' : String(await journal.load(version))
      for (const token of text.match(/P\d+\./g) ?? [])
        allowed.add(`${relative(directory, path)} ${token}`)
    }
    try {
      const isAdded = await toggleStaged(changes, options)
      log.push(`  ${isAdded ? 'added' : 'removed'}`)
      for (const [at, name] of names.entries()) {
        const now = indexLines(name) ?? new Set<string>()
        const foreign = [...now].filter(
          (one) =>
            one.startsWith('P') && had?.[at]?.has(one) !== true && !allowed.has(`${name} ${one}`),
        )
        expect(foreign, `lines of the person staged in ${name}`).to.deep.equal([])
        if (isAdded) continue
        const dropped = [...(committed?.[at] ?? [])].filter(
          (one) => one.startsWith('A') && had?.[at]?.has(one) === true && !now.has(one),
        )
        expect(dropped, `committed lines unstaged in ${name}`).to.deep.equal([])
      }
    } catch (thrown) {
      if (!(thrown instanceof UserError)) throw thrown
      log.push(`  ${thrown.message}`)
    }
    expect(tree(), 'files after staging').to.deep.equal(before)
  }
  const checkStages = async (): Promise<void> => {
    const { files, diff } = await page()
    for (const file of files) {
      const { path, before, after, mode, modeAfter = null } = file
      const { hunks, type } = await diff(before, after)
      if (type !== 'text' || hunks.length === 0) continue
      const name = relative(directory, path)
      const stages = await stagesOf(
        { path, before, after, mode, modeAfter },
        await partsOf(file),
        await stageOptions(),
      )
      const index = indexLines(name)
      for (const [at, hunk] of hunks.entries()) {
        const claim = stages[at] ?? null
        if (claim === null || index === null) continue
        const missing = hunk.lines
          .filter(({ type: kind }) => kind === 'added')
          .map(({ text }) => text)
          .filter((text) => /^[AP]\d/.test(text) && !index.has(text))
        const left = hunk.lines
          .filter(({ type: kind }) => kind === 'removed')
          .map(({ text }) => text)
          .filter((text) => index.has(text))
        expect([...missing, ...left], `${name} hunk ${at} is ${claim}`).to.deep.equal([])
      }
    }
  }

  const steps: Readonly<Record<string, () => Promise<void> | void>> = {
    async 'agent edits'() {
      const before = tree()
      turn += 1
      for (let times = 1 + below(3); times > 0; times--) await agentWrites()
      beforeTurn = { turnId: `turn-${turn}`, tree: before }
    },
    async 'agent shell'() {
      const before = tree()
      turn += 1
      const [one, other] = [oneOf(NAMES), oneOf(NAMES)]
      const command = oneOf([
        `chmod ${oneOf(['755', '644', '600'])} ${one}`,
        `ln -sfn ${one} ${other}`,
        `rm -f ${one}`,
        `mv ${one} ${other}`,
        `echo ${line('A')} >> ${one}; chmod +x ${one}`,
        `rm -f ${one}; ln -s ${other} ${one}`,
      ])
      log.push(`  ${command}`)
      await agent('Bash', { command })
      beforeTurn = { turnId: `turn-${turn}`, tree: before }
    },
    'person edits'() {
      const name = oneOf(NAMES)
      const lines = linesOf(name)
      if (lines === null) return
      beforeTurn = null
      writeFileSync(join(directory, name), changed(lines, 'P'))
      for (const one of present(tree())) if (one.startsWith(`${name} `)) owned.add(one)
      log.push(`  ${name}`)
    },
    'person changes permissions or a link'() {
      const name = oneOf(NAMES)
      beforeTurn = null
      if (linesOf(name) !== null) chmodSync(join(directory, name), oneOf([0o755, 0o600]))
      else {
        rmSync(join(directory, name), { force: true })
        symlinkSync(oneOf(NAMES), join(directory, name))
      }
      log.push(`  ${name}`)
    },
    async 'stage a file'() {
      const { files } = await page()
      if (files.length === 0) return
      const { path, before, after, mode, modeAfter = null } = oneOf(files)
      log.push(`  ${relative(directory, path)}`)
      await stage([{ path, before, after, mode, modeAfter, lines: null }])
    },
    async 'stage a hunk'() {
      const { files } = await page()
      if (files.length === 0) return
      const file = oneOf(files)
      const { path, before, after, mode, modeAfter = null } = file
      const parts = await partsOf(file)
      if (parts.length === 0) return
      const lines = parts.length === 1 ? null : oneOf(parts)
      log.push(`  ${relative(directory, path)} ${lines?.join() ?? 'all'}`)
      await stage([{ path, before, after, mode, modeAfter, lines }])
    },
    commit() {
      try {
        git('commit', '-qm', 'more')
      } catch {
        log.push('  nothing to commit')
      }
    },
    async 'undo the last turn'() {
      await undo({ turnId: `turn-${turn}` })
    },
    async 'undo a turn'() {
      const { turns } = await page()
      if (turns.length > 0) await undo({ turnId: oneOf(turns).turnId })
    },
    async 'undo a file'() {
      const { files } = await page()
      if (files.length === 0) return
      const { ids, label } = oneOf(files)
      log.push(`  ${label}`)
      await undo({ ids })
    },
    async 'undo a hunk'() {
      const { files } = await page()
      if (files.length === 0) return
      const file = oneOf(files)
      const parts = await partsOf(file)
      if (parts.length === 0) return
      const { path, before, after, label } = file
      const lines = oneOf(parts)
      log.push(`  ${label} ${lines.join()}`)
      await undo({ lines: { path, before, after, lines } })
    },
    async redo() {
      const undoId = undos.at(-1)
      if (undoId !== undefined) await undo({ undoId }, true)
    },
    async restart() {
      beforeTurn = null
      if (runner !== ground.runner) await runner.close()
      runner = createRunner({ workspace: ground.place })
      journal = runner.journal
      expect((await openJournal(ground.place).read()).entries.length).to.equal(
        (await journal.list()).length,
      )
    },
  }
  try {
    for (let step = 0; step < STEPS; step++) {
      const name = oneOf([...Object.keys(steps), 'agent edits', 'person edits', 'person edits'])
      log.push(`${step} ${name}`)
      await steps[name]?.()
      await checkStages()
    }
  } finally {
    if (runner !== ground.runner) await runner.close()
  }
}
