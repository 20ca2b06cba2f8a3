import type { MemoryHistory } from '../../memory/history.ts'
import { sinceCheckpoint } from '../../tools/journal/journal.ts'
import type { Checkpoint } from '../../tools/journal/journal-log.ts'
import { summarizeChanges } from '../../tools/journal/summarize-changes.ts'
import { messageOf, UserError } from '../../util/user-error.ts'
import type { ChangesWatch } from '../changes-watch.ts'
import { editMemory } from '../edit-memory.ts'
import {
  beforeRewind,
  CHECKPOINT_GONE,
  CONVERSATION_REWOUND,
  FILES_CHANGED_SINCE_PREVIEW,
  MEMORY_CHANGED_SINCE_PREVIEW,
  MESSAGE_ELSEWHERE,
  memoryConflict,
  rewindIncomplete,
  SERVER_CANNOT_FORK,
} from '../messages/rewind.ts'
import type { Services } from '../services.ts'
import { agentServices, type SessionContext } from '../session-context.ts'
import type { RewindPart, RewindPlan } from '../state/changes.ts'
import { createWriters } from '../writers-since.ts'
import type { ChangesPort } from './changes.ts'
import type { ConversationsPort } from './conversations.ts'

/** A message of the user, and what changed since it was sent. */
export interface RewindPoint {
  readonly id: string
  /** `rewind`: the state before a rewind. */
  readonly type: Checkpoint['type']
  /** The beginning of the message. */
  readonly text: string
  readonly at: number
  readonly files: number
  readonly added: number
  readonly removed: number
  /** Memory blocks that differ from what they were, without those that others have changed. */
  readonly blocks: number
}

/** Returns to the state before a message: conversation, files and memory, together or each separately. */
export interface RewindPort {
  /**
   * Query: the messages of this agent in this project, newest first. Those of other conversations are left out when nothing has
   * changed since them, as they could not be rewound.
   */
  list(): Promise<readonly RewindPoint[]>
  /** Query: what a rewind to a checkpoint would change. */
  plan(id: string): Promise<RewindPlan>
  /**
   * Rewinds the parts, as the plan has shown them; files that the plan gives a reason for stay as they are. The state before it becomes a checkpoint, so that the rewind can be undone.
   * Rejects when a file or a block was modified since it was shown; then nothing was changed. When a part fails, the parts after it are
   * left as they are, and the error names what was rewound and what was not.
   */
  apply(plan: RewindPlan, parts: readonly RewindPart[]): Promise<void>
}

const MAX_POINTS = 50

interface RewindPorts {
  readonly changes: Pick<ChangesPort, 'plan' | 'refresh'>
  readonly conversations: Pick<ConversationsPort, 'fork' | 'open'>
  readonly watch: Pick<ChangesWatch, 'diff' | 'checkpoint'>
  history(services: Services): Pick<MemoryHistory, 'versions'>
}

