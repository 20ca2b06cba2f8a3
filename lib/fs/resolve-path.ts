import { accessSync, readlinkSync, realpathSync } from 'node:fs'
import { access, readlink, realpath } from 'node:fs/promises'
import path from 'node:path'
import { ignoreErrno, isErrno } from './errno.ts'

interface ResolvedTarget {
  /** Absolute, without links. */
  readonly path: string
  /** The link on the way whose target does not exist; null when there is none. */
  readonly danglingLink: string | null
}

/**
 * Follows the symlinks of a path as the kernel does: `..` is applied after a link has been followed, and the part that
 * does not exist is kept as it is. A dangling link counts as the file that writing through it would create. Everything
 * that compares or opens a path uses this function, so that the checked file is the file that is used. Never rejects.
 */
export async function resolveTarget(file: string): Promise<ResolvedTarget> {
  const steps = resolveSteps(file)
  let step = steps.next()
  while (step.done !== true) {
    const { type, path: probed } = step.value
    step = steps.next(await PROBES[type](probed).catch(() => null))
  }
  return step.value
}

export async function resolvePath(file: string): Promise<string> {
  return (await resolveTarget(file)).path
}

/** The real path of what exists; null for what does not, or cannot be reached. */
export async function resolveExisting(file: string): Promise<string | null> {
  return await realpath(file).catch(ignoreErrno())
}

/** The same at once, for settings. */
export function resolveExistingSync(file: string): string | null {
  try {
    return realpathSync.native(file)
  } catch (thrown) {
    if (isErrno(thrown)) return null
    throw thrown
  }
}

/** `resolvePath` at once, for the start of the program only. */
export function resolvePathSync(file: string): string {
  const steps = resolveSteps(file)
  let step = steps.next()
  while (step.done !== true) step = steps.next(probeSync(step.value))
  return step.value.path
}

/** A question to the file system. The answer is null when it fails: missing, forbidden, or not a valid path. */
interface Probe {
  readonly type: 'realpath' | 'readlink' | 'access'
  readonly path: string
}

const PROBES = {
  realpath: (file: string) => realpath(file),
  readlink: (file: string) => readlink(file),
  access: (file: string) => access(file).then(() => file),
}

const PROBES_AT_ONCE = {
  realpath: realpathSync.native,
  readlink: readlinkSync,
  access: (file: string) => {
    accessSync(file)
    return file
  },
}

type ResolveSteps = Generator<Probe, ResolvedTarget, string | null>

function probeSync({ type, path: probed }: Probe): string | null {
  try {
    return String(PROBES_AT_ONCE[type](probed))
  } catch {
    return null
  }
}

function* resolveSteps(file: string): ResolveSteps {
  const absolute = file.startsWith('/') ? file : path.resolve(file)
  if (absolute.length > MAX_PATH_CHARACTERS) {
    return { path: path.normalize(absolute), danglingLink: null }
  }
  return yield* followLinks(absolute, MAX_LINKS)
}

/** No system opens a longer path. */
const MAX_PATH_CHARACTERS = 4_096

/** More links are a loop, which nothing can open. */
const MAX_LINKS = 40

/** With more names missing at the end of a path, the first of them is searched by halves: a path can have thousands. */
const MAX_STEPS = 4

function* followLinks(file: string, linksLeft: number): ResolveSteps {
  // From the end.
  const missing: string[] = []
  let existing = withoutEnd(file) || '/'
  for (;;) {
    const real = yield { type: 'realpath', path: existing }
    if (real !== null) return { path: joinMissing(real, missing), danglingLink: null }
    const target = linksLeft > 0 ? yield { type: 'readlink', path: existing } : null
    const parent = parentOf(existing)
    if (target !== null) {
      const next = target.startsWith('/') ? target : `${parent}/${target}`
      const followed = yield* followLinks(next, linksLeft - 1)
      return { path: joinMissing(followed.path, missing), danglingLink: existing }
    }
    if (parent === existing) return { path: path.normalize(file), danglingLink: null }
    missing.push(nameOf(existing))
    existing = parent
    if (missing.length === MAX_STEPS) {
      const names = existing.split('/').filter((name) => name !== '')
      const count = yield* countReached(names)
      // What follows the names that are reached can be a link.
      existing = pathOf(names.slice(0, count + 1))
      missing.push(...names.slice(count + 1).toReversed())
    }
  }
}

/** How many of the names, from the root, lead to something. */
function* countReached(names: readonly string[]): Generator<Probe, number, string | null> {
  let [reached, end] = [0, names.length + 1]
  while (end - reached > 1) {
    const middle = Math.floor((reached + end) / 2)
    const isReached = (yield { type: 'access', path: pathOf(names.slice(0, middle)) }) !== null
    if (isReached) reached = middle
    else end = middle
  }
  return reached
}

function pathOf(names: readonly string[]): string {
  return `/${names.join('/')}`
}

function joinMissing(real: string, missing: readonly string[]): string {
  const joined = path.join(real, ...missing.toReversed())
  return joined.length > 1 && joined.endsWith('/') ? joined.slice(0, -1) : joined
}

/** Unlike `path.dirname`, this does not fold `..`. */
function parentOf(file: string): string {
  const trimmed = withoutEnd(file)
  const cut = trimmed.lastIndexOf('/')
  return cut <= 0 ? '/' : trimmed.slice(0, cut)
}

function nameOf(file: string): string {
  const trimmed = withoutEnd(file)
  return trimmed.slice(trimmed.lastIndexOf('/') + 1)
}

function withoutEnd(file: string): string {
  let end = file.length
  while (end > 0 && file.charAt(end - 1) === '/') end--
  return file.slice(0, end)
}
