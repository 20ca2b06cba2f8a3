import { isRecord, type JsonObject, stringsOf } from '../util/is-record.ts'
import type { SettingsDocument } from './settings-file.ts'

/**
 * The user's answer about a directory, saved under its real path in the user's own settings directory. An answer about a parent,
 * a link or a file in it does not apply to the directory.
 */
export interface DirectoryTrust {
  readonly trusted: boolean
  /** Grants of the directory's settings that the user has seen: `allow Bash(npm test)`, `read /data`. */
  readonly accepted: readonly string[]
  /** Grants that the user declined; they are not asked about again. */
  readonly declined: readonly string[]
}

export const UNTRUSTED: DirectoryTrust = { trusted: false, accepted: [], declined: [] }

export function trustOf(document: SettingsDocument, directory: string): DirectoryTrust {
  return directoryTrust(entriesOf(document.value)[directory])
}

export async function setTrust(
  document: SettingsDocument,
  directory: string,
  change: (known: DirectoryTrust) => DirectoryTrust,
): Promise<void> {
  await document.update((value) => {
    const entries = entriesOf(value)
    const next = change(directoryTrust(entries[directory]))
    return { ...value, folders: { ...entries, [directory]: next } }
  })
}

function entriesOf(value: JsonObject): JsonObject {
  const entries = value['folders']
  return isRecord(entries) ? entries : {}
}

function directoryTrust(raw: unknown): DirectoryTrust {
  if (!isRecord(raw)) return UNTRUSTED
  return {
    trusted: raw['trusted'] === true,
    accepted: stringsOf(raw['accepted']),
    declined: stringsOf(raw['declined']),
  }
}
