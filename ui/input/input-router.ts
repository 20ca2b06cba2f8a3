import type { SessionEvent } from '../../lib/session/events.ts'
import type { Store } from '../../lib/store.ts'
import { insert } from '../state/editor.ts'
import type { WorkbenchEvent } from '../state/events.ts'
import { activeEditor } from '../state/selectors.ts'
import { type Focus, PANE_IDS, type RootState } from '../state/state.ts'
import type { Input } from '../view/types.ts'

interface InputPorts {
  readonly root: Store<RootState, SessionEvent | WorkbenchEvent>
  /** Keys, text and pastes. */
  keys(input: Input): void
  scroll(pane: Focus, rows: number): void
  /** Scrolls the open dialog. */
  scrollOverlay(rows: number): void
}

/** Turns input of the terminal into events and commands. */
export function handleInput(input: Input, ports: InputPorts): void {
  const { root, keys } = ports
  switch (input.type) {
    case 'resize':
      root.dispatch({ type: 'viewport.changed', size: input.size })
      break
    case 'focus':
      root.dispatch({ type: 'terminal.focused', focused: input.focused })
      break
    case 'mouse':
      handleMouse(input, ports)
      break
    default:
      if (root.state.workbench.flash !== null) root.dispatch({ type: 'flash.cleared' })
      keys(input)
  }
}

const WHEEL: Readonly<Record<string, number>> = { wheelUp: -3, wheelDown: 3 }

function handleMouse(
  { action, part }: Extract<Input, { type: 'mouse' }>,
  { root, scroll, scrollOverlay }: InputPorts,
): void {
  const rows = WHEEL[action] ?? 0
  if (root.state.workbench.overlay !== null) {
    if (rows !== 0) scrollOverlay(rows)
  } else if (isFocusable(part)) {
    if (action === 'press') root.dispatch({ type: 'focus.moved', to: part })
    if (rows !== 0) scroll(part, rows)
  }
}

function isFocusable(part: string | null): part is Focus {
  return part !== 'status' && part !== 'header' && PANE_IDS.some((pane) => pane === part)
}

/** Inserts characters into the text that is edited. */
export function typeText(root: InputPorts['root'], text: string, at: number): void {
  const editor = activeEditor(root.state.workbench)
  if (editor !== null) root.dispatch({ type: 'text.edited', editor: insert(editor, text), at })
}
