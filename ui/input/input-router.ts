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
}

/** Turns input of the terminal into events and commands. */
export function handleInput(input: Input, { root, keys, scroll }: InputPorts): void {
  switch (input.type) {
    case 'resize':
      root.dispatch({ type: 'viewport.changed', size: input.size })
      break
    case 'focus':
      root.dispatch({ type: 'terminal.focused', focused: input.focused })
      break
    case 'mouse':
      handleMouse(input, root, scroll)
      break
    default:
      if (root.state.workbench.flash !== null) root.dispatch({ type: 'flash.cleared' })
      keys(input)
  }
}

const WHEEL_ROWS = 3

function handleMouse(
  { action, part }: Extract<Input, { type: 'mouse' }>,
  root: InputPorts['root'],
  scroll: InputPorts['scroll'],
): void {
  if (!isFocusable(part) || root.state.workbench.overlay !== null) return
  if (action === 'press') root.dispatch({ type: 'focus.moved', to: part })
  if (action === 'wheelUp') scroll(part, -WHEEL_ROWS)
  if (action === 'wheelDown') scroll(part, WHEEL_ROWS)
}

function isFocusable(part: string | null): part is Focus {
  return part !== 'status' && part !== 'header' && PANE_IDS.some((pane) => pane === part)
}

/** Inserts characters into the text that is edited. */
export function typeText(root: InputPorts['root'], text: string, at: number): void {
  const editor = activeEditor(root.state.workbench)
  if (editor !== null) root.dispatch({ type: 'text.edited', editor: insert(editor, text), at })
}
