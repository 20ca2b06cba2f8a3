import { readFileSync } from 'node:fs'
import path from 'node:path'

/** The data of acceptance tests: `test/cases/README.md` describes each file and the format of its cases. */
export const CASES = path.join(import.meta.dirname, '../cases')

/** The parsed content of a file of `test/cases`. Throws when it is missing or empty, so that no case is skipped for lack of data. */
export function loadCases(name: string): unknown {
  const file = JSON.parse(readFileSync(path.join(CASES, name), 'utf8'))
  if (!Array.isArray(file.cases) || file.cases.length === 0) throw new Error(`${name} has no cases`)
  return file
}
