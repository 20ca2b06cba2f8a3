import type { Hono } from 'hono'
import * as z from 'zod'
import { defaultThread, type Thread } from '../../util/thread.ts'
import { HttpError, toRunFailure } from '../errors.ts'
import { describeEndpoint } from '../http/endpoint.ts'
import { NOTHING_TO_COMPACT, ONLY_SUMMARIES } from '../messages/api.ts'
import { DEFAULT_COMPACTION, type MessageRecord } from '../records.ts'
import { compact, withSummary } from '../runs/compaction.ts'
import { requireAgent, requireThread, resolveHandle, type Service } from '../service.ts'
import { toMessageItems } from '../wire/messages.ts'
import { compactionSettings, mergeCompactionSettings } from './compaction-settings.ts'

/** Compaction on request. */
export function compactionRoutes(app: Hono, service: Service): void {
  const ofAgent = describeEndpoint({
    summary: 'Compact the context of an agent',
    body: shape,
    response: 'compaction',
  })
  app.post('/v1/agents/:agent_id/summarize', ofAgent, async ({ req, json }) => {
    const thread = defaultThread(requireAgent(service, req.param('agent_id')).id)
    return json(await compactOnRequest(service, thread, req.valid('json'), req.raw.signal))
  })

  const change = describeEndpoint({
    summary: 'Change the text of a summary',
    body: summaryShape,
    response: 'message',
  })
  app.patch('/v1/agents/:agent_id/messages/:message_id', change, ({ req, json }) => {
    const { id } = requireAgent(service, req.param('agent_id'))
    const found = service.storage.messages.get(req.param('message_id'))
    const message = found?.agentId === id ? found : null
    return json(changeSummary(service, message, req.valid('json').content))
  })

  const ofConversation = describeEndpoint({
    summary: 'Compact the context of a conversation',
    body: shape.extend({ agent_id: z.string().nullish() }),
    response: 'compaction',
  })
  app.post('/v1/conversations/:conversation_id/compact', ofConversation, async ({ req, json }) => {
    const body = req.valid('json')
    const thread = requireThread(service, req.param('conversation_id'), body.agent_id)
    return json(await compactOnRequest(service, thread, body, req.raw.signal))
  })
}

const summaryShape = z.looseObject({ content: z.string().trim().min(1) })

/** The summary with another text. Of the messages of an agent only summaries can be changed: neither the user nor the agent has sent them. */
function changeSummary({ storage }: Service, message: MessageRecord | null, text: string) {
  if (message?.body.role !== 'summary') throw new HttpError(400, ONLY_SUMMARIES)
  const body = withSummary(message.body, text)
  storage.messages.replace(message.id, body)
  return toMessageItems({ ...message, body })[0] ?? {}
}

const shape = z.looseObject({ compaction_settings: compactionSettings.nullish() })

async function compactOnRequest(
  service: Service,
  thread: Thread,
  body: z.output<typeof shape>,
  signal: AbortSignal,
) {
  const { storage, now, providers } = service
  const context = {
    storage,
    now,
    resolveModel: (handle: string) => resolveHandle(providers, handle),
  }
  const agentSettings = requireAgent(service, thread.agentId).compaction ?? DEFAULT_COMPACTION
  const settings = mergeCompactionSettings(body.compaction_settings, agentSettings)
  const request = { thread, settings, cause: null, runId: null, stepId: null, signal }
  const compaction = await compact(context, request).catch((thrown: unknown) => {
    throw toRunFailure(thrown).httpError
  })
  if (compaction === null) throw new HttpError(400, NOTHING_TO_COMPACT)
  return {
    summary: compaction.message.body.summary,
    num_messages_before: compaction.messagesBefore,
    num_messages_after: compaction.messagesAfter,
  }
}
