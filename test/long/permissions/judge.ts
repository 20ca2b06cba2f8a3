import path from 'node:path'
import { decide } from '../../../lib/permissions/decide.ts'
import { diskFacts } from '../../../lib/permissions/facts/disk-facts.ts'
import type { FactSource } from '../../../lib/permissions/facts/facts.ts'
import { locatePrograms } from '../../../lib/permissions/locate-programs.ts'
import type { PermissionMode, PermissionRule, Verdict } from '../../../lib/permissions/types.ts'
import { childEnvironment } from '../../../lib/tools/process/environment.ts'
import {
  type UnattendedKind,
  unattendedEnvironment,
} from '../../../lib/tools/process/unattended-environment.ts'
import { requestFor } from '../../support/permission-requests.ts'
import { CANARIES, type ScratchProject } from './scratch-project.ts'

/** A line with the policy under which it is judged. */
export interface GeneratedLine {
  readonly line: string
  readonly mode?: PermissionMode
  readonly allow?: readonly string[]
  readonly deny?: readonly string[]
  /** The programs of which no rule lets one run. */
  readonly deniedPrograms?: readonly string[]
  /** Whether the allow rules are for a program that writes. */
  readonly mayWrite?: boolean
}

export interface JudgedLine {
  readonly generated: GeneratedLine
  readonly running: RunningLine
}

/** What the Bash tool would run. */
export interface RunningLine {
  readonly text: string
  readonly kind: UnattendedKind | 'written'
}

export async function judgeLine(
  { line, mode = 'default', allow = [], deny = [] }: GeneratedLine,
  scratch: ScratchProject,
): Promise<Verdict> {
  const { project, home, bounds } = scratch
  const list = (texts: readonly string[]): readonly PermissionRule[] =>
    texts.map((text) => ({ text, source: 'user' }))
  const rules = { allow: list(allow), deny: list(deny), ask: [] }
  return decide(
    { mode, rules, bounds },
    requestFor('Bash', { command: line }, project, home),
    factsOf(scratch),
  )
}

/** Nothing changes the project while lines are judged, so each fact is read once: most of the time of a decision. */
function factsOf(project: ScratchProject): FactSource {
  const known = FACTS.get(project) ?? remembered(diskFacts)
  FACTS.set(project, known)
  return known
}

const FACTS = new WeakMap<ScratchProject, FactSource>()

function remembered(source: FactSource): FactSource {
  const answers = new Map<string, unknown>()
  const entries = Object.entries(source).map(([name, read]) => {
    const ask = (...args: readonly unknown[]): unknown => {
      const key = JSON.stringify([name, ...args])
      if (!answers.has(key)) answers.set(key, Reflect.apply(read, source, args))
      return answers.get(key)
    }
    return [name, ask]
  })
  return Object.fromEntries(entries)
}

/** As `lib/session/resolve-tool-calls.ts` and `lib/tools/runner.ts` pass it on. */
export function whatRuns(line: string, { runs, rule }: Verdict): RunningLine {
  if (runs === undefined) return { text: line, kind: 'written' }
  return { text: runs, kind: rule === null ? 'readOnly' : 'byRule' }
}

export function environmentFor(
  kind: RunningLine['kind'],
  { project, home }: ScratchProject,
): Readonly<Record<string, string>> {
  const own = { HOME: home, PWD: project }
  const place = { directory: project, isTrusted: false }
  if (kind === 'written') return childEnvironment({ ...PLAIN_ENVIRONMENT, ...own }, place)
  const written = childEnvironment({ ...PLAIN_ENVIRONMENT, ...HOSTILE_ENVIRONMENT, ...own }, place)
  return unattendedEnvironment(written, { ...place, kind })
}

/** The text that the shell gets: with its programs by the paths at which they are found. */
export async function locatedText(
  { text, kind }: RunningLine,
  project: ScratchProject,
): Promise<string> {
  if (kind === 'written') return text
  const directories = (environmentFor(kind, project)['PATH'] ?? '').split(path.delimiter)
  return (await locatePrograms(text, project.bounds, directories)).text
}

/** With secrets. */
const PLAIN_ENVIRONMENT = {
  PATH: '/usr/local/bin:/usr/bin:/bin:/opt/bin',
  LANG: 'en_US.UTF-8',
  SHELL: '/bin/bash',
  USER: 'root',
  LOGNAME: 'root',
  SERVICE_TOKEN: CANARIES.environment,
  database_password: CANARIES.environment,
  GITHUB_TOKEN: CANARIES.environment,
}

/** Variables by which a shell, git and other programs read code, options and names. */
const HOSTILE_ENVIRONMENT = {
  PATH: './node_modules/.bin:/usr/local/bin:/usr/bin:/bin:/opt/bin:',
  CDPATH: '..',
  GLOBIGNORE: 'x',
  BASH_ENV: './evil',
  ENV: './evil',
  PROMPT_COMMAND: './evil',
  GREP_OPTIONS: '-r',
  LESSOPEN: '|./evil %s',
  GIT_EXTERNAL_DIFF: './evil',
  RIPGREP_CONFIG_PATH: 'args.txt',
}
