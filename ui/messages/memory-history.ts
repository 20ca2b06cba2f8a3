import { plural } from '../../lib/util/quantities.ts'
import { keyReference } from '../../lib/util/references.ts'

/** Versions of memory blocks, and the changes of a session. */

export const REVERTED_ALREADY = 'The block no longer has this change.'
export const NO_EARLIER_VERSION = 'This block has no earlier version.'

export function discardedHunk(label: string): string {
  return `Discarded; the earlier text of ${label} is a new version.`
}

export function changedMeanwhile(label: string): string {
  return `${label} was modified elsewhere in the same lines; nothing was written.`
}

export function allReviewed(count: number): string {
  return `Accepted ${plural(count, 'change')} of memory.`
}

export function revertConflict(label: string, version: number): string {
  return `Later versions of ${label} have changed the lines of version ${version}; ${keyReference('memory.restoreVersion')} restores a version completely.`
}

export const NOTHING_DISCARDED = 'Nothing was discarded here.'
export const NOTHING_LEARNED = 'Memory has not changed in this session.'

export const OLDER_VERSIONS = 'Older versions…'

export function historyTitle(label: string): string {
  return `History of ${label}`
}

export function versionTitle(version: number, time: string): string {
  return `v${version}  ${time}`
}

export const VERSION_ACTIONS = {
  changed: 'Show what this version changed',
  compare: 'Compare with current value',
  compareOther: 'Compare with another version…',
  restore: 'Restore this version…',
} as const

/** `from` null: there was none before; `to` null: the current value. */
export function comparison(label: string, from: string | null, to: string | null): string {
  return `${from ?? `${label} (new)`} → ${to ?? 'current value'}`
}

export function undoesMove(label: string, other: string): string {
  return `Lines were moved between ${label} and ${other}: both are restored.`
}

export function restoreQuestion(...versions: readonly (readonly [string, number])[]): string {
  const names = versions.map(([label, version]) => `version ${version} of ${label}`).join(' and ')
  return versions.length === 1
    ? `Restore ${names}? The current value stays in the history.`
    : `Restore ${names}? The current values stay in the history.`
}

export function revertTitle(label: string, version: number): string {
  return `${label}: revert what version ${version} changed`
}

export const REVERT_QUESTION =
  'Write the block without this change? The current value stays in the history.'

export const LEARNED_TITLE = 'What changed in memory in this session'
