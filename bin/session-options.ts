import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { RunOptions } from '../lib/cli/parse.ts'
import { UsageError } from '../lib/cli/parsed-flags.ts'
import { chooseBackend, serverName } from '../lib/client/backend.ts'
import { invalidRule } from '../lib/session/messages.ts'
import type { SessionOptions } from '../lib/session/services.ts'
import type { SavedIds } from '../lib/settings/remembered-ids.ts'
import { environmentOf, openSettings, type Settings } from '../lib/settings/settings.ts'
import { absolutePath, type Surroundings, workingFolder } from './io/cli-environment.ts'
import { printerTo } from './io/stderr.ts'
import { recordTo } from './recording-file.ts'

export interface Prepared {
  readonly session: SessionOptions
  readonly settings: Settings
  /** Takes away what was made for this run only. */
  clean(): void
}

/** Command line, environment and settings as what a session is opened with. */
export async function prepareSession(
  around: Surroundings,
  run: RunOptions,
  watch: boolean,
): Promise<Prepared> {
  if (run.tools !== null) await checkTools(run.tools)
  await checkRules(run, printerTo(around).tell)
  const scratch = run.demo ? await makeScratch(around) : null
  const home = scratch === null ? around.home : scratch.home
  const directory = scratch === null ? workingFolder(around, run.directory) : scratch.project
  const settings = openSettings({ home: around.home, directory, trustThisRun: run.trust })
  const environment = environmentOf(settings, around.environment)
  const backend = run.demo
    ? ({ type: 'embedded' } as const)
    : chooseBackend(run.backend, environment)
  return {
    settings,
    clean: () => scratch?.clean(),
    session: {
      directory,
      home,
      environment,
      backend,
      agent: agentOf(run, settings.on(serverName(backend))),
      name: run.name,
      model: run.model,
      mode: run.mode,
      allowed: run.allowed,
      disallowed: run.disallowed,
      tools: run.tools,
      skills: run.skills === null ? null : skillsFolder(around, run.skills),
      link: run.link,
      demo: run.demo,
      trustThisRun: run.trust,
      maxSteps: run.maxTurns,
      watch,
      ...(run.record === null
        ? {}
        : recordTo(absolutePath(around, run.record), { directory, environment, now: Date.now() })),
    },
  }
}

export function skillsFolder(around: Surroundings, wanted: string): string {
  const path = absolutePath(around, wanted)
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return path
  throw new UsageError(`--skills: ${path} is no folder.`)
}

function agentOf(
  { agent, continueLast }: RunOptions,
  { lastAgent, lastAgentAnywhere }: SavedIds,
): SessionOptions['agent'] {
  if (agent !== 'last' || !continueLast || lastAgent !== null) return agent
  return lastAgentAnywhere === null ? 'last' : { id: lastAgentAnywhere }
}

async function checkTools(names: readonly string[]): Promise<void> {
  const [{ TOOLS }, { suggestionHint }] = await Promise.all([
    import('../lib/tools/index.ts'),
    import('../lib/util/did-you-mean.ts'),
  ])
  const known = TOOLS.map((tool) => tool.name)
  for (const name of names) {
    if (known.includes(name)) continue
    const hint = suggestionHint(name, known)
    throw new UsageError(`--tools: there is no tool "${name}".`, { hint })
  }
}

async function checkRules(
  { allowed, disallowed }: RunOptions,
  tell: (line: string) => void,
): Promise<void> {
  const rules = [...allowed, ...disallowed]
  if (rules.length === 0) return
  const { checkRule } = await import('../lib/permissions/rules/check-rule.ts')
  for (const rule of rules) {
    const wrong = checkRule(rule)
    if (wrong !== null) throw new UsageError(invalidRule(rule, wrong))
  }
  for (const name of await slipsOf(disallowed)) {
    // What is to be forbidden must not run for a small letter.
    if (name.near.toLowerCase() === name.written.toLowerCase()) throw noTool(name)
    tell(slip('disallowedTools', name))
  }
  for (const name of await slipsOf(allowed)) tell(slip('allowedTools', name))
}

interface Slip {
  readonly written: string
  readonly near: string
}

/** Names that letta has not, and that look like one it has; others may be tools of the server. */
async function slipsOf(rules: readonly string[]): Promise<readonly Slip[]> {
  const [{ TOOLS }, { closestMatch }, { parseRule }] = await Promise.all([
    import('../lib/tools/index.ts'),
    import('../lib/util/did-you-mean.ts'),
    import('../lib/permissions/rules/rule.ts'),
  ])
  const known = TOOLS.map((tool) => tool.name)
  return rules.flatMap((rule) => {
    const written = parseRule(rule)?.tool ?? '*'
    const near = written === '*' || known.includes(written) ? null : closestMatch(written, known)
    return near === null ? [] : [{ written, near }]
  })
}

const slip = (flag: string, { written, near }: Slip): string =>
  `--${flag}: letta has no tool "${written}". Did you mean ${near}?`

function noTool({ written, near }: Slip): UsageError {
  return new UsageError(`--disallowedTools: there is no tool "${written}".`, {
    hint: `Did you mean ${near}?`,
  })
}

/** The demo works on a project of its own, with a home of its own: nothing of the user's is touched. */
async function makeScratch({ temporary }: Surroundings) {
  const { demoProject } = await import('../lib/server/providers/demo-project.ts')
  const root = mkdtempSync(join(temporary, 'letta-demo-'))
  const [home, project] = [join(root, 'home'), join(root, 'greeter')]
  mkdirSync(home)
  for (const [path, text] of Object.entries(demoProject)) {
    mkdirSync(dirname(join(project, path)), { recursive: true })
    writeFileSync(join(project, path), text)
  }
  return { home, project, clean: () => rmSync(root, { recursive: true, force: true }) }
}
