import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

const TESTS = path.join(import.meta.dirname, '..')

/** One line of a table like `SEED.md`: what is promised, and the file and title of the test that holds it. */
export interface Row {
  readonly promise: string
  readonly file: string
  readonly title: string
}

/** The rows of all tables in a page of `test/`. */
export function rowsOf(page: string): readonly Row[] {
  return readFileSync(path.join(TESTS, page), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| --- |\| test \|$/.test(line))
    .map((line) => {
      const cells = line.split(' | ').map((cell) => cell.replaceAll(/^\| | \|$/g, '').trim())
      const [promise = '', file = '', title = ''] = cells
      return { promise, file, title: title.replaceAll('&#124;', '|') }
    })
}

/** Those that name a file or a title that is not there. */
export function rowsWithoutTest(rows: readonly Row[]): readonly Row[] {
  return rows.filter(({ file, title }) => {
    const at = path.join(TESTS, file)
    return !existsSync(at) || !readFileSync(at, 'utf8').includes(title)
  })
}
