import { isRecord, type JsonObject } from '../util/is-record.ts'
import type { SettingsChange } from './json-file.ts'
import type { SettingsDocument } from './settings-file.ts'

export type ProjectFile = 'project' | 'local'

/**
 * What letta would save in a project, for directories in which it has written no settings: in plan mode it creates no file there.
 * A file of the user's has it under the real path of the directory, until the project has a file.
 */
interface ProjectIds {
  valueOf(file: ProjectFile): JsonObject
  update(file: ProjectFile, change: SettingsChange): Promise<void>
}

export function openProjectIds(document: SettingsDocument, directory: string): ProjectIds {
  const partOf = (value: JsonObject, file: ProjectFile): JsonObject =>
    objectOf(objectOf(objectOf(value['directories'])[directory])[file])
  return {
    valueOf: (file) => partOf(document.value, file),
    update: (file, change) =>
      document.update((value) => {
        const before = partOf(value, file)
        const after = change(before)
        if (after === before) return value
        const { [directory]: known, ...others } = objectOf(value['directories'])
        const recent = Object.entries(others).slice(1 - MAX_DIRECTORIES)
        const entry = { ...objectOf(known), [file]: after }
        return { ...value, directories: { ...Object.fromEntries(recent), [directory]: entry } }
      }),
  }
}

const MAX_DIRECTORIES = 500

function objectOf(value: unknown): JsonObject {
  return isRecord(value) ? value : {}
}
