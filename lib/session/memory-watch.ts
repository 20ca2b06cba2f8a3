import { setTimeout as delay } from 'node:timers/promises'
import { findSources } from '../memory/find-sources.ts'
import { parseMemoryCall } from '../memory/memory-calls.ts'
import { MEMORY_TOOLS } from '../permissions/rules/rule.ts'
import { coalesce } from '../util/coalesce.ts'
import { isLoopbackHost } from '../util/loopback.ts'
import { diffHunks, type Hunk, withFinalLineFeed } from '../util/unified-diff.ts'
import { ignoreUserError, UserError } from '../util/user-error.ts'
import { memoryNotReloaded } from './messages/memory.ts'
import type { Services } from './services.ts'
import type { SessionContext } from './session-context.ts'
import type { ToolCall } from './state/entry.ts'
import type { ChangeAuthor, ChangeOrigin, MemoryBlock } from './state/memory.ts'
import type { SessionState } from './state/session-state.ts'

/** Notices when a block of the agent was changed, by whomever. */
export interface MemoryWatch {
  /** Looks for changes now. Errors are reported, not thrown. */
  refresh(): Promise<void>
  /** Looks for changes from time to time until it is closed. */
  start(): void
  close(): void
}

/** Milliseconds between two looks: a local server answers at once, and a remote one must not be a burden. */
const INTERVALS = { local: 1000, remote: 8000 } as const

export function createMemoryWatch(context: SessionContext): MemoryWatch {
  const abort = new AbortController()
  let seen: { readonly agentId: string; readonly tag: string | null } | null = null
  let stamp: string | null = null

  const services = (): Services | null =>
    context.store.state.agent === null ? null : context.services

  const look = async (): Promise<void> => {
    const parts = services()
    const { agent } = context.store.state
    if (parts === null || agent === null) return
    const tag = seen?.agentId === agent.id ? seen.tag : null
    stamp = parts.gateway.changeStamp()
    const found = await parts.gateway.blocks.changedOfAgent(agent.id, tag)
    if (found === null || context.store.state.agent?.id !== agent.id || context.services !== parts)
      return
    await reportChanges(parts, found.blocks)
    seen = { agentId: agent.id, tag: found.tag }
  }

  const refresh = coalesce(look)

  const interval = (): number => {
    const parts = services()
    if (parts === null || parts.gateway.type === 'embedded') return INTERVALS.local
    return isLocal(parts.gateway.url) ? INTERVALS.local : INTERVALS.remote
  }

  const poll = async (): Promise<void> => {
    while (!abort.signal.aborted) {
      await delay(interval(), undefined, { signal: abort.signal, ref: false })
      const current = services()?.gateway.changeStamp() ?? null
      if (current !== null && current === stamp) continue
      // The server may be unreachable for a while: what needs it reports that.
      await refresh().catch(ignoreUserError)
    }
  }

  const refreshNow = async (): Promise<void> => {
    try {
      await refresh()
    } catch (thrown) {
      if (!(thrown instanceof UserError)) throw thrown
      context.base.notify('warning', memoryNotReloaded(thrown.message))
    }
  }

  return {
    refresh: refreshNow,
    start() {
      context.store.subscribe((_, event) => {
        if (event.type === 'turn.finished') void refreshNow()
      })
      poll().catch((thrown: unknown) => {
        if (!abort.signal.aborted) throw thrown
      })
    },
    close: () => abort.abort(),
  }
}

function isLocal(url: string | null): boolean {
  return url !== null && isLoopbackHost(new URL(url).hostname)
}

/** Reports what differs from the state: values with their authors, properties, new and removed blocks. */
async function reportChanges(parts: Services, blocks: readonly MemoryBlock[]): Promise<void> {
  const { store, now } = parts
  for (const block of blocks) {
    const known = knownBlock(store.state, block.id)
    if (known !== null && isSame(known, block)) continue
    const author =
      known?.value === block.value
        ? { by: 'elsewhere' as const, at: now() }
        : await findAuthor(parts, block)
    // The session itself may have changed the block in the meantime.
    const latest = knownBlock(store.state, block.id)
    if (latest?.value !== known?.value) continue
    store.dispatch({ type: 'memory.changed', block, ...author })
  }
  for (const { block } of store.state.memory) {
    if (blocks.some(({ id }) => id === block.id)) continue
    store.dispatch({ type: 'memory.removed', blockId: block.id })
  }
}

