/** How long a model reasons before it answers. `none` disables reasoning, where the model can do without. */
export const EFFORTS = ['none', 'low', 'medium', 'high'] as const
export type ReasoningEffort = (typeof EFFORTS)[number]

export function toEffort(text: unknown): ReasoningEffort | null {
  return EFFORTS.find((effort) => effort === text) ?? null
}
