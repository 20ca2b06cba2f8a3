import * as z from 'zod'
import { messageSchema } from './events.ts'
import {
  agentSchema,
  blockSchema,
  cancelSchema,
  compactionSchema,
  contextSchema,
  conversationSchema,
  doneSchema,
  healthSchema,
  messageFoundSchema,
  modelSchema,
  passageFoundSchema,
  passageSchema,
  passagesFoundSchema,
  runSchema,
  stepMetricsSchema,
  stepSchema,
  toolSchema,
  turnSchema,
  usageSchema,
} from './schema-types.ts'

/** The schemas of responses, by the names that the routes use. */
export const responseSchemas = {
  agent: agentSchema,
  block: blockSchema,
  cancel: cancelSchema,
  compaction: compactionSchema,
  context: contextSchema,
  conversation: conversationSchema,
  done: doneSchema,
  health: healthSchema,
  message: messageSchema,
  messageFound: messageFoundSchema,
  model: modelSchema,
  passage: passageSchema,
  passageFound: passageFoundSchema,
  passagesFound: passagesFoundSchema,
  run: runSchema,
  step: stepSchema,
  stepMetrics: stepMetricsSchema,
  tool: toolSchema,
  turn: turnSchema,
  usage: usageSchema,
  count: z.int(),
  never: z.never(),
  nothing: z.null(),
  openApi: z.looseObject({ openapi: z.string() }),
  text: z.string(),
}

export type ResponseName = keyof typeof responseSchemas
