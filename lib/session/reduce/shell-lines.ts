import type { SessionEvent } from '../events.ts'
import type { Entry } from '../state/entry.ts'
import type { SessionState } from '../state/session-state.ts'

type ShellLineEntry = Extract<Entry, { type: 'shellLine' }>

/** Characters of running output that are retained for the screen. */
const MAX_RUNNING_CHARACTERS = 20_000

/** The command lines that the user runs. They may end after the turn in which they were started. */
export function reduceShellLines(state: SessionState, event: SessionEvent): SessionState {
  switch (event.type) {
    case 'shellLine.started': {
      const { id, command, isShared, at } = event
      const status = { type: 'running', since: at } as const
      const line: ShellLineEntry = { type: 'shellLine', id, command, isShared, text: '', status }
      return state.turn.type === 'running'
        ? { ...state, current: [...state.current, line] }
        : { ...state, settled: [...state.settled, line] }
    }
    case 'shellLine.output':
      return change(state, event.id, (line) => ({
        ...line,
        text: (line.text + event.text).slice(-MAX_RUNNING_CHARACTERS),
      }))
    case 'shellLine.finished': {
      const { code, text, at } = event
      return change(state, event.id, (line) => {
        const since = line.status.type === 'running' ? line.status.since : at
        return { ...line, text, status: { type: 'finished', code, tookMs: at - since } }
      })
    }
    default:
      return state
  }
}

function change(
  state: SessionState,
  id: string,
  update: (line: ShellLineEntry) => ShellLineEntry,
): SessionState {
  for (const part of ['current', 'settled'] as const) {
    const index = state[part].findLastIndex((entry) => entry.id === id)
    const entry = state[part][index]
    if (entry?.type === 'shellLine') {
      return { ...state, [part]: state[part].with(index, update(entry)) }
    }
  }
  return state
}
