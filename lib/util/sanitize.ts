/** C0 and C1 control characters, except the line feed and the tab: what a terminal may obey. */
const CONTROL_CHARACTERS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g

/** The text without characters that steer a terminal; line feeds and tabs stay. */
export function stripControlCharacters(text: string): string {
  return text.replace(CONTROL_CHARACTERS, '')
}
