import type { SessionEvent } from '../events.ts'
import type { MemoryBlock, MemoryChange, MemoryItem } from '../state/memory.ts'
import type { SessionState } from '../state/session-state.ts'
import { learnedBy, traceLines } from './learned-lines.ts'

/** Memory blocks, each with its newest change. */
export function reduceMemory(state: SessionState, event: SessionEvent): SessionState {
  switch (event.type) {
    case 'agent.opened':
      return event.agent.id === state.agent?.id
        ? state
        : { ...state, memory: [], memoryAtStart: {}, learnedLines: {} }
    case 'memory.loaded':
      return {
        ...state,
        memory: event.blocks.map((block) => ({ block, change: changeOf(state, block) })),
        memoryAtStart: {
          ...Object.fromEntries(event.blocks.map(({ id, value }) => [id, value])),
          ...state.memoryAtStart,
        },
        managedBlocks: event.managed ?? [],
      }
    case 'memory.managed':
      return { ...state, managedBlocks: [...state.managedBlocks, event.blockId] }
    case 'memory.changed':
      return {
        ...state,
        memory: changed(state.memory, event),
        learnedLines: learned(state, event),
      }
    case 'memory.reviewRequested':
      return { ...state, reviewedMessage: event.message }
    case 'turn.finished': {
      const { reviewedMessage, current, settled } = state
      if (reviewedMessage === null) return state
      const isSent = [...settled, ...current].some(
        (entry) => entry.type === 'user' && entry.text === reviewedMessage,
      )
      return isSent ? { ...state, reviewedMessage: null } : state
    }
    case 'memory.outsideFound':
      return { ...state, outsideLines: { ...state.outsideLines, ...event.lines } }
    case 'memory.reviewChecked':
      return { ...state, memoryReviewProblem: event.problem }
    case 'memory.removed':
      return { ...state, memory: state.memory.filter(({ block }) => block.id !== event.blockId) }
    default:
      return state
  }
}

function changeOf(state: SessionState, block: MemoryBlock): MemoryChange | null {
  return state.memory.find((item) => item.block.id === block.id)?.change ?? null
}

function learned(
  { memory, memoryAtStart, learnedLines, settled, current }: SessionState,
  { block, by, origin }: Extract<SessionEvent, { type: 'memory.changed' }>,
): SessionState['learnedLines'] {
  const start = memoryAtStart[block.id] ?? ''
  const before = memory.find((item) => item.block.id === block.id)?.block.value ?? start
  if (before === block.value || by === 'skills') return learnedLines
  const known = learnedLines[block.id] ?? null
  const author = learnedBy(origin === undefined ? { by } : { by, origin }, [...settled, ...current])
  const change = { start, before, after: block.value, by: author }
  return { ...learnedLines, [block.id]: traceLines(known, change) }
}

function changed(
  memory: readonly MemoryItem[],
  event: Extract<SessionEvent, { type: 'memory.changed' }>,
): readonly MemoryItem[] {
  const { block, by, at, origin } = event
  const change = (before: string): MemoryChange => ({
    before,
    by,
    at,
    ...(origin === undefined ? {} : { origin }),
  })
  const known =
    memory.find((item) => item.block.id === block.id) ??
    memory.find((item) => item.block.label === block.label)
  if (known === undefined) return [...memory, { block, change: change('') }]
  return memory.map((item) => {
    if (item !== known) return item
    const same = item.block.value === block.value
    return { block, change: same ? item.change : change(item.block.value) }
  })
}
