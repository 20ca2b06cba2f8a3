import { type Row, rowText } from './row.ts'

/** Before each line of a code block. */
export const CODE_GUTTER = '│ '

/** Before the rows that continue a line. */
export const CONTINUED_GUTTER = '╎ '

/** Before the language of a code block, in the row above its lines. */
export const CODE_CORNER = '┌'

/** Whether it is the row with the language of a code block, which may be in a list. */
export function isCodeHeader(line: Row): boolean {
  return rowText(line).trimStart().startsWith(`${CODE_CORNER} `)
}

/** Whether it is a row of a code block, which may be in a list. */
export function isCodeRow(line: Row): boolean {
  const text = rowText(line).trimStart()
  return text.startsWith(CODE_GUTTER) || text.startsWith(CONTINUED_GUTTER)
}
