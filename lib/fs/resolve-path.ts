import { readlinkSync, realpathSync } from 'node:fs'
import { readlink, realpath } from 'node:fs/promises'
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
    const call = type === 'realpath' ? realpath(probed) : readlink(probed)
    step = steps.next(await call.catch(() => null))
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
  readonly type: 'realpath' | 'readlink'
  readonly path: string
}

type ResolveSteps = Generator<Probe, ResolvedTarget, string | null>

function probeSync({ type, path: probed }: Probe): string | null {
  try {
    return type === 'realpath' ? realpathSync.native(probed) : readlinkSync(probed)
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
const MAX_PATH_CHARACTERS = 8_192

/** More links are a loop, which nothing can open. */
const MAX_LINKS = 40

function* followLinks(file: string, linksLeft: number): ResolveSteps {
  const missing: string[] = []
  let existing = file.replace(/\/+$/, '') || '/'
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
    missing.unshift(nameOf(existing))
    existing = parent
  }
}

function joinMissing(real: string, missing: readonly string[]): string {
  const joined = path.join(real, ...missing)
  return joined.length > 1 && joined.endsWith('/') ? joined.slice(0, -1) : joined
}

/** Unlike `path.dirname`, this does not fold `..`. */
function parentOf(file: string): string {
  const trimmed = file.replace(/\/+$/, '')
  const cut = trimmed.lastIndexOf('/')
  return cut <= 0 ? '/' : trimmed.slice(0, cut)
}

function nameOf(file: string): string {
  const trimmed = file.replace(/\/+$/, '')
  return trimmed.slice(trimmed.lastIndexOf('/') + 1)
}
