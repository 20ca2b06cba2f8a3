import type { SubcommandInvocation } from '../../lib/cli/parse.ts'
import { type BackendChoice, serverAddress } from '../../lib/client/backend.ts'
import { connect } from '../../lib/client/connect.ts'
import { createGateway, type Gateway } from '../../lib/client/gateway/gateway.ts'
import { openKnownAgent } from '../../lib/client/gateway/known-agent.ts'
import { NOTHING_SAVED } from '../../lib/client/messages.ts'
import { pathExists } from '../../lib/fs/path-exists.ts'
import { chooseServer } from '../../lib/session/choose-server.ts'
import { EMBEDDED, type SavedAccounts } from '../../lib/session/saved-accounts.ts'
import type { SessionOptions } from '../../lib/session/services.ts'
import { backendOf } from '../../lib/session/session-context.ts'
import { isRecord } from '../../lib/util/is-record.ts'
import { parseJson } from '../../lib/util/parse-json.ts'
import { stripControlCharacters, toTerminalRow } from '../../lib/util/sanitize.ts'
import { UsageError, UserError } from '../../lib/util/user-error.ts'
import { type CliEnvironment, typedPath } from '../io/cli-environment.ts'
import type { CliPrinter } from '../io/printer.ts'
import { confirm } from '../io/prompt.ts'
import { readTypedFile } from '../io/read-typed-file.ts'
import { writeTypedFile } from '../io/write-typed-file.ts'
import {
  agentExported,
  agentsImported,
  confirmOverwrite,
  conversationsLeftOut,
  notJson,
  TO_REQUIRED,
} from '../messages.ts'
import { savedAccounts } from '../server-environment.ts'
import { prepareSession } from '../session-options.ts'
import { withServer } from './with-agent.ts'

const MAX_FILE_BYTES = 200_000_000

/** `letta agents export ID [FILE]` */
export function exportAgentFile(
  cli: CliEnvironment,
  invocation: SubcommandInvocation,
): Promise<number> {
  const [id = '', given] = invocation.operands
  return withServer(cli, invocation, async ({ gateway, notify, print }) => {
    const { name } = await openKnownAgent(gateway, id, 'given')
    const file = given ?? `${fileName(name)}.af`
    const path = typedPath(cli, file)
    const exists = await pathExists(path)
    if (exists && !(await confirm(cli, confirmOverwrite(file), invocation.flags.has('yes')))) {
      notify(NOTHING_SAVED)
      return 1
    }
    const content = await exported(gateway, id, notify)
    await writeTypedFile(cli, file, `${JSON.stringify(content, null, 2)}\n`)
    return print(agentExported(name, file))
  })
}

/** `letta agents import FILE` */
export function importAgentFile(
  cli: CliEnvironment,
  invocation: SubcommandInvocation,
): Promise<number> {
  const [file = ''] = invocation.operands
  return withServer(cli, invocation, async ({ gateway, notify, print, printJson }) => {
    const text = await readTypedFile(cli, file, { maxBytes: MAX_FILE_BYTES })
    try {
      JSON.parse(text)
    } catch {
      throw new UserError(notJson(file))
    }
    const ids = await imported(gateway, text, notify)
    return invocation.flags.has('json')
      ? printJson({ agents: ids })
      : print(agentsImported(await listImported(gateway, ids)))
  })
}

/** `--to` is the name of an account, or as `--backend`. */
function chooseTarget(
  to: string,
  environment: SessionOptions['environment'],
  saved: SavedAccounts,
): BackendChoice {
  const isAccount = saved.list().some(({ name }) => name === to)
  const flags = isAccount ? { account: to, backend: null } : { account: null, backend: to }
  return chooseServer(flags, environmentOfTarget(to, environment), saved)
}

/** The variables name the server that is copied from: its key must not be sent to another one. */
function environmentOfTarget(
  to: string,
  environment: SessionOptions['environment'],
): SessionOptions['environment'] {
  const { LETTA_BASE_URL, LETTA_API_KEY, LETTA_SERVER_PASSWORD, ...others } = environment
  const source = LETTA_BASE_URL?.trim() ?? ''
  if (source !== '') return serverAddress(to) === serverAddress(source) ? environment : others
  return to === 'cloud' ? { ...others, LETTA_API_KEY } : { ...others, LETTA_SERVER_PASSWORD }
}

type Notify = CliPrinter['notify']

/** Names what the file lacks: the format has a place for one conversation, and only letta reads and writes others. */
async function exported(gateway: Gateway, id: string, notify: Notify): Promise<unknown> {
  const content = await gateway.agents.exportFile(id)
  const listed = (await gateway.conversations.list(id)) ?? []
  reportLeftOut(gateway, listed.length - conversationsIn(content), notify)
  return content
}

async function imported(
  gateway: Gateway,
  text: string,
  notify: Notify,
): Promise<readonly string[]> {
  const ids = await gateway.agents.importFile(text)
  const count = conversationsIn(parseJson(text))
  if (count === 0) return ids
  const lists = await Promise.all(ids.map((id) => gateway.conversations.list(id)))
  reportLeftOut(gateway, count - lists.flatMap((list) => list ?? []).length, notify)
  return ids
}

function conversationsIn(content: unknown): number {
  const part = isRecord(content) ? content['letta_workbench'] : null
  const conversations = isRecord(part) ? part['conversations'] : null
  return Array.isArray(conversations) ? conversations.length : 0
}

function reportLeftOut({ url }: Gateway, count: number, notify: Notify): void {
  if (count > 0) notify(conversationsLeftOut(count, url ?? EMBEDDED))
}

export async function listImported({ agents }: Pick<Gateway, 'agents'>, ids: readonly string[]) {
  const found = await Promise.all(ids.map((id) => agents.retrieve(id)))
  return found.flatMap((agent) => {
    if (agent === null) return []
    const { id, name, blocks, toolIds, inContext } = agent
    // The first message in the window is the system prompt.
    const messages = inContext === null ? null : Math.max(0, inContext.length - 1)
    return [
      { id, name: toTerminalRow(name), blocks: blocks.length, tools: toolIds.length, messages },
    ]
  })
}

/** `letta agents copy ID --to SERVER` */
export function copyAgent(cli: CliEnvironment, invocation: SubcommandInvocation): Promise<number> {
  const [id = ''] = invocation.operands
  const to = invocation.flags.value('to')
  if (to === null) throw new UsageError(TO_REQUIRED)
  return withServer(cli, invocation, async ({ gateway, notify, print, printJson }) => {
    await openKnownAgent(gateway, id, 'given')
    const content = await exported(gateway, id, notify)
    const { session, settings } = await prepareSession(cli, invocation.options, false)
    const choice = chooseTarget(to, session.environment, savedAccounts(cli, settings))
    const backend = backendOf({ ...session, backend: choice })
    const target = createGateway(await connect(backend, notify))
    try {
      const ids = await imported(target, JSON.stringify(content), notify)
      return invocation.flags.has('json')
        ? printJson({ agents: ids })
        : print(agentsImported(await listImported(target, ids)))
    } finally {
      await target.close()
    }
  })
}

function fileName(name: string): string {
  const words =
    stripControlCharacters(name)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  const characters = [...words.slice(0, 8).join('-')].slice(0, MAX_NAME_CHARACTERS)
  return characters.join('').replace(/-$/, '') || 'agent'
}

/** File systems allow 255 bytes, of which a temporary name takes some. */
const MAX_NAME_CHARACTERS = 50
