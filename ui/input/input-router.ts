import type { SessionEvent } from '../../lib/session/events.ts'
import type { Store } from '../../lib/store.ts'
import { droppedImages } from '../state/dropped-images.ts'
import { insert, type TextEditor } from '../state/editor.ts'
import type { WorkbenchEvent } from '../state/events.ts'
import { isLongPaste, pasteBefore } from '../state/pastes.ts'
import { activeEditor } from '../state/selectors.ts'
import type { RootState } from '../state/state.ts'
import { giveCharacter } from '../state/vim-characters.ts'
import type { Input, MouseInput } from '../view/types.ts'
import type { Keymap } from './keymap.ts'

interface InputPorts {
  readonly root: Store<RootState, SessionEvent | WorkbenchEvent>
  /** Keys, text and pastes. */
  keys(input: Input): void
  mouse(input: MouseInput): void
}

/** Turns input of the terminal into events and commands. */
export function handleInput(input: Input, { root, keys, mouse }: InputPorts): void {
  switch (input.type) {
    case 'resize':
      root.dispatch({ type: 'viewport.changed', size: input.size })
      break
    case 'focus':
      root.dispatch({ type: 'terminal.focused', focused: input.focused })
      break
    case 'mouse':
      mouse(input)
      break
    default:
      if (root.state.workbench.flash !== null) root.dispatch({ type: 'flash.cleared' })
      keys(input)
  }
}

/** Inserts characters into the text that is edited. */
export function typeText(
  root: InputPorts['root'],
  text: string,
  at: number,
  approvalKeys: Keymap['contexts']['approval'],
  continues = false,
): void {
  const { workbench } = root.state
  // A key that was pressed once more than needed was meant for the approval that it has answered.
  const command = approvalKeys.get(text)
  if (command !== undefined && wasPressed(workbench, command, at)) {
    root.dispatch({ type: 'command.pressed', command, at })
    return
  }
  const editor = activeEditor(workbench)
  const { vim, overlay } = workbench
  if (editor !== null && overlay === null && vim?.awaits !== undefined) {
    const given = giveCharacter({ editor, vim }, text)
    const step = { type: 'character', character: text } as const
    root.dispatch({ type: 'vim.edited', ...given, step, at })
    return
  }
  const isMessage = workbench.focus === 'composer' && workbench.overlay === null
  const before = continues ? pasteBefore(workbench.composer, workbench.pastes) : null
  if (isMessage && (before !== null || isLongPaste(text))) {
    root.dispatch({ type: 'text.pasted', text, at, continues: before !== null })
    return
  }
  const images = isMessage ? droppedImages(text) : null
  if (editor !== null && images !== null)
    root.dispatch({ type: 'text.edited', editor: insert(editor, apart(editor, images)), at })
  else if (editor !== null) root.dispatch({ type: 'text.edited', editor: insert(editor, text), at })
}

/** From one press of a key to the next one of a key that is held. */
const REPEAT_MS = 500

function wasPressed(
  { firstPress, focus, composer }: RootState['workbench'],
  command: string,
  at: number,
): boolean {
  if (focus !== 'composer' || composer.text !== '') return false
  return firstPress?.command === command && at - firstPress.at <= REPEAT_MS
}

/** A file is named by a separate word. */
function apart({ text, cursor }: TextEditor, inserted: string): string {
  return cursor === 0 || /\s/.test(text[cursor - 1] ?? '') ? inserted : ` ${inserted}`
}
