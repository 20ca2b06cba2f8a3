/** The first and the last line of a conflict as git writes it. */
const MARKS: readonly RegExp[] = [/^<{7}(?: |\r?$)/m, /^>{7}(?: |\r?$)/m]

/** Whether a text has an unresolved conflict that the text before did not have. */
export function gainsConflict(before: string, after: string): boolean {
  const hasConflict = (text: string): boolean => MARKS.every((mark) => mark.test(text))
  return hasConflict(after) && !hasConflict(before)
}
