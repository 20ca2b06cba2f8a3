import type { ModelRequest } from './provider.ts'

/** Models of OpenAI that think: they take an effort, no temperature, and the newer name of the limit. */
export function isReasoningModel(model: string): boolean {
  return /^(o\d|gpt-5(?!-chat))/.test(model)
}

/** The least that a model offers stands for `none` where thinking cannot be turned off. */
export function effortOf({ model, reasoningEffort }: ModelRequest): string | null {
  if (reasoningEffort !== 'none') return reasoningEffort
  if (/^o\d/.test(model)) return 'low'
  return /^gpt-5(-|$)/.test(model) ? 'minimal' : 'none'
}
