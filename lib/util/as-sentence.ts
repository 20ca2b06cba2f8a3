/** The text with a full stop, unless it ends with another mark: the texts of providers often have none, and another sentence follows. */
export function asSentence(text: string): string {
  return /[.!?:…]$/.test(text) ? text : `${text}.`
}
