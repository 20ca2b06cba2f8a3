import * as z from 'zod'

/**
 * What letta needs of a server's answers: the ids that it stores, and the fields that it reads. Everything else may be missing or
 * of any form, because servers differ. Another program that answers with status 200, such as a proxy, is not understood.
 */

const text = z.string().nullish()
const id = z.string().min(1)

export const blockAnswer = z.looseObject({
  id,
  label: text,
  value: z.string(),
  limit: z.number().nullish(),
  description: text,
  read_only: z.boolean().nullish(),
})

/** Blocks within an agent may have no id. */
const blockOfAgent = blockAnswer.extend({ id: id.nullish() })

export const agentAnswer = z.looseObject({
  id,
  name: z.string(),
  model: text,
  llm_config: z
    .looseObject({ handle: text, model: text, context_window: z.number().nullish() })
    .nullish(),
  tools: z.array(z.looseObject({ id, name: text })).nullish(),
  tool_rules: z.array(z.looseObject({ type: text, tool_name: text })).nullish(),
  blocks: z.array(blockOfAgent).nullish(),
  memory: z.looseObject({ blocks: z.array(blockOfAgent).nullish() }).nullish(),
  pending_approval: z.looseObject({}).nullish(),
  message_ids: z.array(z.string()).nullish(),
  last_run_completion: text,
  updated_at: text,
  created_at: text,
})

export const toolAnswer = z.looseObject({ id })

export const modelsAnswer = z.array(
  z.looseObject({
    handle: text,
    name: text,
    display_name: text,
    model: text,
    provider_name: text,
    provider_type: text,
    max_context_window: z.number().nullish(),
    context_window: z.number().nullish(),
  }),
)

export const compactionAnswer = z.looseObject({
  summary: z.string(),
  num_messages_before: z.number(),
  num_messages_after: z.number(),
})

/** A page of the SDK: its `body` is what the server answered, and `items` is empty for `null` as well. */
export function pageAnswer(item: z.ZodType): z.ZodType {
  return z.looseObject({ body: z.array(item), items: z.array(item) })
}

export const messagePageAnswer = pageAnswer(z.looseObject({ id }))
