import { latinKeyOf } from '../../lib/util/keyboard-layouts.ts'
import type { Input } from '../view/types.ts'
import { ALT, CTRL, characterKeyEvent, keyEvent, META, SHIFT, SUPER_OR_HYPER } from './key-names.ts'
import { CODED_KEYS, KEYPAD_TEXT, LETTERED_KEYS, NUMBERED_KEYS } from './key-tables.ts'

/** The reply of the terminal to a query. */
export interface TerminalReply {
  readonly type: 'reply'
  readonly text: string
}

/** A control sequence: `ESC [ prefix parameters intermediate final`. */
interface Csi {
  readonly text: string
  readonly prefix: string
  readonly parameters: string
  readonly intermediate: string
  readonly final: string
}

/** What a control sequence from the terminal means; null for a sequence that is ignored. */
export function csiEvent(csi: Csi): Input | TerminalReply | 'paste' | null {
  const { text, prefix, parameters, intermediate, final } = csi
  if (prefix === '<' && (final === 'M' || final === 'm'))
    return mouseEvent(parameters, final === 'm')
  if (prefix !== '' || intermediate !== '') return { type: 'reply', text }
  return plainCsiEvent(final, parameters, text)
}

function plainCsiEvent(
  final: string,
  parameters: string,
  text: string,
): Input | TerminalReply | 'paste' | null {
  const fields = parameters.split(';')
  const [code = 0, , baseKey = 0] = numbers(fields[0])
  const [written = 1, kind = 1] = numbers(fields[1])
  const modifiers = Math.max(0, written - 1)
  if (final === '~' && code === 200) return 'paste'
  if (parameters === '' && (final === 'I' || final === 'O'))
    return { type: 'focus', focused: final === 'I' }
  const isCursorReport = final === 'R' && (code > 1 || modifiers > META * 2)
  if (isCursorReport) return { type: 'reply', text }
  if (kind === RELEASED) return null
  if (final === 'u') return codedKey({ code, baseKey, modifiers, text: numbers(fields[2]) })
  if (final === '~' && code === 27 && fields.length > 2)
    return codedKey({ code: numbers(fields[2])[0] ?? 0, baseKey: 0, modifiers, text: [] })
  const name = final === '~' ? NUMBERED_KEYS[code] : LETTERED_KEYS[final]
  if (name === undefined) return final === '~' ? null : { type: 'reply', text }
  if (modifiers & SUPER_OR_HYPER) return null
  return keyEvent(name, final === 'Z' ? modifiers | SHIFT : modifiers)
}

const RELEASED = 3

function numbers(field: string | undefined): readonly number[] {
  return field === undefined || field === '' ? [] : field.split(':').map(Number)
}

interface CodedKey {
  readonly code: number
  /** The code of the key in the standard layout; 0 when the terminal does not report it. */
  readonly baseKey: number
  readonly modifiers: number
  /** The code points that the key types. */
  readonly text: readonly number[]
}

/** A key by its code point, as kitty's protocol and xterm's modifyOtherKeys send it. */
function codedKey({ code, baseKey, modifiers, text }: CodedKey): Input | TerminalReply | null {
  if (modifiers & SUPER_OR_HYPER) return null
  const typed = KEYPAD_TEXT[code] ?? printable(text)
  const isPlain = (modifiers & (CTRL | ALT | META)) === 0
  if (isPlain && typed !== undefined) return { type: 'text', text: typed }
  const name = CODED_KEYS[code]
  if (isPlain && name === 'space') return { type: 'text', text: ' ' }
  if (name !== undefined) return keyEvent(name, modifiers)
  const character = typed ?? printable([code])
  if (character === undefined) return null
  const shifted = modifiers & SHIFT ? character.toUpperCase() : character
  if (isPlain) return { type: 'text', text: shifted }
  // A shortcut belongs to the key, whatever the layout types with it.
  const base = character > '~' ? printable(baseKey === 0 ? [] : [baseKey]) : undefined
  if (base === undefined) return characterKeyEvent(latinKeyOf(shifted) ?? shifted, modifiers)
  return characterKeyEvent(modifiers & SHIFT ? base.toUpperCase() : base, modifiers)
}

function printable(codes: readonly number[]): string | undefined {
  if (codes.length === 0 || codes.length > 8) return undefined
  const isText = codes.every((code) => code >= 0x20 && code <= 0x10ffff && !isUntypable(code))
  return isText ? String.fromCodePoint(...codes) : undefined
}

/** Control characters, surrogates, and the private codes of kitty for keys such as Shift. */
function isUntypable(code: number): boolean {
  return (
    (code >= 0x7f && code < 0xa0) ||
    (code >= 0xd800 && code <= 0xdfff) ||
    (code >= 57344 && code <= 63743)
  )
}

const BUTTONS = ['left', 'middle', 'right'] as const
const MOVED = 32
const WHEEL = 64
const EXTRA_BUTTONS = 128

function mouseEvent(parameters: string, isRelease: boolean): Input | TerminalReply | null {
  const [bits = 0, column = 1, row = 1] = parameters.split(';').map(Number)
  if (bits & EXTRA_BUTTONS || Number.isNaN(bits + column + row)) return null
  const place = { x: Math.max(0, column - 1), y: Math.max(0, row - 1), part: null }
  const button = BUTTONS[bits & 3] ?? null
  if (bits & WHEEL) {
    // 2 and 3 report a wheel that is tilted sideways.
    if ((bits & 3) > 1 || isRelease) return null
    const action = bits & 1 ? 'wheelDown' : 'wheelUp'
    return { type: 'mouse', action, button: null, ...place }
  }
  if (bits & MOVED) return button && { type: 'mouse', action: 'drag', button, ...place }
  return { type: 'mouse', action: isRelease ? 'release' : 'press', button, ...place }
}
