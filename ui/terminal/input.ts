import { StringDecoder } from 'node:string_decoder'
import { graphemesOf } from '../../lib/util/graphemes.ts'
import { latinKeyOf } from '../../lib/util/keyboard-layouts.ts'
import { stripControlCharacters } from '../../lib/util/sanitize.ts'
import type { Input } from '../view/types.ts'
import { csiEvent, type TerminalReply } from './csi.ts'
import { ALT, CTRL, characterKeyEvent, controlKeyEvent, keyEvent } from './key-names.ts'
import { CONSOLE_KEYS, LETTERED_KEYS } from './key-tables.ts'

interface DecoderOptions {
  emit(event: Input | TerminalReply): void
  /** Calls `run` after the delay, unless the returned function is called first. */
  delay(milliseconds: number, run: () => void): () => void
}

interface InputDecoder {
  write(bytes: Uint8Array): void
  /** Whether the terminal sends Escape as a sequence: then a lone ESC byte is never the key. */
  hasEscapeKey: boolean
  /** Discards an incomplete sequence or paste. */
  reset(): void
}

/** Decodes the input from a terminal, however it is split into chunks. */
export function createInputDecoder({ emit, delay }: DecoderOptions): InputDecoder {
  let utf8 = new StringDecoder('utf8')
  let buffer = ''
  let pasted: string | null = null
  let hasEscapeKey = false
  let cancelDelay: (() => void) | null = null
  /** The beginning of an answer of the terminal was dropped, or emitted as a key: its rest may still come, and is no typed text. */
  let stalled: 'answer' | 'key' | null = null
  let cancelStall: (() => void) | null = null
  let sendsDelete = false
  let isPasting = false
  let cancelPasting: (() => void) | null = null
  /** Parts of a paste without brackets that are not emitted yet, and the characters of all its parts. */
  let parts: string[] = []
  let held = 0
  let emitted = 0

  const stall = (kind: typeof stalled): void => {
    cancelStall?.()
    stalled = kind
    cancelStall = kind === null ? null : delay(STALL_TIMEOUT_MS, () => stall(null))
  }

  /** Drops the rest of a stalled answer. Returns whether all input was part of it. */
  const dropStalled = (): boolean => {
    if (stalled === 'key' && !ANSWER_REST.test(buffer)) stall(null)
    if (stalled === null) return false
    STRING_END.lastIndex = 0
    const end = STRING_END.exec(buffer)
    const control = buffer.search(/[\x00-\x1f\x7f]/)
    if (end !== null && control === end.index) {
      buffer = buffer.slice(end.index + end[0].length)
      stall(null)
      return buffer === ''
    }
    // ESC can be the first half of the end.
    if (control >= 0 && buffer.slice(control) !== ESC) {
      buffer = buffer.slice(control)
      stall(null)
      return false
    }
    buffer = control < 0 ? '' : ESC
    stall('answer')
    return true
  }

  /** Lines that arrive at once were not typed: a program or a terminal without bracketed paste has sent them. */
  const takeUnbracketed = (): boolean => {
    if (pasted !== null || !PLAIN_PASTE.test(buffer)) return false
    const isFirst = buffer.length >= MIN_PASTE_CHARACTERS && /[\r\n][^\r\n]/.test(buffer)
    if (!isFirst && !isPasting) return false
    parts.push(buffer)
    held += buffer.length
    buffer = ''
    // What receives a part examines it together with those before it: a part as long as these makes that linear.
    if (held >= emitted || held + emitted <= MAX_SMALL_PASTE) emitParts()
    isPasting = true
    cancelPasting?.()
    cancelPasting = delay(PASTE_TIMEOUT_MS, () => {
      // What has arrived while the program was busy is read between two timers.
      cancelPasting = delay(0, endPaste)
    })
    return true
  }

  const emitParts = (): void => {
    if (held === 0) return
    const text = cleanPaste(parts.join(''))
    emit({ type: 'paste', text, ...(isPasting ? { continues: true } : {}) })
    emitted += held
    parts = []
    held = 0
  }

  const endPaste = (): void => {
    emitParts()
    isPasting = false
    emitted = 0
  }

  const decode = (isLate: boolean): void => {
    let from = 0
    while (from < buffer.length) {
      if (pasted !== null) {
        const { taken, text, isComplete } = takePaste(buffer, from)
        pasted += text
        from += taken
        if (!isComplete) break
        emit({ type: 'paste', text: cleanPaste(pasted) })
        pasted = null
        continue
      }
      if (buffer[from] === '\x7f') sendsDelete = true
      if (isControlBackspace(buffer, from, sendsDelete)) {
        emit(keyEvent('backspace', CTRL))
        from++
        continue
      }
      const token =
        buffer[from] === ESC ? takeEscape(buffer, from, isLate) : takePlain(buffer, from)
      if (token === null) break
      if (isLate && STRING_BEGUN.test(buffer.slice(from))) {
        stall(buffer.length - from === 2 ? 'key' : 'answer')
      }
      from += token.length
      if (token.events === 'paste') pasted = ''
      else token.events.forEach(emit)
    }
    buffer = buffer.slice(from)
  }

  const waitForRest = (): void => {
    if (buffer === '' || pasted !== null) return
    const mayBeKey = buffer.length <= 2 && !STRING_BEGUN.test(buffer)
    if (mayBeKey && hasEscapeKey) return
    cancelDelay = delay(mayBeKey ? KEY_TIMEOUT_MS : SEQUENCE_TIMEOUT_MS, () => {
      cancelDelay = null
      decode(true)
      waitForRest()
    })
  }

  return {
    write(bytes) {
      cancelDelay?.()
      cancelDelay = null
      const isEmpty = buffer === ''
      buffer += utf8.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
      if (stalled !== null && dropStalled()) return waitForRest()
      if (isEmpty && takeUnbracketed()) return
      emitParts()
      decode(false)
      waitForRest()
    },
    reset() {
      cancelDelay?.()
      cancelDelay = null
      stall(null)
      endPaste()
      utf8 = new StringDecoder('utf8')
      buffer = ''
      pasted = null
    },
    get hasEscapeKey() {
      return hasEscapeKey
    },
    set hasEscapeKey(has) {
      hasEscapeKey = has
    },
  }
}

