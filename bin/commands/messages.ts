import { parsePositiveInteger } from '../../lib/cli/numbers.ts'
import type { SubcommandInvocation } from '../../lib/cli/parse.ts'
import { collectMessages, type StoredMessage } from '../../lib/client/gateway/stored-messages.ts'
import { formatLocalTime } from '../../lib/util/local-time.ts'
import { defaultThread } from '../../lib/util/thread.ts'
import type { CliEnvironment } from '../io/cli-environment.ts'
import { NO_MATCHES, NO_MESSAGES } from '../messages.ts'
import { agentOfInvocation, withServer } from './with-agent.ts'

const DEFAULT_LIMIT = 20

/** `letta messages list`: the newest messages, oldest first. */
export function printMessages(
  cli: CliEnvironment,
  invocation: SubcommandInvocation,
): Promise<number> {
  return printPage(cli, invocation, '', NO_MESSAGES)
}

/** `letta messages search TEXT`: the newest messages that contain the text, oldest first. */
export function printFoundMessages(
  cli: CliEnvironment,
  invocation: SubcommandInvocation,
): Promise<number> {
  return printPage(cli, invocation, invocation.operands[0] ?? '', NO_MATCHES)
}

function printPage(
  cli: CliEnvironment,
  invocation: SubcommandInvocation,
  text: string,
  whenEmpty: string,
): Promise<number> {
  const limit = parsePositiveInteger('limit', invocation.flags.value('limit')) ?? DEFAULT_LIMIT
  return withServer(cli, invocation, async (server) => {
    const { id } = await agentOfInvocation(server, invocation)
    const page = (before: string | null) =>
      server.gateway.threads.messages(defaultThread(id), before)
    const messages = await collectMessages(page, (message) => contains(message, text), limit)
    if (invocation.flags.has('json')) return server.printJson(messages)
    for (const message of messages) server.print(formatMessage(message))
    if (messages.length === 0) server.notify(whenEmpty)
    return 0
  })
}

/** The first message of a Letta server is the system prompt, which is not part of the conversation. */
function contains({ type, text, tool }: StoredMessage, wanted: string): boolean {
  if (type === 'system') return false
  return `${tool ?? ''} ${text}`.toLowerCase().includes(wanted.toLowerCase())
}

function formatMessage({ date, type, tool, text }: StoredMessage): string {
  const at = Date.parse(date ?? '')
  const time = Number.isNaN(at) ? '' : formatLocalTime(at)
  const author = tool === null ? type : `${type} ${tool}`
  return `${time}  ${author}\n    ${text.replaceAll('\n', '\n    ')}`
}
