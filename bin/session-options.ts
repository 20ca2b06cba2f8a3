import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { RunOptions } from '../lib/cli/parse.ts'
import { serverName } from '../lib/client/backend.ts'
import { useProxiesOfSettings } from '../lib/client/use-proxies.ts'
import { lettaDirectoryOf } from '../lib/fs/letta-directory.ts'
import { chooseServer } from '../lib/session/choose-server.ts'
import { invalidRule } from '../lib/session/messages/approvals.ts'
import type { SessionOptions } from '../lib/session/services.ts'
import type { SavedIds } from '../lib/settings/remembered-ids.ts'
import { openSettings, type Settings } from '../lib/settings/settings.ts'
import { UsageError } from '../lib/util/user-error.ts'
import { openDebugLog } from './debug-log.ts'
import {
  type CliEnvironment,
  isDirectory,
  typedPath,
  workingDirectory,
} from './io/cli-environment.ts'
import { createPrinter } from './io/printer.ts'
import {
  BROKEN_SETTINGS_HINT,
  denialsLost,
  skillsNotADirectory,
  toolOfFlagNotFound,
} from './messages.ts'
import { openRecording } from './recording-file.ts'
import { savedAccounts, serverEnvironment } from './server-environment.ts'

interface PreparedSession {
  readonly session: SessionOptions
  readonly settings: Settings
  /** Removes the scratch copy of a demo. */
  removeScratch(): void
}

/**
 * Combines command line, environment and settings to the options of a session. `watch` follows the skills on the disk. Throws a
 * `UsageError` for names of tools, rules and directories that are not valid.
 */
export async function prepareSession(
  cli: CliEnvironment,
  run: RunOptions,
  watch: boolean,
): Promise<PreparedSession> {
  if (run.tools !== null) await checkTools(run.tools)
  await checkRules(run, typedPath(cli, run.directory ?? '.'), createPrinter(cli).notify)
  const skills = run.skills === null ? null : givenSkillsDirectory(cli, run.skills)
  const place = run.demo ? await createScratch(cli) : existingPlace(cli, run.directory)
  try {
    const prepared = await optionsIn(place, cli, run, { skills, watch })
    await useProxiesOfSettings(prepared.settings.user.env, prepared.session.environment)
    return { ...prepared, removeScratch: place.remove }
  } catch (thrown) {
    place.remove()
    throw thrown
  }
}

/** Where a session works. */
interface SessionPlace {
  readonly home: string
  readonly lettaDirectory: string
  readonly directory: string
  /** Removes the scratch copy of a demo. */
  remove(): void
}

async function optionsIn(
  { home, lettaDirectory, directory }: SessionPlace,
  cli: CliEnvironment,
  run: RunOptions,
  { skills, watch }: Pick<SessionOptions, 'skills' | 'watch'>,
): Promise<Omit<PreparedSession, 'removeScratch'>> {
  const settings = openSettings({
    home: cli.home,
    lettaDirectory: cli.lettaDirectory,
    directory,
    trustThisRun: run.trust,
    ignoreBroken: run.ignoreBrokenSettings,
  })
  const secrets: string[] = []
  let recorders: ReturnType<typeof combineRecorders> = {}
  const saved = savedAccounts(cli, settings, (secret) => {
    secrets.push(secret)
    recorders.hide?.(secret)
  })
  const { environment, warning } = await serverEnvironment(cli, settings, saved)
  const backend = run.demo ? ({ type: 'embedded' } as const) : chooseServer(run, environment, saved)
  // Only the environment of the process names the file: settings of a project must not make letta write files.
  const debugPath = cli.env['LETTA_DEBUG'] || null
  const debugLog =
    debugPath === null ? null : openDebugLog(typedPath(cli, debugPath), { env: environment })
  const recording =
    run.record === null
      ? null
      : openRecording(typedPath(cli, run.record), { directory, environment, now: Date.now() })
  recorders = combineRecorders([recording, debugLog])
  for (const secret of secrets) recorders.hide?.(secret)
  return {
    settings,
    session: {
      directory,
      home,
      lettaDirectory,
      environment,
      warning,
      backend,
      agent: chooseAgent(run, settings.on(serverName(backend))),
      conversation: run.conversation,
      name: run.name,
      model: run.model,
      fallbackModel: run.fallbackModel ?? settings.user.fallbackModel,
      effort: run.effort,
      // The workbench follows skills and has a person to ask.
      mode: run.mode ?? (watch ? settings.user.permissionMode : 'default'),
      allowed: run.allowed,
      disallowed: run.disallowed,
      tools: run.tools,
      skills,
      updateSkillsBlock: run.updateSkillsBlock,
      link: run.link,
      demo: run.demo,
      compactAtPercent: settings.user.compactAtPercent,
      memoryHistoryDays: settings.user.memoryHistoryDays,
      maxOutputBytes: settings.user.outputMebibytes * 2 ** 20,
      maxBackupBytes: settings.user.backupMebibytes * 2 ** 20,
      trustThisRun: run.trust,
      ignoreBrokenSettings: run.ignoreBrokenSettings,
      maxSteps: run.maxTurns,
      maxCost: run.maxCost,
      surroundings: !run.demo,
      watch,
      ...recorders,
    },
  }
}

