import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'

export const ROOT = path.join(import.meta.dirname, '../..')

const mutantSchema = z.strictObject({
  file: z.string().describe('The source file, relative to the root of the repository.'),
  find: z.string().min(1).describe('A text that occurs exactly once in the file.'),
  replace: z.string().describe('What is put in its place: a small, realistic mistake.'),
  why: z.string().min(1).describe('What a user would suffer from the mistake.'),
  tests: z.array(z.string()).min(1).describe('The test files that must notice it.'),
})

export type Mutant = z.infer<typeof mutantSchema>

/** The names of the rooms that have mutants: `test/mutants/<room>.json`. */
export function listRooms(): readonly string[] {
  return readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.json'))
    .map((name) => path.basename(name, '.json'))
    .sort()
}

export function readMutants(room: string): readonly Mutant[] {
  const text = readFileSync(path.join(import.meta.dirname, `${room}.json`), 'utf8')
  return z.array(mutantSchema).parse(JSON.parse(text))
}

/** Why a mutant cannot be run, one line per reason; empty when it can. */
export function findDefects({ file, find, replace, tests }: Mutant): readonly string[] {
  const missing = [file, ...tests].filter((name) => !existsSync(path.join(ROOT, name)))
  if (missing.length > 0) return missing.map((name) => `${name} does not exist.`)
  const count = readFileSync(path.join(ROOT, file), 'utf8').split(find).length - 1
  const defects = count === 1 ? [] : [`${file} contains the text ${count} times: ${find}`]
  return find === replace ? [...defects, `${file} is not changed by the mutant: ${find}`] : defects
}

/** The text of the mutant's file with the mistake in it. */
export function mutate(source: string, { find, replace }: Mutant): string {
  return source.replace(find, () => replace)
}
