import type { Letta } from '@letta-ai/letta-client'
import { expect } from 'chai'
import type * as z from 'zod'
import { ProviderError } from '../../../lib/server/providers/provider.ts'
import { eventSchema, messageSchema } from '../../../lib/server/wire/events.ts'
import {
  createAgent,
  type OpenedServer,
  openedServer,
  say,
  send,
  type WireEvent,
} from '../../support/letta-server.ts'

const IMAGE = {
  type: 'image' as const,
  source: { type: 'base64' as const, media_type: 'image/png', data: 'aGk=' },
}
const BASH = { callId: 'call_1', name: 'Bash', args: '{"command":"ls"}' }
const INSERT = {
  callId: 'call_2',
  name: 'memory_insert',
  args: '{"label":"human","new_string":"x"}',
}
const DENIAL = { type: 'approval', tool_call_id: 'call_1', approve: false, reason: 'No.' } as const

describe('The schemas of events and messages', () => {
  let opened: OpenedServer
  let client: Letta
  let agentId: string
  const received: WireEvent[] = []

  before(async () => {
    opened = await openedServer()
    client = opened.client
    agentId = await createAgent(client)
    await client.agents.update(agentId, { context_window_limit: 3000 })
  })
  after(() => opened.close())

  const post = async (
    messages: Parameters<typeof send>[2],
    options: Parameters<typeof send>[3] = {},
  ): Promise<void> => {
    const { events, error } = await send(client, agentId, messages, options)
    received.push(...events, ...(error === null ? [] : [error]))
  }

  /** The values that differ from their schema by a field that is missing, unknown or of another type. */
  const strange = (shape: z.ZodType, values: readonly unknown[]): readonly unknown[] =>
    values.filter((value) => {
      const { success, data } = shape.safeParse(value)
      return !success || JSON.stringify(sorted(data)) !== JSON.stringify(sorted(value))
    })

  it('match everything that streams and lists contain', async () => {
    const answer = { reasoning: 'Let me see.', text: 'I look.', calls: [BASH, INSERT] }
    opened.model.play(answer, { text: 'As you like.' })
    await post(say('look'))
    await post([{ type: 'approval', approvals: [DENIAL] }], { stream_tokens: false })

    opened.model.play(answer)
    const content = [{ type: 'text' as const, text: 'And this?' }, IMAGE]
    await post([{ role: 'user', content }], { background: true, stream_tokens: false })
    await client.agents.messages.cancel(agentId)

    opened.model.play({ error: new ProviderError('refused', 'No.') })
    await post(say('again'))

    const full = { text: 'a', promptTokens: 2900 }
    opened.model.play({ text: 'a', promptTokens: 700 }, full, { text: 'A summary.' })
    await post(say('lorem ipsum '.repeat(300)), { include_compaction_messages: true })
    await post(say('and'), { background: true })

    expect(strange(eventSchema, received)).to.deep.equal([])
    const kinds = new Set(received.map((event) => event['message_type']))
    expect(eventSchema.options.map(kindOf).filter((kind) => !kinds.has(kind))).to.deep.equal([
      ...['system_message', 'user_message', 'approval_response_message'],
    ])
    const { items } = await client.agents.messages.list(agentId, { limit: 100 })
    expect(strange(messageSchema, items)).to.deep.equal([])
    const listed = new Set(items.map((item) => item.message_type))
    expect([...listed].toSorted()).to.deep.equal([
      ...['approval_request_message', 'approval_response_message', 'assistant_message'],
      ...['reasoning_message', 'system_message', 'tool_call_message', 'tool_return_message'],
      'user_message',
    ])
  })
})

function kindOf({ shape }: (typeof eventSchema.options)[number]): string {
  return shape.message_type.value
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  )
}
