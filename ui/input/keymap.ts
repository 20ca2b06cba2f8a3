import * as z from 'zod'
import { quitKeyTaken, unknownKeyCommand } from '../messages/config-files.ts'
import { configFileHeader } from '../theme/config-file-header.ts'
import { inheritedLayers } from '../theme/inheritance.ts'
import type { Key } from '../view/types.ts'

/** Where a binding applies. `activeContexts` orders them: the first one that binds a key wins. */
export const CONTEXTS = [
  'global',
  'text',
  'insert',
  'normal',
  'visual',
  'noModel',
  'working',
  'composer',
  'completion',
  'conversation',
  'find',
  'memory',
  'memoryText',
  'memoryHistory',
  'memoryEditor',
  'memoryMerge',
  'archival',
  'changes',
  'skills',
  'jobs',
  'conversations',
  'conversationsFind',
  'approval',
  'approvalEditor',
  'approvalQuestion',
  'approvalAnswer',
  'picker',
  'prompt',
  'ruleDialog',
  'question',
  'unsavedBlock',
  'help',
  'learned',
] as const
export type KeyContext = (typeof CONTEXTS)[number]

/** Key sequences (`g g`), as they are written in the file, to command ids. */
export type Bindings = ReadonlyMap<string, string>

export interface Keymap {
  readonly name: string
  readonly contexts: Readonly<Record<KeyContext, Bindings>>
}

/** Whether texts are edited in modes, as in vim. */
export function hasModes({ contexts }: Keymap): boolean {
  return contexts.normal.size > 0
}

const contextSchema = z.record(z.string(), z.string().nullable())

/** A keymap file, as it is documented and as it is read. */
export const keymapFileSchema = z.strictObject({
  ...configFileHeader(
    'Another keymap, by the name of its file. What this file does not bind is taken from it.',
  ),
  bindings: z
    .partialRecord(z.enum(CONTEXTS), contextSchema)
    .default({})
    .describe(
      'For each context: keys to the ids of commands. A key that is bound to null does nothing there.',
    ),
})

export interface ParsedKeymap {
  readonly keymap: Keymap
  /** What is wrong with the file. All that is valid is used. */
  readonly problems: readonly string[]
}

/**
 * A keymap from its file's JSON. `lookup` gives the JSON of the other keymap files, `commands` are the ids of all commands: other
 * ids are reported with the nearest name.
 */
export function parseKeymap(
  json: unknown,
  name: string,
  lookup: (name: string) => unknown,
  commands: readonly string[],
): ParsedKeymap {
  const problems: string[] = []
  const read = (wanted: string): unknown => (wanted === name ? json : lookup(wanted))
  const layers = inheritedLayers('keymaps', keymapFileSchema, name, read, problems)
  const contexts = noBindings()
  for (const layer of layers.toReversed()) {
    for (const context of CONTEXTS) {
      const bound = applyLayer(contexts[context], layer.content.bindings[context] ?? {})
      for (const [keys, command] of bound) {
        if (commands.includes(command)) continue
        bound.delete(keys)
        problems.push(unknownKeyCommand(layer.name, context, keys, command, commands))
      }
      contexts[context] = bound
    }
  }
  return { keymap: { name, contexts: withQuitKeys(name, contexts, problems) }, problems }
}

/** Ctrl+C leads out in every context, whatever a keymap binds it to; Ctrl+D where no more specific context has it. */
const QUIT_KEY = 'ctrl+c'
const QUIT_COMMANDS = ['app.interrupt', 'app.quit']
const QUIT_BINDINGS: Bindings = new Map([
  [QUIT_KEY, 'app.interrupt'],
  ['ctrl+d', 'app.quitWhenEmpty'],
])

function withQuitKeys(
  name: string,
  contexts: Readonly<Record<KeyContext, Bindings>>,
  problems: string[],
): Record<KeyContext, Bindings> {
  const safe = { ...contexts }
  for (const context of CONTEXTS) {
    const kept = [...contexts[context]].filter(([keys, command]) => {
      const isTaken =
        keys === QUIT_KEY ? !QUIT_COMMANDS.includes(command) : keys.startsWith(`${QUIT_KEY} `)
      const hidesGlobal = context === 'global' && keys.startsWith('ctrl+d ')
      if (isTaken || hidesGlobal) problems.push(quitKeyTaken(name, context, keys))
      return !isTaken && !hidesGlobal
    })
    safe[context] = new Map(kept)
  }
  const { global } = safe
  const missing = [...QUIT_BINDINGS].filter(([keys]) => !global.has(keys))
  safe.global = new Map([...global, ...missing])
  return safe
}

