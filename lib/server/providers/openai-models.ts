import type { ModelRequest } from './provider.ts'

/** Whether it is a reasoning model of OpenAI, which accepts an effort but no temperature, and `max_completion_tokens`. */
export function isReasoningModel(model: string): boolean {
  return /^(o\d|gpt-5(?!-chat))/.test(model)
}

/** The effort in OpenAI's terms. The lowest one replaces `none` where reasoning cannot be disabled. */
export function toOpenAiEffort({ model, reasoningEffort }: ModelRequest): string | null {
  if (reasoningEffort !== 'none') return reasoningEffort
  if (/^o\d/.test(model)) return 'low'
  return /^gpt-5(-|$)/.test(model) ? 'minimal' : 'none'
}
