import path from 'node:path'
import { expect } from 'chai'
import { z } from 'zod'
import { isInside } from '../../lib/fs/is-inside.ts'
import { decide } from '../../lib/permissions/decide.ts'
import { diskFacts } from '../../lib/permissions/facts/disk-facts.ts'
import { withFacts } from '../../lib/permissions/facts/fact-cache.ts'
import {
  foldWindowsCall,
  foldWindowsRule,
  isWindowsPath,
} from '../../lib/permissions/paths/windows-paths.ts'
import { allowsPath } from '../../lib/permissions/rules/path-rule.ts'
import { normalizeRule, parseRule, toolFamily } from '../../lib/permissions/rules/rule.ts'
import { joinRules, splitRuleList } from '../../lib/permissions/rules/rule-list.ts'
import { suggest } from '../../lib/permissions/suggest.ts'
import {
  NO_RULES,
  PERMISSION_MODES,
  type PermissionRequest,
  type PermissionRules,
  type Policy,
  type RuleSource,
} from '../../lib/permissions/types.ts'
import { loadCases } from '../support/cases.ts'
import { requestFor } from '../support/permission-requests.ts'
import { addLinks, createProjectDirectory } from '../support/project-directory.ts'
import { setUpCase } from '../support/set-up-case.ts'

/** The score for the cases of one file, by tier, with the kinds of wrong answers. */
class Score {
  readonly missed: string[] = []
  readonly wrongAllows: string[] = []
  private readonly counts = { must: [0, 0], should: [0, 0] }
  private needless = 0
  private overDeny = 0
  private overruled = 0

  add(one: {
    id: string
    tier: string
    got: string
    accept: readonly string[]
    expect: string
  }): void {
    const tier = MUST.has(one.tier) ? 'must' : 'should'
    const isRight = one.accept.includes(one.got)
    this.counts[tier][1] = (this.counts[tier][1] ?? 0) + 1
    if (isRight) this.counts[tier][0] = (this.counts[tier][0] ?? 0) + 1
    else if (tier === 'must')
      this.missed.push(`${one.id}: ${one.got}, not ${one.accept.join(' or ')}`)
    if (!isRight && one.got === 'allow') this.wrongAllows.push(one.id)
    if (one.expect === 'allow' && one.got === 'ask') this.needless++
    if (one.expect !== 'deny' && one.got === 'deny') this.overDeny++
  }

  /** A case that contradicts the specification or a hostile case: the answer must be the one of those. */
  overrule(id: string, got: string, wanted: string): void {
    this.overruled++
    if (got !== wanted) this.missed.push(`${id}: ${got}, not ${wanted}, as the case is overruled`)
  }

  check(name: string): void {
    const [rightShould = 0, allShould = 0] = this.counts.should
    const share = (tier: 'must' | 'should'): string => this.counts[tier].join(' of ')
    const others = `wrong allows ${this.wrongAllows.length}, needless questions ${this.needless}, over-denied ${this.overDeny}, overruled ${this.overruled}`
    console.log(`    ${name}: must ${share('must')}, should ${share('should')}, ${others}`)
    expect(this.missed).to.deep.equal([])
    expect(this.wrongAllows).to.deep.equal([])
    expect(allShould === 0 ? 1 : rightShould / allShould).to.be.at.least(0.95)
  }
}

const MUST = new Set(['must', 'core', 'hardening'])

const texts = z
  .unknown()
  .optional()
  .transform((list) => (Array.isArray(list) ? list.filter((one) => typeof one === 'string') : []))
const lists = z.object({
  allow: texts,
  deny: texts,
  ask: texts,
  alwaysAsk: texts,
  additionalDirectories: texts,
})
const NO_LISTS = { allow: [], deny: [], ask: [], alwaysAsk: [], additionalDirectories: [] }

function rulesOf(
  { allow, deny, ask, alwaysAsk }: z.infer<typeof lists>,
  source: RuleSource,
): PermissionRules {
  const list = (all: readonly string[]): PermissionRules['allow'] =>
    all.map((text) => ({ text, source }))
  return { allow: list(allow), deny: list(deny), ask: list([...ask, ...alwaysAsk]) }
}

/** Defines a test over a file of cases. */
function overCases(name: string, run: (cases: unknown) => void | Promise<void>): void {
  it(`answers ${name}`, () => run(loadCases(name))).timeout(60_000)
}

const hostile = z.object({
  id: z.string(),
  tier: z.string(),
  rules: lists,
  mode: z.enum(PERMISSION_MODES),
  expect: z.string(),
  accept: z.array(z.string()),
})

