import { isRecord, type JsonObject } from '../util/is-record.ts'
import type { LocalSettings, ProjectSettings, SettingsFile, UserSettings } from './schema.ts'
import type { SettingsDocument } from './settings-file.ts'

/**
 * Ids are valid only on the server that assigned them. The original keys contain the ids used last; `…ByServer` next to them maps
 * each server to its ids. An id that is not in this map was written by another program or by hand, and is used for every server.
 */
export interface SavedIds {
  /** The agent of this directory. A file of the directory names it, which another person may have written. */
  readonly lastAgent: string | null
  /** Whether `rememberAgent` was called with the agent in this directory: only the user's own files say so. */
  isAgentOfDirectory(id: string): boolean
  /** The agent used last in any directory. */
  readonly lastAgentAnywhere: string | null
  /** Never rejects: an agent must open on a read-only disk, too. */
  rememberAgent(id: string): Promise<void>
  /** The agent's conversation in this directory; null for its default history. */
  lastConversation(agentId: string): string | null
  /** Null for the default history. Never rejects. */
  rememberConversation(agentId: string, id: string | null): Promise<void>
  /** Called after an agent was deleted. */
  forgetAgent(id: string): Promise<void>
  /** Ids of shared memory blocks by label. */
  readonly blockIds: Readonly<Record<string, string>>
  rememberBlocks(ids: Readonly<Record<string, string>>): Promise<void>
}

interface Ports {
  /** The current decoded value. */
  view(): {
    readonly user: UserSettings
    readonly project: ProjectSettings
    readonly local: LocalSettings
  }
  /** Saves. Reports errors instead of rejecting. */
  update(file: SettingsFile, change: Parameters<SettingsDocument['update']>[0]): Promise<void>
  knowsAgent(id: string): boolean
  /** Saves, and reports errors in the same way. */
  noteAgent(id: string): Promise<void>
}

/** The ids of one server: `embedded`, or its address. */
export function rememberedOf(
  server: string,
  { view, update, knowsAgent, noteAgent }: Ports,
): SavedIds {
  return {
    get lastAgent() {
      return lastAgentOf(view().local, server)
    },
    get lastAgentAnywhere() {
      return lastAgentOf(view().user, server)
    },
    isAgentOfDirectory: knowsAgent,
    async rememberAgent(id) {
      const remember = (value: JsonObject): JsonObject => ({
        ...value,
        lastAgent: id,
        lastAgentByServer: { ...objectOf(value['lastAgentByServer']), [server]: id },
      })
      await Promise.all([update('local', remember), update('user', remember), noteAgent(id)])
    },
    lastConversation: (agentId) => view().local.lastConversations[agentId] ?? null,
    async rememberConversation(agentId, id) {
      if ((view().local.lastConversations[agentId] ?? null) === id) return
      await update('local', (value) => {
        const { [agentId]: _, ...others } = objectOf(value['lastConversations'])
        const kept = Object.entries(others).slice(-MAX_REMEMBERED_CONVERSATIONS)
        const added = id === null ? kept : [...kept, [agentId, id]]
        return { ...value, lastConversations: Object.fromEntries(added) }
      })
    },
    async forgetAgent(id) {
      const forget = (value: JsonObject): JsonObject => withoutAgent(value, id)
      await Promise.all([update('local', forget), update('user', forget)])
    },
    get blockIds() {
      const { user, project } = view()
      return {
        ...idsOf(user.globalSharedBlockIds, user.globalSharedBlockIdsByServer, server),
        ...idsOf(project.localSharedBlockIds, project.localSharedBlockIdsByServer, server),
      }
    },
    async rememberBlocks(ids) {
      const part = (isProject: boolean): Record<string, string> =>
        Object.fromEntries(
          Object.entries(ids).filter(([label]) => PROJECT_LABELS.has(label) === isProject),
        )
      await update('user', (value) => withIds(value, 'globalSharedBlockIds', part(false), server))
      await update('project', (value) => withIds(value, 'localSharedBlockIds', part(true), server))
    },
  }
}

const MAX_REMEMBERED_CONVERSATIONS = 99

/** `project` and `skills` belong to the project, all other labels to the user. */
export const PROJECT_LABELS: ReadonlySet<string> = new Set(['project', 'skills'])

type Ids = Readonly<Record<string, string>>

function lastAgentOf(
  { lastAgent, lastAgentByServer }: LocalSettings | UserSettings,
  server: string,
): string | null {
  return idOf(lastAgent ?? undefined, lastAgentByServer, server) ?? null
}

/** A blank id is not set: `GET /agents/` would return the list of all agents. */
function idOf(written: string | undefined, byServer: Ids, server: string): string | undefined {
  const plain = written?.trim() || undefined
  const isOfAServer = plain !== undefined && Object.values(byServer).includes(plain)
  return plain === undefined || isOfAServer ? byServer[server]?.trim() || undefined : plain
}

function idsOf(plain: Ids, byServer: Readonly<Record<string, Ids>>, server: string): Ids {
  const labels = new Set([...Object.keys(plain), ...Object.keys(byServer[server] ?? {})])
  const found = [...labels].flatMap((label) => {
    const servers = Object.entries(byServer).flatMap(([name, ids]) => {
      const id = ids[label]
      return id === undefined ? [] : [[name, id] as const]
    })
    const id = idOf(plain[label], Object.fromEntries(servers), server)
    return id === undefined ? [] : [[label, id] as const]
  })
  return Object.fromEntries(found)
}

function withIds(value: JsonObject, key: string, ids: Ids, server: string): JsonObject {
  if (Object.keys(ids).length === 0) return value
  const byServer = objectOf(value[`${key}ByServer`])
  return {
    ...value,
    [key]: { ...objectOf(value[key]), ...ids },
    [`${key}ByServer`]: { ...byServer, [server]: { ...objectOf(byServer[server]), ...ids } },
  }
}

function withoutAgent(value: JsonObject, id: string): JsonObject {
  const byServer = Object.entries(objectOf(value['lastAgentByServer']))
  const others = byServer.filter(([, known]) => known !== id)
  if (value['lastAgent'] !== id && others.length === byServer.length) return value
  const last = value['lastAgent'] === id ? null : value['lastAgent']
  return { ...value, lastAgent: last, lastAgentByServer: Object.fromEntries(others) }
}

function objectOf(value: unknown): JsonObject {
  return isRecord(value) ? value : {}
}
