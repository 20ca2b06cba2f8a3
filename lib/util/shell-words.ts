const WORD = /(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/gsu
const PART = /\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'|([^"'\\]+)/gsu

/** The words of a text that is quoted as in a shell; nothing is expanded. A quote that does not end separates words. */
export function shellWords(text: string): readonly string[] {
  return [...text.matchAll(WORD)].map(([word]) =>
    word.replace(PART, (_, escaped?: string, double?: string, single?: string, plain?: string) => {
      if (double !== undefined) return double.replaceAll(/\\(["\\$`])/g, '$1')
      return escaped ?? single ?? plain ?? ''
    }),
  )
}