export function createRewind(
  context: SessionContext,
  { changes, conversations, watch, history }: RewindPorts,
): RewindPort {
  const { store, base } = context
  const { journal } = base.runner
  const { directory } = base.options

  const memoryOf = async (
    checkpoint: Checkpoint,
    writersSince: ReturnType<typeof createWriters>,
  ): Promise<Pick<RewindPlan, 'memory' | 'memoryOfOthers'>> => {
    const blocks = checkpoint.memory.map(async ({ blockId, value }) => {
      const current = store.state.memory.find(({ block }) => block.id === blockId)?.block
      const after = (await journal.load(value))?.toString() ?? null
      // A block that was deleted or detached is restored with its own command.
      if (current === undefined || after === null || current.value === after) return []
      const writers = await writersSince(blockId, checkpoint.at)
      return [{ writers, block: { label: current.label, before: current.value, after } }]
    })
    const all = (await Promise.all(blocks)).flat()
    return {
      memory: all.flatMap(({ writers, block }) => (writers.length === 0 ? [block] : [])),
      memoryOfOthers: all.flatMap(({ writers, block }) =>
        writers.length === 0 ? [] : [{ ...block, writers }],
      ),
    }
  }
  const writers = () => createWriters(history(agentServices(context)), () => store.state)
  const conversationProblem = ({ type, id, conversationId }: Checkpoint): string | null => {
    if (store.state.agent === null) return SERVER_CANNOT_FORK
    if (type === 'rewind') return null
    const { settled, conversation } = store.state
    const isShown = settled.some((entry) => entry.type === 'user' && entry.id === id)
    return isShown || conversationId === conversation.id ? null : MESSAGE_ELSEWHERE
  }
  const isCopied = async ({ type, id, at }: Checkpoint): Promise<boolean> => {
    const { conversation, settled } = store.state
    const { forks = [] } = await journal.read()
    const isCopy = forks.some(
      (fork) => fork.conversationId === conversation.id && fork.before === id,
    )
    return (
      type === 'message' &&
      isCopy &&
      !settled.some((entry) => entry.type === 'user' && entry.at >= at)
    )
  }
  const find = async (id: string): Promise<Checkpoint> => {
    const found = (await journal.read()).checkpoints.find((one) => one.id === id)
    if (found === undefined) throw new UserError(CHECKPOINT_GONE)
    return found
  }
  const rewindConversation = async ({ type, id, conversationId }: Checkpoint): Promise<void> => {
    if (type === 'message') return conversations.fork({ before: id })
    if (conversationId !== null && conversationId !== store.state.conversation.id) {
      await conversations.open(conversationId)
    }
  }

  return {
    async list() {
      const { entries, checkpoints } = await journal.read()
      const own = checkpoints.filter(({ agentId }) => agentId === store.state.agent?.id)
      const newest = own.toReversed().slice(0, MAX_POINTS)
      const writersSince = writers()
      const points = await Promise.all(
        newest.map(async (checkpoint): Promise<readonly RewindPoint[]> => {
          const since = sinceCheckpoint(entries, checkpoints, { checkpointId: checkpoint.id })
          const facts = { entries: since, checkpoints: [] }
          const { files, added, removed } = await summarizeChanges(facts, {
            directory,
            diff: watch.diff,
            contents: journal,
          })
          const { id, type, text, at } = checkpoint
          const { memory, memoryOfOthers } = await memoryOf(checkpoint, writersSince)
          const changed = files.length + memory.length + memoryOfOthers.length
          if (changed === 0 && conversationProblem(checkpoint) !== null) return []
          const blocks = memory.length
          return [{ id, type, text, at, files: files.length, added, removed, blocks }]
        }),
      )
      return points.flat()
    },
    async plan(id) {
      const checkpoint = await find(id)
      const isDone = await isCopied(checkpoint)
      return {
        point: checkpoint,
        files: await changes.plan({ checkpointId: id }),
        ...(await memoryOf(checkpoint, writers())),
        conversation: isDone ? CONVERSATION_REWOUND : conversationProblem(checkpoint),
        isCopied: isDone,
        commands: commandsSince(context, checkpoint),
      }
    },
    async apply({ point, files, memory }, parts) {
      const checkpoint = await find(point.id)
      const { expected, files: now } = await changes.plan({ checkpointId: point.id })
      const kept = keptFiles(now)
      const isShown =
        JSON.stringify([expected, kept]) ===
        JSON.stringify([files.expected, keptFiles(files.files)])
      if (parts.includes('files') && !isShown) throw new UserError(FILES_CHANGED_SINCE_PREVIEW)
      const isChanged = memory.some(({ label, before }) => blockValueOf(context, label) !== before)
      if (parts.includes('memory') && isChanged) throw new UserError(MEMORY_CHANGED_SINCE_PREVIEW)
      const undoId = base.newId()
      await watch.checkpoint({
        id: undoId,
        type: 'rewind',
        turnId: undoId,
        text: beforeRewind(point.text),
      })
      const changed = Object.keys(files.expected).filter((path) => !kept.includes(path))
      const order = REWIND_ORDER.filter((part) => parts.includes(part))
      await journal.intend({
        id: undoId,
        type: 'rewind',
        parts: [...order],
        text: point.text,
        paths: parts.includes('files') ? changed : [],
        agentId: store.state.agent?.id ?? '',
      })
      // The conversation comes first: its server may be out of reach, and a copy of it replaces nothing.
      const steps: Readonly<Record<RewindPart, () => Promise<void>>> = {
        conversation: () => rewindConversation(checkpoint),
        memory: () => rewindMemory(context, memory),
        async files() {
          if (files.files.length === kept.length) return
          const selection = { checkpointId: point.id, except: kept }
          const result = await journal.undo(selection, files.expected, undoId)
          void changes.refresh()
          if (!result.ok) throw new UserError(result.reasons.join('; '))
        },
      }
      try {
        for (const [at, part] of order.entries()) {
          await steps[part]().catch((thrown: unknown) => {
            const message = rewindIncomplete(messageOf(thrown), order.slice(0, at), order.slice(at))
            throw new UserError(message, { cause: thrown })
          })
          await journal.reach(undoId, part)
        }
      } finally {
        await journal.reach(undoId, null)
      }
    },
  }
}

/** Files whose lines were modified since, by you or another program. */
function keptFiles(files: RewindPlan['files']['files']): readonly string[] {
  return files.flatMap(({ path, reason }) => (reason === null ? [] : [path]))
}

const REWIND_ORDER: readonly RewindPart[] = ['conversation', 'memory', 'files']

function blockValueOf({ store }: SessionContext, label: string): string | undefined {
  return store.state.memory.find(({ block }) => block.label === label)?.block.value
}

async function rewindMemory(context: SessionContext, memory: RewindPlan['memory']): Promise<void> {
  for (const { label, before, after } of memory) {
    const result = await editMemory(agentServices(context), label, after, before, 'restore')
    if (result.type === 'conflict') throw new UserError(memoryConflict(label))
  }
}

/** The command lines of the agent and of the user that have run after the message. */
function commandsSince({ store }: SessionContext, { id, at }: Checkpoint): readonly string[] {
  const { settled, current } = store.state
  const all = [...settled, ...current]
  const start = all.findIndex((entry) => entry.id === id)
  const from =
    start >= 0 ? start : all.findIndex((entry) => entry.type === 'user' && entry.at >= at)
  if (from < 0) return []
  return all.slice(from).flatMap((entry) => {
    if (entry.type === 'shellLine') return [entry.command]
    const hasRun =
      entry.type === 'tool' && entry.call.tool === 'Bash' && entry.call.phase.type === 'finished'
    return hasRun ? [entry.call.label] : []
  })
}
