import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { parseArgs } from 'node:util'
import { listRooms, type Mutant, ROOT, readMutants } from './mutants.ts'

/** A mutant that is to be run, and its room. */
export interface Selected {
  readonly room: string
  readonly mutant: Mutant
}

export interface Selection {
  readonly rooms: readonly string[]
  readonly mutants: readonly Selected[]
  /** How long to start new runs. */
  readonly minutes: number
}

/** What the arguments of `npm run mutants` select. */
export function readSelection(args: readonly string[]): Selection | { readonly error: string } {
  const option = { type: 'string' } as const
  const options = { only: option, since: option, minutes: option }
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  const { only = '', since, minutes } = values
  const unknown = positionals.filter((room) => !listRooms().includes(room))
  if (unknown.length > 0) {
    return {
      error: `Unknown room: ${unknown.join(', ')}. Available: ${listRooms().join(', ')}.`,
    }
  }
  const rooms = positionals.length === 0 ? listRooms() : positionals
  const known = since === undefined ? new Set() : mutantsAt(since)
  const mutants = rooms.flatMap((room) =>
    readMutants(room)
      .filter(({ file, why }) => file.includes(only) || why.includes(only))
      .filter((mutant) => !known.has(identityOf(mutant)))
      .map((mutant) => ({ room, mutant })),
  )
  if (minutes === undefined) return { rooms, mutants, minutes: Number.POSITIVE_INFINITY }
  return { rooms, mutants: mix(mutants, git('rev-parse', 'HEAD')), minutes: Number(minutes) }
}

/** The mutants in an order without pattern, which is the same for the same seed. */
export function mix(mutants: readonly Selected[], seed: string): readonly Selected[] {
  const rank = ({ mutant }: Selected): string =>
    createHash('sha1')
      .update(`${seed}${identityOf(mutant)}`)
      .digest('hex')
  return mutants
    .map((selected) => ({ selected, rank: rank(selected) }))
    .sort((one, other) => (one.rank < other.rank ? -1 : 1))
    .map(({ selected }) => selected)
}

function mutantsAt(commit: string): ReadonlySet<string> {
  const listed = git('ls-tree', '--name-only', commit, 'test/mutants/').split('\n')
  const files = listed.filter((name) => name.endsWith('.json'))
  return new Set(
    files.flatMap((file) => {
      const mutants: readonly Mutant[] = JSON.parse(git('show', `${commit}:${file}`))
      return mutants.map(identityOf)
    }),
  )
}

function identityOf({ find, replace }: Mutant): string {
  return JSON.stringify([find, replace])
}

function git(...args: readonly string[]): string {
  const options = { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 2 ** 20 } as const
  return execFileSync('git', args, options).trim()
}