const original = z.object({
  id: z.string(),
  tier: z.string().default('core'),
  tool: z.string(),
  args: z.unknown(),
  cwd: z.string().default('/Users/test/project'),
  rules: lists.default(NO_LISTS),
  session: lists.default(NO_LISTS),
  cliAllow: z.string().optional(),
  cliDeny: z.string().optional(),
  mode: z.enum(PERMISSION_MODES).default('default'),
  expected: z.string(),
  feature: z.string().optional(),
})

const HOME = '/Users/test'

/** `git blame` and `git grep` read the files that git tracks: outside of a repository, as here, they ask. */
const NEED_REPOSITORY = new Set(['ro-041', 'ro-050', 'ro-051'])

/** `git stash list`, `awk`, `od` and `sha256sum`, which only read and print. */
const READ_HERE = new Set(['ro-400', 'ro-428', 'ro-444', 'ro-447'])

describe('A decision', () => {
  overCases('hostile-bash-permission.json', async (loaded) => {
    const line = hostile.extend({
      command: z.string().optional(),
      command_parts: z.array(z.tuple([z.string(), z.number()])).default([]),
    })
    const { cases } = z.object({ cases: z.array(line) }).parse(loaded)
    const { project, home, bounds, remove } = createProjectDirectory()
    addLinks(project)
    const place = (text: string): string =>
      text.replaceAll('@PROJECT@', project).replaceAll('@HOME@', home)
    const score = new Score()
    for (const one of cases) {
      const parts = one.command_parts.map(([text, times]) => text.repeat(times)).join('')
      const command = place(one.command ?? parts)
      const policy = { mode: one.mode, rules: rulesOf(one.rules, 'user'), bounds }
      score.add({
        ...one,
        got: (await decide(policy, requestFor('Bash', { command }, project, home))).decision,
      })
    }
    remove()
    score.check('hostile-bash-permission')
  })

  overCases('hostile-file-permission.json', async (loaded) => {
    const step = z.tuple([z.string()]).rest(z.union([z.string(), z.number()]))
    const file = hostile.extend({ tool: z.string(), args: z.unknown(), setup: z.array(step) })
    const { cases } = z.object({ cases: z.array(file) }).parse(loaded)
    const score = new Score()
    for (const one of cases) {
      const { project, home, bounds, remove } = createProjectDirectory([
        'package.json',
        'README.md',
        'src/a.ts',
        'src/sub/b.ts',
      ])
      const place = <Value>(value: Value): Value =>
        JSON.parse(
          JSON.stringify(value ?? null)
            .replaceAll('@PROJECT@', project)
            .replaceAll('@HOME@', home),
        )
      setUpCase(project, place(one.setup))
      const policy = { mode: one.mode, rules: rulesOf(place(one.rules), 'user'), bounds }
      score.add({
        ...one,
        got: (await decide(policy, requestFor(one.tool, place(one.args), project, home))).decision,
      })
      remove()
    }
    score.check('hostile-file-permission')
  })

  const files = [
    'permission_checker',
    'permission_cli_flags',
    'permission_modes',
    'permission_shell_security',
  ]
  for (const name of files) {
    overCases(`${name}.json`, async (loaded) => {
      const { cases } = z.object({ cases: z.array(original) }).parse(loaded)
      const score = new Score()
      for (const one of cases) {
        const call = onThisSystem({ ...one, cwd: one.cwd.replace('$HOME', HOME) })
        const { cwd } = call
        const [rules, session] = [rulesOf(call.rules, 'project'), rulesOf(one.session, 'session')]
        const joined = joinRules(
          {
            allow: [...rules.allow, ...session.allow],
            deny: [...rules.deny, ...session.deny],
            ask: [...rules.ask, ...session.ask],
          },
          one.cliAllow === undefined ? [] : [one.cliAllow],
          one.cliDeny === undefined ? [] : [one.cliDeny],
        )
        const readable = one.rules.additionalDirectories
        const policy: Policy = {
          mode: one.mode,
          rules: joined,
          bounds: { directory: cwd, home: HOME, readable },
        }
        const request = requestFor(one.tool, call.args ?? {}, cwd, HOME)
        const { decision: got } = await decide(policy, request)
        const wanted = overruling(one, policy, request)
        if (wanted !== null) score.overrule(one.id, got, wanted)
        else score.add({ ...one, got, accept: [one.expected], expect: one.expected })
      }
      score.check(name)
    })
  }

  overCases('readonly_shell.json', async (loaded) => {
    const line = z.object({
      id: z.string(),
      tier: z.string(),
      command: z.unknown(),
      expected: z.boolean(),
    })
    const { cases } = z.object({ cases: z.array(line) }).parse(loaded)
    const bounds = { directory: '/Users/test/project', home: HOME, readable: [] }
    const score = new Score()
    for (const { id, tier, command, expected } of cases) {
      const request = requestFor('Bash', { command }, bounds.directory, HOME)
      const { decision } = await decide({ mode: 'default', rules: NO_RULES, bounds }, request)
      const wanted = expected ? 'allow' : 'ask'
      // P10: reading without approval is limited to the project.
      const reachesOut = /(^|\s)(\/(?!Users\/test\/project)|\.\.|~)/.test(String(command))
      // The environment contains secrets.
      const showsEnvironment = command === 'env'
      if (expected && (reachesOut || showsEnvironment || NEED_REPOSITORY.has(id)))
        score.overrule(id, decision, 'ask')
      else if (READ_HERE.has(id)) score.overrule(id, decision, 'allow')
      else score.add({ id, tier, got: decision, accept: [wanted], expect: wanted })
    }
    score.check('readonly_shell')
  })

  overCases('permission_matcher.json', async (loaded) => {
    const query = z.object({
      id: z.string(),
      tier: z.string(),
      kind: z.string(),
      query: z.string().optional(),
      tool: z.string().optional(),
      rule: z.string(),
      cwd: z.string().default('/Users/test/project'),
      expected: z.boolean(),
      note: z.string().default(''),
    })
    const { cases } = z.object({ cases: z.array(query) }).parse(loaded)
    const score = new Score()
    for (const one of cases) {
      const match = /^(\w+)\(([\s\S]*)\)$/.exec(one.query ?? '')
      const [tool, subject] = [one.tool ?? match?.[1] ?? '', match?.[2]?.replace('$HOME', HOME)]
      const args =
        subject === undefined
          ? {}
          : { command: subject, file_path: subject, path: subject, pattern: '*' }
      const call = { tool, args, cwd: one.cwd.replace('$HOME', HOME) }
      const rules = { ...NO_LISTS, allow: [one.rule] }
      const own = onThisSystem({ ...call, rules })
      const request = requestFor(tool, own.args, own.cwd, HOME)
      const matches = await matchesAs(
        one.kind,
        own.rules.allow[0] ?? '',
        request,
        own.cwd,
        one.note,
      )
      // A call that is allowed without the rule says nothing about the rule.
      if (matches === null) continue
      const got = String(matches)
      const wanted = overrulingMatch(one)
      const expect = String(one.expected)
      if (wanted !== null) score.overrule(one.id, got, wanted)
      else score.add({ ...one, got, accept: [expect], expect })
    }
    score.check('permission_matcher')
  })

  overCases('permission_analyzer.json', async (loaded) => {
    const expected = z.object({ recommendedRule: z.string().optional() })
    const call = z.object({
      expected,
      id: z.string(),
      tier: z.string(),
      tool: z.string(),
      args: z.unknown(),
      cwd: z.string(),
    })
    const { cases } = z.object({ cases: z.array(call) }).parse(loaded)
    const mistakes: string[] = []
    let same = 0
    for (const { id, tool, args, cwd, expected } of cases) {
      const policy: Policy = {
        mode: 'default',
        rules: NO_RULES,
        bounds: { directory: cwd, home: HOME, readable: [] },
      }
      const request = requestFor(tool, args ?? {}, cwd, HOME)
      const suggestion = await suggest(policy, request)
      if (suggestion?.rule === (expected.recommendedRule || undefined)) same++
      if (suggestion === null) continue
      const rules = { ...NO_RULES, allow: [{ text: suggestion.rule, source: suggestion.scope }] }
      if ((await decide({ ...policy, rules }, request)).decision !== 'allow')
        mistakes.push(`${id}: ${suggestion.rule} does not cover the call`)
      if (request.subject.type !== 'command') continue
      const command = `${request.subject.command} && rm -rf /`
      const more = { ...request, subject: { ...request.subject, command } }
      if ((await decide({ ...policy, rules }, more)).decision === 'allow')
        mistakes.push(`${id}: ${suggestion.rule} covers more than the call`)
    }
    console.log(
      `    permission_analyzer: the same rule as the original in ${same} of ${cases.length}`,
    )
    expect(mistakes).to.deep.equal([])
  })

  overCases('rule_normalization.json', async (loaded) => {
    const { cases } = z
      .object({ cases: z.array(z.object({ rule: z.string(), expected: z.string() })) })
      .parse(loaded)
    for (const { rule, expected } of cases) expect(normalizeRule(rule)).to.equal(expected)
  })

  overCases('cli_tool_list_parse.json', async (loaded) => {
    const { cases } = z
      .object({ cases: z.array(z.object({ value: z.string(), expected: z.array(z.string()) })) })
      .parse(loaded)
    for (const { value, expected } of cases) {
      // The specification names this tool LS.
      const wanted = expected.map((rule) => rule.replace(/^ListDir/, 'LS'))
      expect(splitRuleList(value)).to.deep.equal(wanted)
    }
  })
})

