import { isRecord, type JsonObject, stringsOf } from '../util/is-record.ts'
import type { SettingsDocument } from './settings-file.ts'

/**
 * The user's answer about a directory, saved under its real path in the user's own settings directory. An answer about a parent,
 * a link or a file in it does not apply to the directory.
 */
export interface FolderTrust {
  readonly trusted: boolean
  /** Grants of the directory's settings that the user has seen: `allow Bash(npm test)`, `read /data`. */
  readonly accepted: readonly string[]
  /** Grants that the user declined; they are not asked about again. */
  readonly declined: readonly string[]
}

export const UNTRUSTED: FolderTrust = { trusted: false, accepted: [], declined: [] }

export function trustOf(document: SettingsDocument, directory: string): FolderTrust {
  return folderTrust(foldersOf(document.value)[directory])
}

export async function setTrust(
  document: SettingsDocument,
  directory: string,
  change: (known: FolderTrust) => FolderTrust,
): Promise<void> {
  await document.update((value) => {
    const folders = foldersOf(value)
    const next = change(folderTrust(folders[directory]))
    return { ...value, folders: { ...folders, [directory]: next } }
  })
}

function foldersOf(value: JsonObject): JsonObject {
  const folders = value['folders']
  return isRecord(folders) ? folders : {}
}

function folderTrust(raw: unknown): FolderTrust {
  if (!isRecord(raw)) return UNTRUSTED
  return {
    trusted: raw['trusted'] === true,
    accepted: stringsOf(raw['accepted']),
    declined: stringsOf(raw['declined']),
  }
}