type Event = Input | TerminalReply

/** What the next `length` characters mean: events, or the beginning of a paste. */
interface InputToken {
  readonly length: number
  readonly events: readonly Event[] | 'paste'
}

function tokenOf(length: number, event: Event | 'paste' | null): InputToken {
  if (event === 'paste') return { length, events: event }
  return { length, events: event === null ? [] : [event] }
}

const ESC = '\x1b'

/** How long ESC may be the beginning of a sequence. */
const KEY_TIMEOUT_MS = 30
/** How long the rest of a sequence may take. Its incomplete beginning is then dropped, as it must not count as typed text. */
const SEQUENCE_TIMEOUT_MS = 500
/** How long the rest of an answer that has stalled is waited for. */
const STALL_TIMEOUT_MS = 3_000
/** The beginning of an answer: an operating system command, a device control string and the like. */
const STRING_BEGUN = /^\x1b[\]P_^X]/
/** How the answers to the queries of letta continue after their first two characters. */
const ANSWER_REST = /^(\d+;|[01]?[$+]r|[>!]\||G)/
/** Text with line ends and tabs, without keys. */
const PLAIN_PASTE = /^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+$/
/** Shorter lines can be typed ahead while the program is busy. */
const MIN_PASTE_CHARACTERS = 20
const PASTE_TIMEOUT_MS = 50
/** Parts of a paste up to this length appear as they arrive. */
const MAX_SMALL_PASTE = 65_536
const MAX_SEQUENCE_CHARACTERS = 64
const MAX_STRING_CHARACTERS = 65_536

const PASTE_END = '\x1b[201~'

function takePaste(
  buffer: string,
  from: number,
): { taken: number; text: string; isComplete: boolean } {
  const end = buffer.indexOf(PASTE_END, from)
  if (end >= 0) {
    return { taken: end + PASTE_END.length - from, text: buffer.slice(from, end), isComplete: true }
  }
  const begun = buffer.indexOf(ESC, Math.max(from, buffer.length - PASTE_END.length + 1))
  const cut = begun >= 0 && PASTE_END.startsWith(buffer.slice(begun)) ? begun : buffer.length
  return { taken: cut - from, text: buffer.slice(from, cut), isComplete: false }
}

function cleanPaste(text: string): string {
  return stripControlCharacters(text.replace(/\r\n?/g, '\n'))
}

const TYPED = /[^\x00-\x1f\x7f-\x9f]+/y

function takePlain(buffer: string, from: number): InputToken {
  TYPED.lastIndex = from
  const run = TYPED.exec(buffer)?.[0]
  if (run !== undefined) return takeText(run, buffer[from + run.length] === '\r')
  const code = buffer.charCodeAt(from)
  return tokenOf(1, code < 0x20 || code === 0x7f ? controlKeyEvent(code) : null)
}

/** Where Backspace sends DEL, BS is Ctrl+Backspace; in other terminals it is Backspace itself. */
function isControlBackspace(buffer: string, from: number, sendsDelete: boolean): boolean {
  return sendsDelete && buffer[from] === '\b'
}

