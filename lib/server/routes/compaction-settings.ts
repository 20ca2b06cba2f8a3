import * as z from 'zod'
import type { CompactionSettings } from '../records.ts'

const COMPACTION_MODES = [
  'all',
  'sliding_window',
  'self_compact_all',
  'self_compact_sliding_window',
] as const

/** How a prompt is to be compacted, as a client says it. */
export const compactionSettings = z.looseObject({
  mode: z.enum(COMPACTION_MODES).nullish(),
  model: z.string().nullish(),
  prompt: z.string().nullish(),
  sliding_window_percentage: z.number().min(0).max(1).nullish(),
  clip_chars: z.int().positive().nullish(),
})

/** What is not said stays as it was. */
export function mergeCompactionSettings(
  given: z.output<typeof compactionSettings> | null | undefined,
  before: CompactionSettings,
): CompactionSettings {
  if (given == null) return before
  const { mode } = given
  return {
    mode: mode == null ? before.mode : mode.endsWith('all') ? 'all' : 'sliding_window',
    model: given.model ?? before.model,
    prompt: given.prompt ?? before.prompt,
    share: given.sliding_window_percentage ?? before.share,
    clipCharacters: given.clip_chars ?? before.clipCharacters,
  }
}
