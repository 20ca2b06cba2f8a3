import { createInterface } from 'node:readline'
import type { SubcommandInvocation } from '../../lib/cli/parse.ts'
import { lettaDirectoryOf } from '../../lib/fs/letta-directory.ts'
import {
  type CheckedRequest,
  checkJsonLine,
  type ToRequest,
} from '../../lib/permissions/check-jsonl.ts'
import { examineRule } from '../../lib/permissions/rules/examine-rule.ts'
import { findLimits } from '../../lib/permissions/rules/limits.ts'
import { joinRules } from '../../lib/permissions/rules/rule-list.ts'
import type { PermissionSubject } from '../../lib/permissions/types.ts'
import { isModeAvailable } from '../../lib/session/policy.ts'
import { examineRoot } from '../../lib/settings/rule-root.ts'
import { TOOLS } from '../../lib/tools/index.ts'
import { parseArguments } from '../../lib/tools/parse-arguments.ts'
import { placesOf } from '../../lib/tools/process/search-variables.ts'
import type { Tool } from '../../lib/tools/tool.ts'
import type { Workspace } from '../../lib/tools/workspace.ts'
import { spellOut } from '../../lib/util/invisible-characters.ts'
import type { CliEnvironment, EnvironmentVariables } from '../io/cli-environment.ts'
import { createPrinter, notifySettingsErrors } from '../io/printer.ts'
import {
  MODES_LIMITED,
  NO_PERMISSION_RULES,
  notTrustedGrant,
  ruleNotInEffect,
} from '../messages.ts'
import { prepareSession } from '../session-options.ts'
import { inferPermissionSubject } from './infer-subject.ts'

/** `letta permissions list` */
export async function listRules(
  cli: CliEnvironment,
  { options, flags }: SubcommandInvocation,
): Promise<number> {
  const printer = createPrinter(cli)
  const { settings, session } = await prepareSession(cli, options, false)
  notifySettingsErrors(settings, printer)
  const rules = joinRules(settings.ruleLists(), options.allowed, options.disallowed)
  const notTrusted = settings.unseenRights
  const { areDenialsLost } = settings
  const wanted = options.mode ?? 'default'
  const mode = isModeAvailable(wanted, { areDenialsLost }) ? wanted : 'default'
  if (flags.has('json')) {
    const problems = settings.problems.map(({ message }) => message)
    const limits = findLimits(rules, mode)
    return printer.printJson({ mode, ...rules, notTrusted, problems, limits })
  }
  for (const list of ['deny', 'ask', 'allow'] as const) {
    for (const { text, source } of rules[list]) {
      const row = `${list.padEnd(6)} ${source.padEnd(8)} ${spellOut(text)}`
      const problem = examineRule(text, list) ?? examineRoot(text, session.directory)
      printer.print(problem === null ? row : ruleNotInEffect(row))
    }
  }
  const nothing = [rules.deny, rules.ask, rules.allow, notTrusted, settings.problems]
  if (nothing.every(({ length }) => length === 0)) printer.notify(NO_PERMISSION_RULES)
  if (areDenialsLost) printer.notify(MODES_LIMITED)
  for (const grant of notTrusted) printer.print(notTrustedGrant(spellOut(grant)))
  for (const limit of findLimits(rules, mode)) printer.notify(limit)
  return 0
}

/** `letta permissions check` */
export async function checkPermissions({ stdin, stdout, env }: CliEnvironment): Promise<number> {
  await checkLines(stdin, (line) => void stdout.write(`${line}\n`), env)
  return 0
}

/**
 * Reads JSON lines, and writes one verdict for each, in order. Settings are not read; the environment is that of a session.
 * @internal
 */
export async function checkLines(
  input: NodeJS.ReadableStream,
  write: (line: string) => void,
  environment: EnvironmentVariables = {},
): Promise<void> {
  const places = placesOf(environment)
  let empty: string[] = []
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') {
      empty.push(line)
      continue
    }
    // Each line has a verdict at the same line number. Only empty lines at the end have none.
    for (const one of [...empty, line]) write(await checkJsonLine(one, toRequest, { places }))
    empty = []
  }
}

/**
 * The permission request that a call of this tool would make; null when the tool does not exist.
 * @internal
 */
export const toRequest: ToRequest = (name, args, cwd, home) => {
  const tool = TOOLS.find((one) => one.name === name)
  if (tool === undefined) return null
  const workspace = {
    directory: cwd,
    home,
    lettaDirectory: lettaDirectoryOf(home),
    environment: {},
    now: () => 0,
  }
  return toToolRequest(tool, args, workspace)
}

/** Invalid arguments, which the tool would reject, are evaluated as far as they can be read. */
function toToolRequest(tool: Tool, args: unknown, workspace: Workspace): CheckedRequest {
  const { name, access } = tool
  const parsed = parseArguments(tool, JSON.stringify(args))
  if (parsed.ok) return { tool: name, access, subject: tool.subject(parsed.value, workspace) }
  const subject = readSubject(tool, args, workspace)
  if (subject !== null) return { tool: name, access, subject }
  const guess = inferPermissionSubject(args, access === 'execute', workspace)
  return { tool: name, access, subject: guess, isGuess: guess.type === 'command' }
}

/** Null when the arguments that the tool reads are missing or have the wrong type. */
function readSubject(tool: Tool, args: unknown, workspace: Workspace): PermissionSubject | null {
  try {
    const subject = tool.subject(args, workspace)
    return subject.type === 'command' && typeof subject.command !== 'string' ? null : subject
  } catch (thrown) {
    if (!(thrown instanceof TypeError)) throw thrown
    return null
  }
}
