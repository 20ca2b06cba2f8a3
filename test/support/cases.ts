import { readFileSync } from 'node:fs'
import path from 'node:path'

/** The data of acceptance tests: `test/cases/README.md` says what each file is and how a case is read. */
export const CASES = path.join(import.meta.dirname, '../cases')

/** The parsed content of a file of `test/cases`. Throws where it is missing: a case is never skipped for want of data. */
export function loadCases(name: string): unknown {
  return JSON.parse(readFileSync(path.join(CASES, name), 'utf8'))
}
