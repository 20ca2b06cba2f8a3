/** The lines of a text with their line feeds, so that a missing last one makes a difference. */
export function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}
