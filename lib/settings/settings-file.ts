import { chmodSync } from 'node:fs'
import type { JsonObject } from '../util/is-record.ts'
import {
  isForeign,
  ownUser,
  readDocument,
  type SettingsChange,
  type SettingsFileContent,
  type SettingsFileOptions,
  writeDocument,
} from './json-file.ts'

/** A JSON file: read synchronously when it is opened, written by merging the changes into its content at that time. */
export interface SettingsDocument {
  readonly path: string
  readonly reading: SettingsFileContent
  /** The content of the file, with the changes that have not been saved yet. */
  readonly value: JsonObject
  /** Rejects with a `UserError` when it cannot be saved; the change stays in memory and is saved with the next one. */
  update(change: SettingsChange): Promise<void>
}

export function openSettingsDocument(options: SettingsFileOptions): SettingsDocument {
  let reading = readDocument(options)
  let unsaved: readonly SettingsChange[] = []
  let queue: Promise<void> = Promise.resolve()

  const save = async (): Promise<void> => {
    const changes = unsaved
    const change: SettingsChange = (value) => apply(value, changes)
    reading = readDocument(options)
    // Most starts change nothing: then the file is neither locked nor rewritten, which preserves the user's formatting.
    if (reading.problem !== null || isDifferent(reading.value, change(reading.value))) {
      reading = await writeDocument(options, change)
    }
    unsaved = unsaved.slice(changes.length)
  }
  return {
    path: options.path,
    get reading() {
      return reading
    },
    get value() {
      return apply(reading.value, unsaved)
    },
    update(change) {
      unsaved = [...unsaved, change]
      const saved = queue.then(save)
      queue = saved.catch(() => undefined)
      return saved
    },
  }
}

function apply(value: JsonObject, changes: readonly SettingsChange[]): JsonObject {
  return changes.reduce((changed, change) => change(changed), value)
}

function isDifferent(before: JsonObject, after: JsonObject): boolean {
  return before !== after && JSON.stringify(before) !== JSON.stringify(after)
}

/** Removes read access for other users. Their write access is not changed, so that the warning about it is still shown. */
export function chmodPrivate({ path, reading }: SettingsDocument): void {
  if (reading.access === null || isForeign(reading)) return
  if (reading.access.owner === ownUser() && (reading.access.mode & 0o077) !== 0)
    chmodSync(path, 0o600)
}
