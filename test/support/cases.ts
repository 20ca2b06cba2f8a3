import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const beside = join(import.meta.dirname, '../../../shared/cases')

/** A file of the cases that the project is measured with: in $LETTA_CASES, else beside the repository; null when absent. */
export function loadCases(name: string): unknown | null {
  const path = join(process.env['LETTA_CASES'] ?? beside, name)
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null
}
