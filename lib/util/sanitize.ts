/** C0 and C1 control characters, except the line feed and the tab: what a terminal may obey. */
const CONTROL_CHARACTERS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g

/** The text without characters that steer a terminal; line feeds and tabs stay. */
export function stripControlCharacters(text: string): string {
  return text.replace(CONTROL_CHARACTERS, '')
}

/** The value as JSON: JSON does not escape C1 control characters, and a terminal executes them. */
export function stringifyForTerminal(value: object, indent?: number): string {
  return JSON.stringify(value, null, indent).replaceAll(
    /[\u007f-\u009f]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
