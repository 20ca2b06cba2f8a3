import { withSuggestion } from '../../lib/util/did-you-mean.ts'

/** What is wrong with a theme or a keymap. Each line begins with the file, as they are shown together. */

export type ConfigKind = 'keymaps' | 'themes'

const LABELS: Readonly<Record<ConfigKind, string>> = { keymaps: 'Keymap', themes: 'Theme' }

export function configFileNotFound(kind: ConfigKind, name: string): string {
  return `${LABELS[kind]} "${name}" not found.`
}

/** `reason`: of the system or the JSON parser. */
export function configFileUnreadable(file: string, reason: string): string {
  return `Cannot read ${file}: ${reason}.`
}

/** `issue`: of the schema. */
export function configFileInvalid(kind: ConfigKind, name: string, issue: string): string {
  return `${LABELS[kind]} ${name} is ignored: ${ended(issue)}`
}

export function styleInvalid(theme: string, style: string, issue: string): string {
  return `Theme ${theme}: style "${style}" is ignored: ${ended(issue)}`
}

function ended(sentence: string): string {
  return /[.?]$/.test(sentence) ? sentence : `${sentence}.`
}

export function parentNotFound(kind: ConfigKind, name: string, parent: string): string {
  return `${LABELS[kind]} ${name}: it inherits from "${parent}", which was not found.`
}

export function inheritsFromItself(kind: ConfigKind, name: string, parent: string): string {
  return `${LABELS[kind]} ${name}: it inherits from "${parent}", which inherits from it.`
}

export function unknownKeyCommand(
  keymap: string,
  context: string,
  keys: string,
  command: string,
  commands: readonly string[],
): string {
  const sentence = `Keymap ${keymap}: ${context} "${keys}": unknown command "${command}".`
  return withSuggestion(sentence, command, commands, quoted)
}

export function quitKeyTaken(keymap: string, context: string, keys: string): string {
  return `Keymap ${keymap}: ${context} "${keys}" is ignored: this key always interrupts and quits.`
}

export function unknownStyle(theme: string, style: string, styles: readonly string[]): string {
  return withSuggestion(`Theme ${theme}: unknown style "${style}".`, style, styles, quoted)
}

export function unknownColor(
  theme: string,
  style: string,
  color: string,
  colors: readonly string[],
): string {
  const sentence = `Theme ${theme}: ${style}: unknown color "${color}".`
  return withSuggestion(sentence, color, colors, quoted)
}

export function missingStyles(theme: string, styles: readonly string[]): string {
  return `Theme ${theme}: missing styles: ${styles.join(', ')}.`
}

function quoted(name: string): string {
  return `"${name}"`
}