interface Author {
  readonly by: ChangeAuthor
  readonly at: number
  readonly origin?: ChangeOrigin
}

/** The author of the newest version; from the conversation when the server stores no versions. */
export async function findAuthor(
  { gateway, store, now }: Pick<Services, 'gateway' | 'store' | 'now'>,
  block: MemoryBlock,
): Promise<Author> {
  const versions = await gateway.versions.list(block.id, { limit: 1, before: null })
  const version = versions?.[0]
  if (version === undefined) return { ...authorInTurn(store.state, block), at: now() }
  const { by, at, origin } = version
  const { agent } = store.state
  const isOtherAgent = origin.agentId !== undefined && origin.agentId !== agent?.id
  // This session reports its changes itself: the other one is at work now.
  const { isOtherSession = false, ...known } = origin
  return { by, at, origin: isOtherAgent || isOtherSession ? { ...known, isOther: true } : known }
}

/**
 * A tool of the server that has run in the last turn with this label in its arguments, or one that makes exactly this change and
 * whose result is still to come, unless an earlier change was made by it; otherwise the change came from elsewhere.
 */
function authorInTurn(
  { settled, current, memory }: SessionState,
  { id, label, value }: MemoryBlock,
): Omit<Author, 'at'> {
  const quoted = JSON.stringify(label).slice(1, -1)
  const all = [...settled, ...current]
  const turn = all.slice(all.findLastIndex(({ type }) => type === 'user') + 1)
  const before = memory.find(({ block }) => block.id === id)?.block.value ?? ''
  const entry = turn.findLast(
    (one) =>
      one.type === 'tool' &&
      (one.call.host === 'server' || MEMORY_TOOLS.includes(one.call.tool)) &&
      one.call.args.includes(quoted) &&
      (hasSucceeded(one.call) || makesChange(one.call, before, value)),
  )
  const known = memory.find(({ block }) => block.id === id)?.change
  if (entry?.type !== 'tool' || known?.origin?.callId === entry.call.callId) {
    return { by: 'elsewhere' }
  }
  const { callId, tool } = entry.call
  const sources = findSources(memory, id, before, value)
  const moved = sources.length === 0 ? {} : { sources }
  return { by: 'agent', origin: { callId, tool, ...moved } }
}

function hasSucceeded({ phase }: ToolCall): boolean {
  return phase.type === 'finished' && phase.status === 'success'
}

/** The server writes the block before it sends the result of the call; a part of a change, or an edited one, letta writes. */
function makesChange({ tool, args, phase }: ToolCall, before: string, after: string): boolean {
  if (phase.type === 'arriving') return parseMemoryCall(tool, args)?.edit?.apply(before) === after
  if (phase.type !== 'running' && phase.type !== 'allowed') return false
  if (parseMemoryCall(tool, args)?.edit?.apply(before) === after) return true
  const approved = phase.preview?.type === 'diff' ? phase.preview.hunks : []
  const made = diffHunks(withFinalLineFeed(before), withFinalLineFeed(after)).hunks
  return approved.length > 0 && changedLines(made) === changedLines(approved)
}

function changedLines(hunks: readonly Hunk[]): string {
  const lines = hunks.flatMap((hunk) => hunk.lines).filter(({ type }) => type !== 'context')
  return JSON.stringify(lines.map(({ type, text }) => [type, text]))
}

function knownBlock({ memory }: SessionState, id: string): MemoryBlock | null {
  return memory.find(({ block }) => block.id === id)?.block ?? null
}

function isSame(one: MemoryBlock, other: MemoryBlock): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