/** More characters are typed between two reads only if they are one key that is held. */
const MAX_TYPED_CLUSTERS = 4

/** More than a person types between two reads is one text, with an Enter that directly follows it. */
function takeText(text: string, isEntered: boolean): InputToken {
  const clusters = graphemes(text)
  if (clusters.length <= MAX_TYPED_CLUSTERS || new Set(clusters).size <= 2) {
    return {
      length: text.length,
      events: clusters.map((cluster) => ({ type: 'text', text: cluster })),
    }
  }
  const atOnce = { entered: isEntered }
  return tokenOf(text.length + (isEntered ? 1 : 0), { type: 'text', text, atOnce })
}

function graphemes(text: string): readonly string[] {
  if (/^[\x20-\x7e]*$/.test(text)) return text.split('')
  return Array.from(graphemesOf(text), ({ segment }) => segment)
}

/** null: the sequence is incomplete. `isLate`: the timeout has passed without more input. */
function takeEscape(buffer: string, from: number, isLate: boolean): InputToken | null {
  const next = buffer[from + 1]
  if (next === undefined) return isLate ? tokenOf(1, keyEvent('escape')) : null
  if (next === ESC) return tokenOf(1, keyEvent('escape'))
  const take = SEQUENCES[next]
  if (take === undefined) return altKey(buffer, from)
  const token = take(buffer, from, isLate)
  if (token !== null || !isLate) return token
  const rest = buffer.length - from
  return rest === 2 ? altKey(buffer, from) : tokenOf(rest, null)
}

function altKey(buffer: string, from: number): InputToken {
  const code = buffer.codePointAt(from + 1) ?? 0
  if (code < 0x20 || code === 0x7f) return tokenOf(2, controlKeyEvent(code, ALT))
  const character = String.fromCodePoint(code)
  const key = latinKeyOf(character) ?? character
  return tokenOf(1 + character.length, characterKeyEvent(key, ALT))
}

const SEQUENCES: Readonly<
  Record<string, (buffer: string, from: number, isLate: boolean) => InputToken | null>
> = {
  '[': takeCsi,
  O: takeSs3,
  ']': takeString,
  P: takeString,
  X: takeString,
  '^': takeString,
  _: takeString,
}

const STRING_END = /\x07|\x1b\\|\x9c/g

function takeString(buffer: string, from: number): InputToken | null {
  STRING_END.lastIndex = from + 2
  const end = STRING_END.exec(buffer)
  if (end !== null) {
    const length = end.index + end[0].length - from
    return tokenOf(length, { type: 'reply', text: buffer.slice(from, from + length) })
  }
  return buffer.length - from > MAX_STRING_CHARACTERS ? tokenOf(buffer.length - from, null) : null
}

function takeSs3(buffer: string, from: number): InputToken | null {
  const letter = buffer[from + 2]
  if (letter === undefined) return null
  if (letter === 'M') return tokenOf(3, keyEvent('enter'))
  const name = LETTERED_KEYS[letter]
  return name === undefined ? altKey(buffer, from) : tokenOf(3, keyEvent(name))
}

const CSI = /\x1b\[([<=>?]?)([\d;:]*)([ -/]*)([@-~])/y
const CSI_BEGUN = /\x1b\[[0-?]*[ -/]*$/y

function takeCsi(buffer: string, from: number): InputToken | null {
  const third = buffer[from + 2]
  if (third === '[') {
    const letter = buffer[from + 3]
    if (letter === undefined) return null
    const name = CONSOLE_KEYS[letter]
    return tokenOf(4, name === undefined ? null : keyEvent(name))
  }
  // Three bytes follow the old form of a mouse report, which only terminals without the new one send.
  if (third === 'M') return buffer.length - from < 6 ? null : tokenOf(6, null)
  CSI.lastIndex = from
  const match = CSI.exec(buffer)
  if (match !== null) {
    const [sequence, prefix = '', parameters = '', intermediate = '', final = ''] = match
    const event = csiEvent({ text: sequence, prefix, parameters, intermediate, final })
    return tokenOf(sequence.length, event)
  }
  CSI_BEGUN.lastIndex = from
  const mayContinue = buffer.length - from < MAX_SEQUENCE_CHARACTERS && CSI_BEGUN.test(buffer)
  return mayContinue ? null : tokenOf(malformedLength(buffer, from), null)
}

/** The length of a malformed sequence, up to the character that makes it invalid. */
function malformedLength(buffer: string, from: number): number {
  let end = from + 2
  while (end < buffer.length && /[ -?]/.test(buffer[end] ?? '')) end++
  return end - from
}
