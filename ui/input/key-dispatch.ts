import { latinKeyOf } from '../../lib/util/keyboard-layouts.ts'
import type { RootState } from '../state/state.ts'
import type { Input, Key } from '../view/types.ts'
import { acceptsText, activeContexts, editsText } from './key-contexts.ts'
import { continuations, formatStroke, type Keymap, resolveKeys } from './keymap.ts'

interface KeyDispatcherPorts {
  readonly keymap: Keymap
  state(): RootState
  /** Runs the command that a key is bound to. */
  run(command: string): void
  /** Inserts characters into the text that is edited. */
  type(text: string, continues?: boolean): void
  /** Says that a text was pasted where none is edited. */
  refuse?(text: string): void
  /** Shows what may follow the first strokes of a longer binding. */
  begin?(strokes: readonly string[], next: ReturnType<typeof continuations>): void
}

/** Turns keys and text into commands and typing. Its only memory is the first strokes of a longer binding. */
export function createKeyDispatcher(ports: KeyDispatcherPorts): (input: Input) => void {
  let strokes: readonly string[] = []

  const press = (stroke: string, typed: string | null): void => {
    const state = ports.state()
    const found = resolveKeys(ports.keymap, activeContexts(state), [...strokes, stroke])
    const begun = strokes.length > 0
    strokes = found.type === 'prefix' ? [...strokes, stroke] : []
    if (found.type === 'prefix') {
      ports.begin?.(strokes, continuations(ports.keymap, activeContexts(state), strokes))
    }
    if (found.type === 'command') ports.run(found.command)
    else if (found.type === 'none' && begun) press(stroke, typed)
    else if (found.type === 'none' && typed !== null && acceptsText(state)) ports.type(typed)
  }
  return (input) => {
    if (input.type === 'paste') {
      strokes = []
      if (editsText(ports.state())) ports.type(input.text, input.continues)
      else ports.refuse?.(input.text)
    }
    if (input.type === 'key') press(formatStroke(input.key), typedBy(input.key))
    if (input.type === 'text') {
      // Text that was not typed answers no question.
      if (input.atOnce && !editsText(ports.state()) && !beginsText(input.text))
        return ports.refuse?.(input.text)
      typeOrPress(input.text)
      if (input.atOnce?.entered) press('enter', null)
    }
  }

  /** Whether the first character does nothing but open the text that the others are for. */
  function beginsText([first = '']: string): boolean {
    const found = resolveKeys(ports.keymap, activeContexts(ports.state()), [...strokes, first])
    return found.type === 'command' && TEXT_COMMANDS.has(found.command)
  }

  /** Whether a character is a command although text is edited, which is only before the first message, without a model. */
  function isBound(text: string): boolean {
    const [context] = activeContexts(ports.state())
    return context === 'noModel' && ports.keymap.contexts[context].has(text)
  }

  /**
   * While text is edited, characters are not commands, so all that arrive at once are inserted together. The first one after the
   * first strokes of a longer binding belongs to these.
   */
  function typeOrPress(text: string): void {
    let rest = text
    while (rest !== '') {
      const isTyped = strokes.length === 0 && acceptsText(ports.state()) && !isBound(rest)
      const isOne = ports.state().workbench.vim?.awaits !== undefined
      const part = isTyped && !isOne ? rest : String.fromCodePoint(rest.codePointAt(0) ?? 0)
      rest = rest.slice(part.length)
      if (isTyped) ports.type(part)
      else press(strokeOf(part, ports, strokes), part)
    }
  }
}

const TEXT_COMMANDS = new Set([
  'focus.composer',
  'answer.write',
  'conversation.find',
  'memory.find',
  'archival.find',
  'skills.find',
  'conversations.find',
])

/** A letter of another script that nothing is bound to is the shortcut on its key: where text is not edited, only the key counts. */
function strokeOf(
  character: string,
  { keymap, state }: KeyDispatcherPorts,
  begun: readonly string[],
): string {
  if (character === ' ') return 'space'
  const contexts = activeContexts(state())
  const isBound = resolveKeys(keymap, contexts, [...begun, character]).type !== 'none'
  return isBound ? character : (latinKeyOf(character) ?? character)
}

function typedBy(key: Key): string | null {
  if (key.ctrl || key.alt) return null
  if (key.name === 'space') return ' '
  return [...key.name].length === 1 ? key.name : null
}
