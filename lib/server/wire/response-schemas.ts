import * as z from 'zod'
import { messageAnswer } from './events.ts'
import {
  agentAnswer,
  blockAnswer,
  cancelAnswer,
  compactionAnswer,
  contextAnswer,
  conversationAnswer,
  doneAnswer,
  healthAnswer,
  messageFoundAnswer,
  modelAnswer,
  passageAnswer,
  passageFoundAnswer,
  passagesFoundAnswer,
  runAnswer,
  stepAnswer,
  stepMetricsAnswer,
  toolAnswer,
  turnAnswer,
  usageAnswer,
} from './schema-types.ts'

/** What routes answer with, by the name that they call it. */
export const answers = {
  agent: agentAnswer,
  block: blockAnswer,
  cancel: cancelAnswer,
  compaction: compactionAnswer,
  context: contextAnswer,
  conversation: conversationAnswer,
  done: doneAnswer,
  health: healthAnswer,
  message: messageAnswer,
  messageFound: messageFoundAnswer,
  model: modelAnswer,
  passage: passageAnswer,
  passageFound: passageFoundAnswer,
  passagesFound: passagesFoundAnswer,
  run: runAnswer,
  step: stepAnswer,
  stepMetrics: stepMetricsAnswer,
  tool: toolAnswer,
  turn: turnAnswer,
  usage: usageAnswer,
  count: z.int(),
  never: z.never(),
  nothing: z.null(),
  openApi: z.looseObject({ openapi: z.string() }),
  text: z.string(),
}

export type AnswerName = keyof typeof answers
