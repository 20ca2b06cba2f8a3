import { isRecord, type JsonObject } from '../util/is-record.ts'
import type { SettingsChange } from './json-file.ts'
import type { SettingsDocument } from './settings-file.ts'

export type ProjectFile = 'project' | 'local'

/**
 * What a file of the user's has of a directory, under its real path. `valueOf` is what letta would save in the project, until the
 * project has a file: in plan mode it creates none there.
 */
interface ProjectIds {
  valueOf(file: ProjectFile): JsonObject
  update(file: ProjectFile, change: SettingsChange): Promise<void>
  /** Whether letta has created or opened the agent in this directory. A file of the directory cannot say so. */
  knowsAgent(id: string): boolean
  noteAgent(id: string): Promise<void>
}

export function openProjectIds(document: SettingsDocument, directory: string): ProjectIds {
  const entryOf = (value: JsonObject): JsonObject =>
    objectOf(objectOf(value['directories'])[directory])
  const partOf = (value: JsonObject, file: ProjectFile): JsonObject =>
    objectOf(entryOf(value)[file])
  const withPart = (value: JsonObject, part: JsonObject): JsonObject => {
    const { [directory]: known, ...others } = objectOf(value['directories'])
    const recent = Object.entries(others).slice(1 - MAX_DIRECTORIES)
    const entry = { ...objectOf(known), ...part }
    return { ...value, directories: { ...Object.fromEntries(recent), [directory]: entry } }
  }
  return {
    valueOf: (file) => partOf(document.value, file),
    update: (file, change) =>
      document.update((value) => {
        const before = partOf(value, file)
        const after = change(before)
        return after === before ? value : withPart(value, { [file]: after })
      }),
    knowsAgent: (id) => agentsOf(entryOf(document.value)).includes(id),
    noteAgent: (id) =>
      document.update((value) => {
        const known = agentsOf(entryOf(value))
        if (known.includes(id)) return value
        return withPart(value, { agents: [...known, id].slice(-MAX_AGENTS) })
      }),
  }
}

const MAX_DIRECTORIES = 500
const MAX_AGENTS = 100

function agentsOf({ agents }: JsonObject): readonly unknown[] {
  return Array.isArray(agents) ? agents : []
}

function objectOf(value: unknown): JsonObject {
  return isRecord(value) ? value : {}
}
