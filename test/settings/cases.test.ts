import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { lettaDirectoryOf } from '../../lib/fs/letta-directory.ts'
import { unknownSettings } from '../../lib/settings/messages.ts'
import {
  environmentOf,
  openSettings,
  SETTINGS_SCHEMA,
  type Settings,
} from '../../lib/settings/settings.ts'
import type { UserError } from '../../lib/util/user-error.ts'
import { loadCases } from '../support/cases.ts'

describe('The settings', () => {
  let root: string
  let home: string
  let directory: string
  let troubles: UserError[]
  const open = (trustThisRun = false): Settings =>
    openSettings({
      home,
      lettaDirectory: lettaDirectoryOf(home),
      directory,
      trustThisRun,
      normalizeRule: (rule) => rule.replace(/^shell\(/, 'Bash('),
      report: (problem) => troubles.push(problem),
    })

  beforeEach(() => {
    troubles = []
    root = realpathSync(mkdtempSync(join(tmpdir(), 'letta-cases-')))
    home = join(root, 'home')
    directory = join(root, 'project')
    mkdirSync(home)
    mkdirSync(directory)
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  describe('are merged as in settings_permissions_load.json, case', () => {
    const { cases } = loadCases('settings_permissions_load.json') as LoadCases
    // JSON with comments is read; the original program ignores the file.
    const better: Readonly<Record<string, object>> = { 'load-13': { allow: ['A'] } }
    for (const { id, note, files, expected } of cases) {
      it(`${id}: ${note}`, () => {
        for (const [path, text] of Object.entries(files)) write(join(directory, path), text)
        const settings = open(true)
        const wanted = { ...(expected as object), ...better[id] }
        const lists = Object.entries(settings.ruleLists()).map(([list, rules]) => [
          list,
          rules.map((rule: { text: string }) => rule.text),
        ])
        const { additionalDirectories } = settings
        // `alwaysAsk` was added in a later version than the seed.
        const actual = { ...Object.fromEntries(lists), alwaysAsk: [], additionalDirectories }
        expect(actual).to.deep.equal(wanted)
      })
    }
  })

  describe('save rules as in settings_rule_save.json, case', () => {
    const { cases } = loadCases('settings_rule_save.json') as SaveCases
    // A comment does not exclude the file from git, so the line is added; the original program takes the comment for it.
    const better: Readonly<Record<string, Record<string, string>>> = {
      'save-05': { '.gitignore': '# .letta/settings.local.json\n.letta/settings.local.json\n' },
    }
    for (const { id, note, files, saves, expected } of cases) {
      it(`${id}: ${note}`, async () => {
        // `.gitignore` is created only in git repositories, since the file must be excluded from git.
        mkdirSync(join(directory, '.git'))
        for (const [path, text] of Object.entries(files)) write(join(directory, path), text)
        const settings = open()
        for (const { rule, type, scope } of saves) await settings.addRule(scope, type, rule)
        expect(tree(directory)).to.deep.equal({ ...expected, ...better[id] })
      })
    }
  })

  describe('pass settings_files.json, case', () => {
    it('set-04: unknown keys are kept', async () => {
      write(join(home, '.letta/settings.json'), '{"customKey": 1}')
      await open().update('user', (value) => ({ ...value, lastAgent: 'a' }))
      expect(JSON.parse(read(join(home, '.letta/settings.json')))).to.deep.equal({
        customKey: 1,
        lastAgent: 'a',
      })
    })

    it('set-06: updates are merged one after the other', async () => {
      const settings = open()
      const first = { uiMode: 'rich', tokenStreaming: true, lastAgent: 'agent-1' }
      await settings.update('user', (value) => ({ ...value, ...first }))
      await settings.update('user', (value) => ({ ...value, lastAgent: 'agent-2' }))
      expect(JSON.parse(read(join(home, '.letta/settings.json')))).to.deep.equal({
        $schema: SETTINGS_SCHEMA,
        ...first,
        lastAgent: 'agent-2',
      })
    })

    it('set-08, set-17: the environment defines the server first, and is never stored', async () => {
      const env = { LETTA_API_KEY: 'file', LETTA_BASE_URL: 'http://f' }
      write(join(home, '.letta/settings.json'), JSON.stringify({ env }))
      const settings = open()
      const real = { LETTA_API_KEY: 'env', LETTA_BASE_URL: 'http://e' }
      expect(environmentOf(settings, real)).to.deep.equal(real)
      await settings.on('embedded').rememberAgent('a')
      expect(JSON.parse(read(join(home, '.letta/settings.json'))).env).to.deep.equal(env)
    })

    it('set-10, set-15: projects are separate, and reading creates no file', async () => {
      const other = join(root, 'other')
      mkdirSync(other)
      expect(open().project.localSharedBlockIds).to.deep.equal({})
      expect(readdirSync(directory)).to.deep.equal([])
      await open().on('embedded').rememberBlocks({ project: 'b1' })
      expect(
        openSettings({ home, lettaDirectory: lettaDirectoryOf(home), directory: other }).on(
          'embedded',
        ).blockIds,
      ).to.deep.equal({})
    })
  })

  describe('withstand hostile-settings-cases.json, case', () => {
    const { cases } = loadCases('hostile-settings-cases.json') as HostileCases
    // These cases concern the complete program: children, terminal, server, signals, umask.
    const program =
      /^(hostile-project\/(npmrc|node-modules-shadow|bin-shadow|gitfile|terminfo|inputrc)|fs\/(no-home|disk-full)|perm\/first-write|concurrency\/kill-9)$/
    // JSON with comments and trailing commas is read, not malformed.
    const wellFormed = /^malformed-(user|project)\/(trailing-comma|block-comment|line-comment)$/
    for (const test of cases) {
      if (program.test(test.id) || wellFormed.test(test.id)) continue
      it(test.id, async () => {
        mkdirSync(join(directory, '.git'))
        if (test.trust === 'trusted with different content') await open().trust()
        for (const [path, content] of Object.entries(test.files)) put(place(path), content)
        if (test.trust === 'trusted') await open().trust()
        const before = snapshot(test)
        const settings = open()
        // The cases were written for a program that does not report unknown keys.
        const named = unknownSettings(['apiKey'])
        const shown = new Set(
          settings.problems.map(({ message }) => message).filter((text) => !text.includes(named)),
        )
        const changed = test.trust === 'trusted with different content' && !settings.trusted
        if (test.action !== 'start') await settings.on('embedded').rememberAgent('agent-1')
        expect(snapshot(test)).to.deep.equal(before)
        const warnings = shown.size + (changed ? 1 : 0)
        expect([test.expect.warnings ?? warnings].flat()).to.include(warnings)
        for (const probe of test.expect.probes ?? []) checkProbe(settings, probe)
        for (const [path, wanted] of Object.entries(test.expect.mode_after ?? {})) {
          expect((statSync(place(path)).mode & 0o777).toString(8).padStart(4, '0')).to.equal(wanted)
        }
        const survivors = test.expect.keys_survive ?? []
        const user = join(home, '.letta/settings.json')
        if (survivors.length > 0) expect(JSON.parse(read(user))).to.include.keys(survivors)
        expect(Object.keys(settings.user.env)).to.satisfy((names: string[]) =>
          names.every((name) => name === 'LETTA_API_KEY'),
        )
        expect(Object.prototype).to.not.have.property('polluted')
      })
    }
  })

  const place = (path: string): string =>
    path.replace('@HOME@', home).replace('@PROJECT@', directory)

  function put(path: string, content: HostileFile): void {
    mkdirSync(dirname(path), { recursive: true })
    if (content.symlink !== undefined) {
      const target = place(content.symlink)
      if (target.endsWith('.ssh')) mkdirSync(target, { recursive: true })
      symlinkSync(target, path)
      return
    }
    if (content.fifo) {
      execFileSync('mkfifo', [path])
      return
    }
    const { generate } = content
    const text =
      generate === undefined
        ? Buffer.from(content.base64 ?? content.text ?? '', content.base64 ? 'base64' : 'utf8')
        : generate.prefix + generate.repeat.repeat(generate.count) + generate.suffix
    writeFileSync(path, text)
    chmodSync(path, Number.parseInt(content.mode ?? '644', 8))
  }

  /** Files and directories that must not change. */
  function snapshot({ expect: wanted }: HostileCase): unknown {
    const files = (wanted.file_bytes_unchanged ?? []).map((path) =>
      existsSync(place(path)) ? readFileSync(place(path)).toString('base64') : null,
    )
    return [files, (wanted.dir_unchanged ?? []).map((path) => readdirSync(place(path)))]
  }

  /** Checks rules only: no rule allows a call that must not run, and a rule allows each call that may run. */
  function checkProbe(settings: Settings, { tool, args, accept }: PermissionProbe): void {
    const { allow, deny } = settings.ruleLists()
    const matches = (rule: { text: string }): boolean => {
      const subject = args.command ?? args.file_path ?? ''
      const inner = /^\w+\((.*)\)$/.exec(rule.text)?.[1]
      if (rule.text === '*' || rule.text === tool) return true
      if (!rule.text.startsWith(`${tool}(`) || inner === undefined) return false
      return inner.endsWith(':*') ? subject.startsWith(inner.slice(0, -2)) : inner === subject
    }
    const verdict = deny.some(matches) ? 'deny' : allow.some(matches) ? 'allow' : 'ask'
    expect(accept, `${tool} ${JSON.stringify(args)}`).to.include(verdict)
  }
})

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

function read(path: string): string {
  return readFileSync(path, 'utf8')
}

function tree(directory: string): Record<string, string> {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  const files = names.filter((name) => statSync(join(directory, name)).isFile())
  return Object.fromEntries(files.map((name) => [name, read(join(directory, name))]))
}

interface LoadCases {
  readonly cases: readonly {
    readonly id: string
    readonly note: string
    readonly files: Readonly<Record<string, string>>
    readonly expected: unknown
  }[]
}

interface SaveCases {
  readonly cases: readonly {
    readonly id: string
    readonly note: string
    readonly files: Readonly<Record<string, string>>
    readonly saves: readonly {
      readonly rule: string
      readonly type: 'allow' | 'deny' | 'ask'
      readonly scope: 'project' | 'local'
    }[]
    readonly expected: Readonly<Record<string, string>>
  }[]
}

interface HostileFile {
  readonly mode?: string
  readonly text?: string
  readonly base64?: string
  readonly symlink?: string
  readonly fifo?: boolean
  readonly generate?: {
    readonly prefix: string
    readonly repeat: string
    readonly count: number
    readonly suffix: string
  }
}

interface PermissionProbe {
  readonly tool: string
  readonly args: { readonly command?: string; readonly file_path?: string }
  readonly accept: readonly string[]
}

interface HostileCase {
  readonly id: string
  readonly trust: string
  readonly action: string
  readonly files: Readonly<Record<string, HostileFile>>
  readonly expect: {
    readonly warnings?: number | readonly number[]
    readonly probes?: readonly PermissionProbe[]
    readonly file_bytes_unchanged?: readonly string[]
    readonly dir_unchanged?: readonly string[]
    readonly mode_after?: Readonly<Record<string, string>>
    readonly keys_survive?: readonly string[]
  }
}

interface HostileCases {
  readonly cases: readonly HostileCase[]
}
