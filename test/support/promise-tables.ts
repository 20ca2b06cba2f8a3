import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

const TESTS = path.join(import.meta.dirname, '..')

/** A row of a table of promises: the promise, and the file and the title of the test that verifies it. */
export interface PromiseRow {
  readonly promise: string
  readonly file: string
  readonly title: string
}

/** The rows of all tables in a page of `test/`. */
export function readRows(page: string): readonly PromiseRow[] {
  return readPage(page)
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| --- |\| test \|$/.test(line))
    .map((line) => {
      const cells = line.split(' | ').map((cell) => cell.replaceAll(/^\| | \|$/g, '').trim())
      const [promise = '', file = '', title = ''] = cells
      return { promise, file, title: title.replaceAll('&#124;', '|') }
    })
}

/** The rows of `docs/faults.md`: kind, symptom, what letta does, file, test. */
export function readFaults(): readonly (PromiseRow & { readonly cells: readonly string[] })[] {
  return readPage('../docs/faults.md')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| --- |\| test \|$/.test(line))
    .map((line) => {
      const cells = line.replaceAll(/^\| | \|$/g, '').split(' | ')
      const [promise = '', , , file = '', title = ''] = cells
      return { promise, file, title: title.replaceAll('&#124;', '|'), cells }
    })
}

/** The ids of the rules that a page of `test/` lists: its items that begin with a bold id. */
export function readRuleIds(page: string): readonly string[] {
  return [...readPage(page).matchAll(/^- \*\*(\S+)\*\* /gm)].map(([, id = '']) => id)
}

/** The rows whose file does not exist or does not contain their title. */
export function findRowsWithoutTest(rows: readonly PromiseRow[]): readonly PromiseRow[] {
  return rows.filter(({ file, title }) => {
    const test = path.join(TESTS, file)
    return !existsSync(test) || !readFileSync(test, 'utf8').includes(title)
  })
}

function readPage(page: string): string {
  return readFileSync(path.join(TESTS, page), 'utf8')
}
