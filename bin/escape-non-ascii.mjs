/**
 * A program with an escape for each character beyond ASCII, which means the same in strings, names and regular expressions. A backslash
 * before such a character means nothing, and would otherwise escape the escape.
 */
export function escapeNonAscii(code) {
  return code.replaceAll(/(\\*)([^\x00-\x7f])/g, (_, backslashes, unit) => {
    const kept = backslashes.length % 2 === 0 ? backslashes : backslashes.slice(1)
    return `${kept}\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
