import path from 'node:path'
import { serverName } from '../client/backend.ts'
import { isErrno } from '../fs/errno.ts'
import { type MemoryHistory, openHistory } from '../memory/history.ts'
import { type LocalVersions, openLocalVersions } from '../memory/local-versions.ts'
import { nameOtherAgents } from '../memory/other-agents.ts'
import { type OutsideLinesFile, openOutsideLines } from '../memory/outside-lines.ts'
import { UserError } from '../util/user-error.ts'
import type { Services } from './services.ts'
import type { SessionContext } from './session-context.ts'
import type { MemoryBlock } from './state/memory.ts'

/** Stores what the session sees of the blocks of a server that stores no versions itself. */
export interface VersionRecorder {
  /** Called when an agent is open. */
  opened(services: Services): void
  /** The versions of the blocks of this server. */
  history(services: Services): MemoryHistory
}

export function createVersionRecorder({ store }: Pick<SessionContext, 'store'>): VersionRecorder {
  const files = new Map<string, LocalVersions>()
  const localVersions = ({ options, now }: Services): LocalVersions => {
    const server = serverName(options.backend)
    const directory = path.join(options.lettaDirectory, 'history')
    const known = files.get(server) ?? openLocalVersions(directory, server, now)
    files.set(server, known)
    return known
  }
  /** Null for a server that stores versions. */
  const localVersionsFor = async (
    services: Services,
    [block]: readonly MemoryBlock[],
  ): Promise<LocalVersions | null> => {
    if (services.gateway.type === 'embedded' || block === undefined) return null
    const versions = await services.gateway.versions.list(block.id, { limit: 1, before: null })
    return versions === null ? localVersions(services) : null
  }
  let local: Promise<LocalVersions | null> = Promise.resolve(null)
  const observe = async (
    block: MemoryBlock,
    author: Parameters<LocalVersions['observe']>[1],
  ): Promise<void> => {
    try {
      await (await local)?.observe(block, author)
    } catch (thrown) {
      // The disk may be read-only, or the server gone: the session itself continues.
      if (!isErrno(thrown) && !(thrown instanceof UserError)) throw thrown
    }
  }
  let outside: { readonly file: OutsideLinesFile; readonly known: Set<string> } | null = null
  const loadOutside = async ({ options }: Services): Promise<void> => {
    const directory = path.join(options.lettaDirectory, 'history')
    const file = openOutsideLines(directory, serverName(options.backend))
    const lines = await file.read()
    outside = { file, known: new Set(Object.keys(lines)) }
    if (outside.known.size > 0) store.dispatch({ type: 'memory.outsideFound', lines })
  }
  const storeOutside = async (found: Readonly<Record<string, string>>): Promise<void> => {
    const fresh = Object.entries(found).filter(([line]) => outside?.known.has(line) === false)
    if (outside === null || fresh.length === 0) return
    for (const [line] of fresh) outside.known.add(line)
    await outside.file.add(Object.fromEntries(fresh)).catch((thrown: unknown) => {
      if (!isErrno(thrown)) throw thrown
    })
  }
  /** The labels of the blocks that letta has created with the agent. */
  let created: readonly string[] = []
  store.subscribe((_, event) => {
    if (event.type === 'agent.reached') {
      const memory = event.start.agent === 'created' ? event.start.memory : []
      created = memory.flatMap(({ label, origin }) => (origin === 'created' ? [label] : []))
    }
    if (event.type === 'memory.outsideFound') void storeOutside(event.lines)
    if (event.type !== 'memory.changed') return
    const { block, by, origin } = event
    const isKnown = by !== 'elsewhere' || origin !== undefined
    void observe(block, isKnown ? { by, origin: origin ?? {} } : null)
  })
  return {
    opened(services) {
      const blocks = store.state.memory.map(({ block }) => block)
      local = localVersionsFor(services, blocks)
      for (const block of blocks) {
        void observe(block, created.includes(block.label) ? { by: 'letta', origin: {} } : null)
      }
      created = []
      void loadOutside(services)
    },
    history(services) {
      const history = openHistory(services.gateway, localVersions(services))
      const agentId = (): string | null => store.state.agent?.id ?? null
      return nameOtherAgents(history, agentId, services.gateway.blocks)
    },
  }
}
