/** C0 and C1 control characters, except the line feed and the tab: what a terminal may obey. */
const CONTROL_CHARACTERS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g

/** The text without characters that steer a terminal; line feeds and tabs stay. */
export function stripControlCharacters(text: string): string {
  return text.replace(CONTROL_CHARACTERS, '')
}

/** Characters that change the order in which others are displayed, so that a line shows something else than it contains. */
const BIDI_CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** Text that a command writes for a person: nothing in it steers a terminal or reorders what it displays. */
export function toTerminalText(text: string): string {
  return stripControlCharacters(text).replace(BIDI_CONTROLS, '')
}

/** The same for a row of a list: line feeds and tabs become blanks, and nothing stays that has no cell. */
export function toTerminalRow(text: string): string {
  return text.replaceAll(/[\n\r\t\u2028\u2029]/g, ' ').replace(UNPRINTABLE, '')
}

/**
 * Control and format characters, which have no place in a title. A joiner between two pictographs makes one of them, such as a family.
 */
const UNPRINTABLE =
  /(?!(?<=\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)\u200d\p{Extended_Pictographic})[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** The text for a title, on one line: each character that does not print is a blank. */
export function toTitleText(text: string): string {
  return text.replace(UNPRINTABLE, ' ')
}

/** A name of one line that contains only what is seen, with single blanks. */
export function toPlainTitle(text: string): string {
  return toTitleText(text).replace(/\s+/g, ' ').trim()
}

/** The value as JSON, with escapes for what a terminal would obey: JSON itself escapes neither C1 nor bidi controls. */
export function stringifyForTerminal(value: object, indent?: number): string {
  return JSON.stringify(value, null, indent).replaceAll(
    /[\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    jsonEscape,
  )
}

function jsonEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** A name or path for the agent: what could look like markup, or like more than one line, is a question mark. */
export function toPromptName(text: string): string {
  return text.replaceAll(/[<>\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?')
}

/** A name in a list for the agent: one with a line feed would be read as two, so that it is quoted as in JSON. */
export function quoteControls(name: string): string {
  if (!/[\p{Cc}\u2028\u2029]/u.test(name)) return name
  return JSON.stringify(name).replaceAll(/[\x7f-\x9f\u2028\u2029]/g, jsonEscape)
}