/** The answer required by the specification or a hostile case where Letta Code gives another; null where they agree. */
function overruling(
  one: z.infer<typeof original>,
  { mode, bounds, rules }: Policy,
  { subject, access }: PermissionRequest,
): string | null {
  const directories = [bounds.directory, ...bounds.readable]
  const paths = subject.type === 'paths' ? subject.paths : []
  const leadsOut = paths.some(
    (file) => !directories.some((directory) => isInside(path.normalize(file), directory)),
  )
  // The specification: "Deny wins over all of them, everywhere"; Letta Code did not apply `*` to file tools.
  if (rules.deny.some(({ text }) => text === '*')) return 'deny'
  // F2, F3: reading and editing outside the project asks in every mode except bypassPermissions.
  const isFree = one.expected === 'allow' && rules.allow.length === 0
  if (isFree && leadsOut && mode !== 'bypassPermissions') return 'ask'
  // The specification: ExitPlanMode "always asks".
  if (access === 'consent' && one.expected === 'allow') return 'ask'
  // Asking for the output of a command is a known defect of Letta Code.
  if (one.tool === 'BashOutput' && one.expected === 'ask') return 'allow'
  // F4: files in ~/.letta ask, unless a rule names exactly that file.
  if (paths.some((file) => file.includes('/.letta/')) && one.expected === 'allow') return 'ask'
  const isLater = one.feature !== undefined || LATER_TOOLS.has(one.tool)
  return isLater && one.expected !== 'deny' ? UNKNOWN_TOOL[mode] : null
}

