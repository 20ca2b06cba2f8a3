import type { Hono } from 'hono'
import * as z from 'zod'
import { type CompactionSettings, compact, USUAL_COMPACTION } from '../compaction.ts'
import { endpoint } from '../endpoint.ts'
import { failureOf, Refusal } from '../failure.ts'
import { defaultThread, type Thread } from '../records.ts'
import { agentOf, historyOf, providerOf, type Service } from '../service.ts'
import { compactionAnswer } from '../wire-shapes.ts'

const TOO_FEW =
  'Summarization failed to reduce the number of messages. You may not have enough messages to compact or need to use a different CompactionSettings (e.g. using `all` mode).'

/** Compaction that somebody asks for. */
export function compactionRoutes(app: Hono, service: Service): void {
  const ofAgent = endpoint({
    summary: 'Put a summary in the place of the oldest messages in the context of an agent',
    body: shape,
    answer: compactionAnswer,
  })
  app.post('/v1/agents/:agent_id/summarize', ofAgent, async ({ req, json }) => {
    const thread = defaultThread(agentOf(service, req.param('agent_id')).id)
    return json(await compacted(service, thread, req.valid('json'), req.raw.signal))
  })

  const ofConversation = endpoint({
    summary: 'Put a summary in the place of the oldest messages in the context of a conversation',
    body: shape.extend({ agent_id: z.string().nullish() }),
    answer: compactionAnswer,
  })
  app.post('/v1/conversations/:conversation_id/compact', ofConversation, async ({ req, json }) => {
    const body = req.valid('json')
    const thread = historyOf(service, req.param('conversation_id'), body.agent_id)
    return json(await compacted(service, thread, body, req.raw.signal))
  })
}

const shape = z.looseObject({
  compaction_settings: z
    .looseObject({
      mode: z
        .enum(['all', 'sliding_window', 'self_compact_all', 'self_compact_sliding_window'])
        .nullish(),
      model: z.string().nullish(),
      prompt: z.string().nullish(),
      sliding_window_percentage: z.number().min(0).max(1).nullish(),
      clip_chars: z.int().positive().nullish(),
    })
    .nullish(),
})

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
  const settings = settingsOf(body)
  const request = { thread, settings, cause: null, runId: null, stepId: null, signal }
  const compaction = await compact(context, request).catch((thrown: unknown) => {
    throw failureOf(thrown).refusal
  })
  if (compaction === null) throw new Refusal(400, TOO_FEW)
  return {
    summary: compaction.message.body.summary,
    num_messages_before: compaction.messagesBefore,
    num_messages_after: compaction.messagesAfter,
  }
}

function settingsOf({ compaction_settings }: z.output<typeof shape>): CompactionSettings {
  const wanted = compaction_settings ?? {}
  return {
    mode: wanted.mode?.endsWith('all') === true ? 'all' : 'sliding_window',
    model: wanted.model ?? USUAL_COMPACTION.model,
    prompt: wanted.prompt ?? USUAL_COMPACTION.prompt,
    share: wanted.sliding_window_percentage ?? USUAL_COMPACTION.share,
    clipCharacters: wanted.clip_chars ?? USUAL_COMPACTION.clipCharacters,
  }
}