function noBindings(): Record<KeyContext, Bindings> {
  const none: Bindings = new Map()
  const contexts = Object.fromEntries(CONTEXTS.map((context) => [context, none]))
  return contexts as Record<KeyContext, Bindings>
}

function applyLayer(base: Bindings, layer: Readonly<Record<string, string | null>>) {
  const bindings = new Map(base)
  for (const [written, command] of Object.entries(layer)) {
    const keys = normalizeKeys(written)
    if (command === null) bindings.delete(keys)
    else bindings.set(keys, command)
  }
  return bindings
}

/** Modifiers in one order, so that `shift+ctrl+x` and `ctrl+shift+x` are one key. */
function normalizeKeys(written: string): string {
  return written.split(' ').map(normalizeStroke).join(' ')
}

function normalizeStroke(stroke: string): string {
  const parts = stroke === '+' ? ['+'] : stroke.split('+')
  const name = parts.at(-1) || '+'
  const has = (modifier: string): boolean => parts.slice(0, -1).includes(modifier)
  return formatStroke({ name, ctrl: has('ctrl'), alt: has('alt'), shift: has('shift') })
}

/** A key as keymaps write it: `ctrl+alt+shift+name`. Shift is part of a character itself (`A`, `?`). */
export function formatStroke(key: Key): string {
  const shift = key.shift && key.name.length > 1
  return `${key.ctrl ? 'ctrl+' : ''}${key.alt ? 'alt+' : ''}${shift ? 'shift+' : ''}${key.name}`
}

type KeyResolution =
  | { readonly type: 'command'; readonly command: string }
  /** The first strokes of a longer binding. */
  | { readonly type: 'prefix' }
  | { readonly type: 'none' }

/** What the strokes so far mean in the first context that binds them. */
export function resolveKeys(
  keymap: Keymap,
  contexts: readonly KeyContext[],
  strokes: readonly string[],
): KeyResolution {
  const keys = strokes.join(' ')
  for (const context of contexts) {
    const command = keymap.contexts[context].get(keys)
    if (command !== undefined) return { type: 'command', command }
    for (const bound of keymap.contexts[context].keys()) {
      if (bound.startsWith(`${keys} `)) return { type: 'prefix' }
    }
  }
  return { type: 'none' }
}

/** What may follow the first strokes of longer bindings: the other strokes and the command. */
export function continuations(
  keymap: Keymap,
  contexts: readonly KeyContext[],
  strokes: readonly string[],
): readonly (readonly [string, string])[] {
  const begun = `${strokes.join(' ')} `
  const found = new Map<string, string>()
  for (const context of contexts) {
    for (const [keys, command] of keymap.contexts[context]) {
      const rest = keys.startsWith(begun) ? keys.slice(begun.length) : ''
      if (rest !== '' && !found.has(rest)) found.set(rest, command)
    }
  }
  return [...found]
}

/** The first key that runs a command in these contexts, for hints. Null when none does, because another context binds its key. */
export function keyFor(
  keymap: Keymap,
  contexts: readonly KeyContext[],
  command: string,
): string | null {
  const found = foundKeys.get(keymap) ?? new Map<string, string | null>()
  foundKeys.set(keymap, found)
  const question = `${contexts.join()} ${command}`
  const known = found.get(question)
  if (known !== undefined) return known
  const keys = searchKey(keymap, contexts, command)
  const shown = keys === null ? null : withArrows(keys)
  found.set(question, shown)
  return shown
}

/** Hints look up the same keys in each frame. The number of questions is that of commands and of lists of contexts. */
const foundKeys = new WeakMap<Keymap, Map<string, string | null>>()

/** `right` in front of a word reads like a part of the sentence. */
function withArrows(keys: string): string {
  return keys.replaceAll(
    /(?<=^|[ +])(?:up|down|left|right)(?= |$)/g,
    (name) => ARROWS[name] ?? name,
  )
}

const ARROWS: Readonly<Record<string, string>> = { up: '↑', down: '↓', left: '←', right: '→' }

function searchKey(
  keymap: Keymap,
  contexts: readonly KeyContext[],
  command: string,
): string | null {
  for (const context of contexts) {
    for (const [keys, bound] of keymap.contexts[context]) {
      if (bound === command && reachesCommand(keymap, contexts, keys, command)) return keys
    }
  }
  return null
}

/** Whether the strokes, pressed one after another, run this command and no other before it. */
function reachesCommand(
  keymap: Keymap,
  contexts: readonly KeyContext[],
  keys: string,
  command: string,
): boolean {
  const strokes = keys.split(' ')
  return strokes.every((_, index) => {
    const found = resolveKeys(keymap, contexts, strokes.slice(0, index + 1))
    if (index < strokes.length - 1) return found.type === 'prefix'
    return found.type === 'command' && found.command === command
  })
}
