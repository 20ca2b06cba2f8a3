import { type Row, rowText } from './row.ts'

/** Before each line of a code block. */
export const CODE_GUTTER = '│ '

/** Whether it is a row of a code block, which may be in a list. */
export function isCodeRow(line: Row): boolean {
  return rowText(line).trimStart().startsWith(CODE_GUTTER)
}
