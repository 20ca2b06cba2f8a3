import * as z from 'zod'
import type { CompactionSettings } from '../records.ts'

const COMPACTION_MODES = [
  'all',
  'sliding_window',
  'self_compact_all',
  'self_compact_sliding_window',
] as const

/** The compaction settings of a request. */
export const compactionSettings = z.looseObject({
  mode: z.enum(COMPACTION_MODES).nullish(),
  model: z.string().nullish(),
  prompt: z.string().nullish(),
  sliding_window_percentage: z.number().min(0).max(1).nullish(),
  clip_chars: z.int().positive().nullish(),
})

/** Merges settings into the previous ones; absent settings keep their values. */
export function mergeCompactionSettings(
  changes: z.output<typeof compactionSettings> | null | undefined,
  before: CompactionSettings,
): CompactionSettings {
  if (changes == null) return before
  const { mode } = changes
  return {
    mode: mode == null ? before.mode : mode.endsWith('all') ? 'all' : 'sliding_window',
    model: changes.model ?? before.model,
    prompt: changes.prompt ?? before.prompt,
    share: changes.sliding_window_percentage ?? before.share,
    clipCharacters: changes.clip_chars ?? before.clipCharacters,
  }
}