/** No user can be asked: throws a `UsageError` when rules that deny cannot be read. */
export function requireDenials({ areDenialsLost, problems }: Settings): void {
  if (!areDenialsLost) return
  const reasons = problems.map(({ message }) => message)
  throw new UsageError(denialsLost(reasons), { hint: BROKEN_SETTINGS_HINT })
}

interface SessionRecorder {
  readonly record: (event: { readonly type: string }) => void
  hide(secret: string): void
}

function combineRecorders(
  all: readonly (SessionRecorder | null)[],
): Pick<SessionOptions, 'record' | 'hide'> {
  const recorders = all.filter((one) => one !== null)
  if (recorders.length === 0) return {}
  return {
    record(event) {
      for (const recorder of recorders) recorder.record(event)
    },
    hide(secret) {
      for (const recorder of recorders) recorder.hide(secret)
    },
  }
}

/** The directory that `--skills` names. Throws a `UsageError`. */
export function givenSkillsDirectory(cli: CliEnvironment, path: string): string {
  const directory = typedPath(cli, path)
  if (isDirectory(directory)) return directory
  throw new UsageError(skillsNotADirectory(directory))
}

function chooseAgent(
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
  const unknown = names.find((name) => !known.includes(name))
  if (unknown === undefined) return
  throw new UsageError(toolOfFlagNotFound('tools', unknown), {
    hint: suggestionHint(unknown, known),
  })
}

async function checkRules(
  { allowed, disallowed }: RunOptions,
  directory: string,
  notify: (message: string) => void,
): Promise<void> {
  const rules = [...allowed, ...disallowed]
  if (rules.length === 0) return
  const [{ checkRule }, { checkDenial }, { examineRoot }, { didYouMean }] = await Promise.all([
    import('../lib/permissions/rules/check-rule.ts'),
    import('../lib/permissions/rules/examine-rule.ts'),
    import('../lib/settings/rule-root.ts'),
    import('../lib/util/did-you-mean.ts'),
  ])
  for (const rule of rules) {
    const reason = disallowed.includes(rule) ? checkDenial(rule) : checkRule(rule)
    if (reason !== null) throw new UsageError(invalidRule(rule, reason))
    const root = examineRoot(rule, directory)
    if (root === null) continue
    const message = invalidRule(rule, root.reason)
    const hint = root.meant === null ? '' : didYouMean(root.meant)
    if (root.isUnusable && disallowed.includes(rule)) throw new UsageError(message, { hint })
    notify(`${message}. ${hint}`.trimEnd())
  }
  for (const [flag, list] of [
    ['disallowedTools', disallowed],
    ['allowedTools', allowed],
  ] as const) {
    for (const { name, hint, isCaseOnly } of await findMisspelledTools(list)) {
      const message = toolOfFlagNotFound(flag, name)
      // A tool that is to be denied must not run because of a small letter.
      if (flag === 'disallowedTools' && isCaseOnly) throw new UsageError(message, { hint })
      notify(`${message} ${hint}`)
    }
  }
}

interface MisspelledTool {
  readonly name: string
  readonly hint: string
  readonly isCaseOnly: boolean
}

/** Unknown names that resemble the name of a local tool. Other names may be tools of the server. */
async function findMisspelledTools(rules: readonly string[]): Promise<readonly MisspelledTool[]> {
  const [{ TOOLS }, { closestMatch, suggestionHint }, { parseRule }] = await Promise.all([
    import('../lib/tools/index.ts'),
    import('../lib/util/did-you-mean.ts'),
    import('../lib/permissions/rules/rule.ts'),
  ])
  const known = TOOLS.map((tool) => tool.name)
  return rules.flatMap((rule) => {
    const name = parseRule(rule)?.tool ?? '*'
    const match = name === '*' || known.includes(name) ? null : closestMatch(name, known)
    if (match === null) return []
    const isCaseOnly = match.toLowerCase() === name.toLowerCase()
    return [{ name, hint: suggestionHint(name, known), isCaseOnly }]
  })
}

function existingPlace(cli: CliEnvironment, path: string | null): SessionPlace {
  const { home, lettaDirectory } = cli
  return { home, lettaDirectory, directory: workingDirectory(cli, path), remove() {} }
}

/** The demo works on a scratch project with a scratch home directory, so that it changes nothing of the user. */
async function createScratch({ temporary }: CliEnvironment): Promise<SessionPlace> {
  const { demoProject } = await import('../lib/server/providers/demo-project.ts')
  const root = mkdtempSync(join(temporary, 'letta-demo-'))
  const [home, directory] = [join(root, 'home'), join(root, 'greeter')]
  mkdirSync(home)
  for (const [path, text] of Object.entries(demoProject)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), text)
  }
  // Whatever LETTA_HOME is, a demo stores nothing there.
  const lettaDirectory = lettaDirectoryOf(home)
  return {
    home,
    lettaDirectory,
    directory,
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}
