import type { MemoryHistory } from '../memory/history.ts'
import { UserError } from '../util/user-error.ts'
import { authorName } from './messages/memory.ts'
import type { BlockVersion } from './state/memory.ts'
import type { SessionState } from './state/session-state.ts'

/** Versions of a block that are read: of a block with more since a message, the older ones count as those of this session. */
const MAX_VERSIONS = 200

/**
 * Who else has changed a block since a time: other agents, other clients, other sessions of the user, and this agent in other
 * conversations.
 */
export function createWriters(
  history: Pick<MemoryHistory, 'versions'>,
  state: () => SessionState,
): (blockId: string, since: number) => Promise<readonly string[]> {
  const read = new Map<string, Promise<readonly BlockVersion[]>>()
  const versions = (blockId: string): Promise<readonly BlockVersion[]> => {
    const known = read.get(blockId) ?? readVersions(history, blockId)
    read.set(blockId, known)
    return known
  }
  return async (blockId, since) => {
    const recent = (await versions(blockId)).filter((one) => one.at > since)
    if (recent.length === 0) return []
    const calls = callsIn(state())
    return [...new Set(recent.filter((one) => isOther(one, calls)).map(nameOf))]
  }
}

async function readVersions(
  history: Pick<MemoryHistory, 'versions'>,
  blockId: string,
): Promise<readonly BlockVersion[]> {
  try {
    return await history.versions(blockId, { limit: MAX_VERSIONS, before: null })
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown
    return []
  }
}

function callsIn({ settled, current }: SessionState): ReadonlySet<string> {
  return new Set(
    [...settled, ...current].flatMap((one) => (one.type === 'tool' ? [one.call.callId] : [])),
  )
}

function isOther({ by, origin }: BlockVersion, calls: ReadonlySet<string>): boolean {
  if (origin.isOther === true || origin.isOtherSession === true || by === 'elsewhere') return true
  return by === 'agent' && origin.callId !== undefined && !calls.has(origin.callId)
}

function nameOf({ by, origin }: BlockVersion): string {
  const { tool: _, ...who } = origin
  const isElsewhere = who.isOther !== true && (by === 'agent' || who.isOtherSession === true)
  return authorName(by, isElsewhere ? { ...who, isElsewhere } : who)
}