/** Tools of later versions of Letta Code, which are unknown here. */
const LATER_TOOLS = new Set(['Agent', 'Task', 'Skill', 'AskUserQuestion', 'conversation_search'])

const UNKNOWN_TOOL = {
  default: 'ask',
  acceptEdits: 'ask',
  plan: 'deny',
  bypassPermissions: 'allow',
} as const

/** The same for whether a rule matches. */
function overrulingMatch(one: {
  readonly kind: string
  readonly query?: string | undefined
  readonly rule: string
  readonly cwd: string
  readonly note: string
}): string | null {
  const query = one.query ?? ''
  // P2: a deny rule matches its command at every depth.
  if (one.note.startsWith('deny')) return 'true'
  // F6: `~` is the home directory in rules and calls, names can begin with a dot or with `#`.
  if (/^Read\((~|#)/.test(one.rule)) return 'true'
  // F6: a pattern is relative to the project and never leaves it.
  if (query.includes('(../')) return 'false'
  // P10: nor does an allowed command.
  if (query.includes(' -C /x')) return 'false'
  return null
}

/** A Windows call, converted as `letta permissions check` does. */
function onThisSystem<
  Of extends {
    readonly tool: string
    readonly args?: unknown
    readonly cwd: string
    readonly rules: z.infer<typeof lists>
  },
>(one: Of): Of {
  if (!isWindowsPath(one.cwd)) return one
  const call = foldWindowsCall({ ...one, args: one.args, home: HOME })
  return { ...call, rules: { ...one.rules, allow: one.rules.allow.map(foldWindowsRule) } }
}

/** Whether a rule matches a call. */
async function matchesAs(
  kind: string,
  text: string,
  request: PermissionRequest,
  directory: string,
  note: string,
): Promise<boolean | null> {
  const bounds = { directory, home: HOME, readable: [] }
  const rule = { text: text.replace('$HOME', HOME), source: 'user' as const }
  const { subject, tool } = request
  const isForbidden = kind === 'tool' || note.startsWith('deny')
  if (isForbidden || kind === 'bash') {
    const answer = async (lists: Partial<PermissionRules>): Promise<string> => {
      const rules = { ...NO_RULES, ...lists }
      return (await decide({ mode: 'default', rules, bounds }, request)).decision
    }
    if (isForbidden) return (await answer({ deny: [rule] })) === 'deny'
    return (await answer({})) === 'allow' ? null : (await answer({ allow: [rule] })) === 'allow'
  }
  const parsed = parseRule(rule.text)
  if (parsed === null || subject.type !== 'paths' || parsed.tool !== toolFamily(tool)) return false
  const { payload } = parsed
  if (payload === null) return true
  return withFacts(bounds, diskFacts, (view) =>
    subject.paths.every((file) =>
      allowsPath(payload, { requested: file, resolved: view.resolve(file) }, view),
    ),
  )
}
