import type { Recording } from '../../lib/recording/replay.ts'
import { emptySession } from '../../lib/session/state/session-state.ts'
import { UserError } from '../../lib/util/user-error.ts'
import { hintKey, ownKeys } from '../input/key-contexts.ts'
import type { Keymap } from '../input/keymap.ts'
import { createMessagePresenter } from '../input/workbench-message.ts'
import { eventDoesNotFit, REPLAY_START, replayPosition } from '../messages/replay.ts'
import { initialWorkbench } from '../state/reduce/initial-workbench.ts'
import { reduceRoot } from '../state/reduce/root.ts'
import type { RootState } from '../state/state.ts'
import { createScreenTree } from '../terminal/screen-tree.ts'
import { openTerminal, type Terminal, type TerminalOptions } from '../terminal/terminal.ts'
import type { Toolkit } from '../terminal/toolkit.ts'
import type { Theme } from '../theme/theme.ts'
import { createAppearance } from '../theme/theme-loader.ts'
import { helpPlace, helpRows } from '../view/panes/help.ts'
import type { Formatter } from '../view/render/formatter.ts'
import type { Frame, Input, Size } from '../view/types.ts'
import { view } from '../view/view.ts'
import { listCommands } from './command-list.ts'

interface ReplayOptions {
  readonly recording: Recording
  /** How many events to apply first. */
  readonly at: number
  readonly theme: Theme
  readonly keymap: Keymap
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly toolkit: Toolkit
  readonly formatter: Formatter
}

interface Replay {
  /** The screen as text. */
  text(size: Size): string
  /** A full screen on which keys step through the events. */
  steps(options: Omit<TerminalOptions, 'view' | 'onInput' | 'toolkit'>): {
    readonly terminal: Terminal
    readonly closed: Promise<void>
  }
}

/** The screen of a recorded session, as it was after any of its events. */
export function openReplay({
  recording,
  at,
  theme,
  keymap,
  environment,
  toolkit,
  formatter,
}: ReplayOptions): Replay {
  const states = statesOf(recording, theme.name)
  const appearance = createAppearance(theme, environment)
  let position = at
  let size: Size = { columns: 80, rows: 24 }
  const shown = (): RootState => {
    const state = states[position] ?? states[0]
    if (state === undefined) throw new Error('a recording has a first state')
    return sized(state, size)
  }
  const commands = listCommands(shown)
  const message = createMessagePresenter(keymap, commands)
  const frameOf = (state: RootState): Frame =>
    view(state, {
      styles: appearance.styles,
      formatter,
      key: (command) => hintKey(keymap, state, command),
      ownKeys: () => ownKeys(keymap, state),
      message,
      helpRows: (columns) =>
        helpRows({ keymap, commands }, helpPlace(state), columns, appearance.styles),
    })
  return {
    text(wanted) {
      size = wanted
      const screen = createScreenTree({ toolkit, size, colors: 'none', onInput: () => {} })
      screen.render(frameOf(shown()))
      const text = screen.text().join('\n')
      screen.close()
      return text
    },
    steps(options) {
      let end = (): void => undefined
      const closed = new Promise<void>((resolve) => {
        end = resolve
      })
      const terminal = openTerminal({
        ...options,
        toolkit,
        view: () => frameOf(withPlace(shown(), recording, position)),
        onInput(input) {
          if (input.type === 'resize') size = input.size
          const step = stepOf(input)
          if (step === 'quit') {
            terminal.leave()
            return end()
          }
          position = Math.max(0, Math.min(states.length - 1, position + step))
          terminal.invalidate('now')
        },
      })
      size = terminal.size
      terminal.invalidate('now')
      return { terminal, closed }
    },
  }
}

/** The state before the first event, and after each. */
function statesOf({ directory, startedAt, events }: Recording, theme: string): RootState[] {
  const states: RootState[] = [
    {
      session: emptySession(directory, startedAt),
      workbench: initialWorkbench({ columns: 80, rows: 24 }, startedAt, theme),
    },
  ]
  for (const [index, event] of events.entries()) {
    const last = states.at(-1)
    if (last === undefined) break
    try {
      states.push(reduceRoot(last, event))
    } catch (thrown) {
      // A recording may be damaged: an event of a valid type can still lack fields.
      throw new UserError(eventDoesNotFit(index + 1, event.type), {
        cause: thrown,
      })
    }
  }
  return states
}

function sized(state: RootState, size: Size): RootState {
  const { columns, rows } = state.workbench.viewport
  if (columns === size.columns && rows === size.rows) return state
  return reduceRoot(state, { type: 'viewport.changed', size })
}

function withPlace(state: RootState, { events }: Recording, position: number): RootState {
  const event = events[position - 1]?.type ?? REPLAY_START
  const text = replayPosition(position, events.length, event)
  return reduceRoot(state, { type: 'flash.shown', level: 'info', text })
}

const STEPS: Readonly<Record<string, number>> = {
  right: 1,
  down: 1,
  n: 1,
  left: -1,
  up: -1,
  b: -1,
  pagedown: 10,
  pageup: -10,
  home: Number.NEGATIVE_INFINITY,
  end: Number.POSITIVE_INFINITY,
}

function stepOf(input: Input): number | 'quit' {
  if (input.type === 'text') return input.text === 'q' ? 'quit' : (STEPS[input.text] ?? 0)
  if (input.type !== 'key') return 0
  const { name, ctrl } = input.key
  if (name === 'escape' || (ctrl && (name === 'c' || name === 'd'))) return 'quit'
  return STEPS[name] ?? 0
}
