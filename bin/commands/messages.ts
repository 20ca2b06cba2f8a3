import { UsageError } from '../../lib/cli/parsed-flags.ts'
import { collectMessages, type StoredMessage } from '../../lib/client/gateway/stored-messages.ts'
import type { Surroundings } from '../io/cli-environment.ts'
import { atServer, resolveAgent, type SubcommandCall } from './with-agent.ts'

const SHOWN = 20

/** `letta messages list` and `letta messages search TEXT`: the newest that fit, oldest first. */
export function runMessages(around: Surroundings, call: SubcommandCall): Promise<number> {
  const [wanted = ''] = call.operands
  const limit = limitOf(call.given.text('limit'))
  const fits = ({ type, text, tool }: StoredMessage): boolean =>
    // The first message of a Letta server is the system prompt: nobody said it.
    type !== 'system' && `${tool ?? ''} ${text}`.toLowerCase().includes(wanted.toLowerCase())
  return atServer(around, call, async (at) => {
    const { id } = await resolveAgent(at, call)
    const page = (before: string | null) => at.gateway.messages(id, before)
    const messages = await collectMessages(page, fits, limit)
    if (call.json) return at.printJson(messages)
    for (const message of messages) at.print(lineOf(message))
    if (messages.length === 0)
      at.tell(wanted === '' ? 'There are no messages yet.' : 'Nothing found.')
    return 0
  })
}

function limitOf(text: string | null): number {
  if (text === null) return SHOWN
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text)
  throw new UsageError(`--limit wants a number from 1, not "${text}".`)
}

function lineOf({ date, type, tool, text }: StoredMessage): string {
  const when = (date ?? '').slice(0, 16).replace('T', ' ')
  const who = tool === null ? type : `${type} ${tool}`
  return `${when}  ${who}\n    ${text.replaceAll('\n', '\n    ')}`
}
