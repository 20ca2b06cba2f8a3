import type { Hono } from 'hono'
import * as z from 'zod'
import { failureOf, HttpError } from '../errors.ts'
import { endpoint } from '../http/endpoint.ts'
import { defaultThread, type Thread, USUAL_COMPACTION } from '../records.ts'
import { compact } from '../runs/compaction.ts'
import { agentOf, historyOf, providerOf, type Service } from '../service.ts'
import { compactionOf, compactionSettings } from './compaction-settings.ts'

const TOO_FEW =
  'Summarization failed to reduce the number of messages. You may not have enough messages to compact or need to use a different CompactionSettings (e.g. using `all` mode).'

/** Compaction that somebody asks for. */
export function compactionRoutes(app: Hono, service: Service): void {
  const ofAgent = endpoint({
    summary: 'Put a summary in the place of the oldest messages in the context of an agent',
    body: shape,
    answer: 'compaction',
  })
  app.post('/v1/agents/:agent_id/summarize', ofAgent, async ({ req, json }) => {
    const thread = defaultThread(agentOf(service, req.param('agent_id')).id)
    return json(await compacted(service, thread, req.valid('json'), req.raw.signal))
  })

  const ofConversation = endpoint({
    summary: 'Put a summary in the place of the oldest messages in the context of a conversation',
    body: shape.extend({ agent_id: z.string().nullish() }),
    answer: 'compaction',
  })
  app.post('/v1/conversations/:conversation_id/compact', ofConversation, async ({ req, json }) => {
    const body = req.valid('json')
    const thread = historyOf(service, req.param('conversation_id'), body.agent_id)
    return json(await compacted(service, thread, body, req.raw.signal))
  })
}

const shape = z.looseObject({ compaction_settings: compactionSettings.nullish() })

async function compacted(
  service: Service,
  thread: Thread,
  body: z.output<typeof shape>,
  signal: AbortSignal,
) {
  const { storage, now, providers } = service
  const context = {
    storage,
    now,
    providerOf: (handle: string) => providerOf(providers, handle),
  }
  const usual = agentOf(service, thread.agentId).compaction ?? USUAL_COMPACTION
  const settings = compactionOf(body.compaction_settings, usual)
  const request = { thread, settings, cause: null, runId: null, stepId: null, signal }
  const compaction = await compact(context, request).catch((thrown: unknown) => {
    throw failureOf(thrown).refusal
  })
  if (compaction === null) throw new HttpError(400, TOO_FEW)
  return {
    summary: compaction.message.body.summary,
    num_messages_before: compaction.messagesBefore,
    num_messages_after: compaction.messagesAfter,
  }
}
