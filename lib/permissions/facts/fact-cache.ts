import path from 'node:path'
import { lettaDirectoryOf } from '../../fs/letta-directory.ts'
import type { ProjectBounds } from '../types.ts'
import type { DirectoryTree, FactSource, FsView, TrackedFiles } from './facts.ts'

/**
 * Runs a pure evaluation with the facts that it needs. Which facts those are is known only while evaluating (a wildcard,
 * a `cd` through a link), so the evaluation runs, is given a guess for each fact that has not been read yet, and its
 * result is dropped; then the missing facts are read, all at once, and it runs again, until nothing is missing. Most
 * evaluations run once or twice. After `MAX_ROUNDS`, or too many questions of one kind, the view is marked as exhausted.
 */
export async function withFacts<Value>(
  bounds: ProjectBounds,
  source: FactSource,
  evaluate: (view: FsView) => Value,
): Promise<Value> {
  const cache = new FactCache(bounds, source)
  // Nearly every evaluation asks for these.
  cache.resolve(bounds.directory)
  cache.resolve(bounds.home)
  await cache.readMissing()
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const value = evaluate(cache)
    if (cache.isComplete) return value
    await cache.readMissing()
  }
  cache.giveUp()
  return evaluate(cache)
}

/** Each round can follow one more link in a chain of `cd` commands; real chains are shorter. */
const MAX_ROUNDS = 12

const MAX_PATHS = 2_000

/** For each, git is started. */
const MAX_REPOSITORIES = 50

class FactCache implements FsView {
  readonly directory: string
  readonly home: string
  readonly lettaDirectory: string
  readonly readable: readonly string[]
  readonly programs: readonly string[]
  readonly shims: readonly string[]
  readonly grepFollowsLinks: boolean
  readonly isTrusted: boolean
  private hasTooManyRounds = false
  readonly expansions = new Map<string, readonly string[] | null>()
  private readonly source: FactSource
  private readonly paths = new FactTable<string>(MAX_PATHS)
  private readonly names = new FactTable<readonly string[] | null>(MAX_PATHS)
  private readonly trees = new FactTable<DirectoryTree>(MAX_PATHS)
  private readonly existing = new FactTable<boolean>(MAX_PATHS)
  private readonly gitDangers = new FactTable<string | null>(MAX_REPOSITORIES)
  private readonly gitWriteDangers = new FactTable<string | null>(MAX_REPOSITORIES)
  private readonly gitRemoteDangers = new FactTable<string | null>(MAX_REPOSITORIES)
  private readonly gitTops = new FactTable<string | null>(MAX_REPOSITORIES)
  private readonly linked = new FactTable<boolean>(MAX_REPOSITORIES)
  private readonly unhidden = new FactTable<readonly string[]>(MAX_PATHS)
  private readonly tracked = new FactTable<TrackedFiles>(MAX_REPOSITORIES)

  constructor(bounds: ProjectBounds, source: FactSource) {
    const {
      directory,
      home,
      lettaDirectory = lettaDirectoryOf(home),
      readable,
      programs = [],
      shims = [],
      grepFollowsLinks = false,
      isTrusted = false,
    } = bounds
    this.directory = directory
    this.home = home
    this.lettaDirectory = lettaDirectory
    this.readable = readable
    this.programs = programs
    this.shims = shims
    this.grepFollowsLinks = grepFollowsLinks
    this.isTrusted = isTrusted
    this.source = source
  }

  resolve(file: string): string {
    return this.paths.get(file, path.normalize(file), () => this.source.resolve(file))
  }

  listNames(directory: string): readonly string[] | null {
    return this.names.get(directory, null, () => this.source.listNames(directory))
  }

  listTree(directory: string, roots: readonly string[]): DirectoryTree {
    const key = JSON.stringify([directory, roots])
    return this.trees.get(key, { type: 'missing' }, () => this.source.listTree(directory, roots))
  }

  exists(file: string): boolean {
    return this.existing.get(file, true, () => this.source.exists(file))
  }

  findGitDanger(directory: string): string | null {
    return this.gitDangers.get(directory, null, () => this.source.findGitDanger(directory))
  }

  findGitWriteDanger(directory: string): string | null {
    const source = (): Promise<string | null> => this.source.findGitWriteDanger(directory)
    return this.gitWriteDangers.get(directory, null, source)
  }

  findGitRemoteDanger(place: string): string | null {
    const source = (): Promise<string | null> => this.source.findGitRemoteDanger(place)
    return this.gitRemoteDangers.get(place, null, source)
  }

  findGitTop(directory: string): string | null {
    // The guess is outside of every project.
    return this.gitTops.get(directory, '/', () => this.source.findGitTop(directory))
  }

  hasLinkedDirectories(directory: string): boolean {
    return this.linked.get(directory, true, () => this.source.hasLinkedDirectories(directory))
  }

  listUnhidden(directory: string): readonly string[] {
    return this.unhidden.get(directory, ['*'], () => this.source.listUnhidden(directory))
  }

  listTrackedFiles(directory: string): TrackedFiles {
    const guess = { type: 'noRepository' } as const
    return this.tracked.get(directory, guess, () => this.source.listTrackedFiles(directory))
  }

  get isComplete(): boolean {
    return this.tables.every((table) => table.isComplete)
  }

  get isExhausted(): boolean {
    return this.hasTooManyRounds || this.tables.some((table) => table.isFull)
  }

  giveUp(): void {
    this.hasTooManyRounds = true
  }

  async readMissing(): Promise<void> {
    this.expansions.clear()
    for (const table of this.tables) await table.readMissing()
  }

  private get tables(): readonly FactTable<unknown>[] {
    const { paths, names, trees, existing, linked, unhidden, tracked } = this
    const { gitDangers, gitWriteDangers, gitRemoteDangers, gitTops } = this
    const ofGit = [gitDangers, gitWriteDangers, gitRemoteDangers, gitTops, linked, tracked]
    return [paths, names, trees, existing, unhidden, ...ofGit]
  }
}

/** The answers of one kind of question, by its arguments. */
class FactTable<Value> {
  private readonly known = new Map<string, Value>()
  private missing = new Map<string, () => Promise<Value>>()
  private readonly limit: number
  /** Whether it was asked for more than its limit, and gave a guess. */
  isFull = false

  constructor(limit: number) {
    this.limit = limit
  }

  get(key: string, guess: Value, read: () => Promise<Value>): Value {
    const known = this.known.get(key)
    if (known !== undefined) return known
    const isNew = !this.missing.has(key)
    if (isNew && this.known.size + this.missing.size >= this.limit) this.isFull = true
    else if (isNew) this.missing.set(key, read)
    return guess
  }

  get isComplete(): boolean {
    return this.missing.size === 0
  }

  /** In batches, so that other file operations get their turn. */
  async readMissing(): Promise<void> {
    const waiting = [...this.missing]
    this.missing = new Map()
    for (let at = 0; at < waiting.length; at += BATCH_SIZE) {
      const batch = waiting.slice(at, at + BATCH_SIZE)
      await Promise.all(batch.map(async ([key, read]) => this.known.set(key, await read())))
    }
  }
}

const BATCH_SIZE = 256
