import { isInside } from '../paths/path-predicates.ts'
import type { FsView } from '../types.ts'
import { compileGlob } from './compile-glob.ts'

/** A file as it was asked for (absolute, `..` folded) and as it resolves. */
export interface ResolvedPath {
  readonly asked: string
  readonly resolved: string
}

/**
 * For rules that forbid or ask: neither a link, `..`, nor a folder's rule is a way round.
 * `nearly` is a name that differs in case or Unicode form only, which is the same file on some systems.
 */
export function forbidsPath(
  payload: string,
  spot: ResolvedPath,
  ground: FsView,
): 'yes' | 'nearly' | 'no' {
  return forbidding(payload, ground)(spot)
}

/** The same for many files. */
export function forbidding(
  payload: string,
  ground: FsView,
): (spot: ResolvedPath) => 'yes' | 'nearly' | 'no' {
  const globs = [
    ...new Set([absoluteGlob(payload, ground, 'asked'), absoluteGlob(payload, ground, 'resolved')]),
  ]
  const folded = globs.map(fold)
  return ({ asked, resolved }) => {
    const files = asked === resolved ? [asked] : [asked, resolved]
    if (files.some((file) => globs.some((glob) => matches(glob, file, 'contents')))) return 'yes'
    return files.map(fold).some((file) => folded.some((glob) => matches(glob, file, 'contents')))
      ? 'nearly'
      : 'no'
  }
}

/** For rules that allow: only where the file really is counts. */
export function allowsPath(payload: string, { resolved }: ResolvedPath, ground: FsView): boolean {
  return matches(absoluteGlob(payload, ground, 'resolved'), resolved, 'itself')
}

/** Whether the rule names this very file, not a pattern that happens to cover it. */
export function namesPath(payload: string, { resolved }: ResolvedPath, ground: FsView): boolean {
  return literalBase(absoluteGlob(payload, ground, 'resolved')) === resolved && !WILD.test(payload)
}

/** Whether the rule can speak of something below this folder, whatever is there. */
export function reachesInto(payload: string, folder: string, ground: FsView): boolean {
  const base = literalBase(absoluteGlob(payload, ground, 'resolved'))
  return isInside(base, folder) || isInside(folder, base)
}

function matches(glob: string, file: string, how: 'contents' | 'itself'): boolean {
  const whole = glob.endsWith('/**') ? [glob, glob.slice(0, -3)] : [glob]
  const globs = how === 'contents' ? [...whole, `${glob}/**`] : whole
  // What nobody can read through forbids everything, and allows nothing.
  return globs.some(
    (one) => unquoted(one) === file || (compiled(one)?.(file) ?? how === 'contents'),
  )
}

/** A line may name thousands of files, each of which is held against the same few patterns. */
function compiled(glob: string): ReturnType<typeof compileGlob> {
  const before = COMPILED.get(glob)
  if (before !== undefined) return before
  if (COMPILED.size >= MOST_COMPILED) COMPILED.clear()
  const matcher = compileGlob(glob)
  COMPILED.set(glob, matcher)
  return matcher
}

const COMPILED = new Map<string, ReturnType<typeof compileGlob>>()

const MOST_COMPILED = 1_000

/**
 * Payloads are relative to the project, `~/` to the home folder, `//` or `/` absolute. The folders that the person
 * chose are resolved; what lies below the project is not, for a link there may be the project's own idea.
 */
function absoluteGlob(payload: string, ground: FsView, how: 'asked' | 'resolved'): string {
  const place = (folder: string): string => (how === 'resolved' ? ground.resolve(folder) : folder)
  if (/^\/{0,2}[A-Z]:\//.test(payload))
    return below(place(ground.directory), payload.replace(/^\/+/, ''))
  if (payload === '~' || payload.startsWith('~/'))
    return below(place(ground.home), payload.slice(2))
  if (!payload.startsWith('/')) return below(place(ground.directory), payload)
  const absolute = payload.replace(/^\/+/, '/')
  const base = literalBase(absolute)
  if (how === 'asked') return below('/', absolute)
  if (isInside(base, ground.directory)) {
    return below(place(ground.directory), absolute.slice(ground.directory.length))
  }
  return below(place(base), absolute.slice(base.length))
}

/** Folds `.`, `..` and empty segments of a pattern below a folder; `..` may leave the folder. */
function below(folder: string, pattern: string): string {
  const kept = escapeGlob(folder)
    .split('/')
    .filter((part) => part !== '')
  // Parentheses and bars would be alternatives to the compiler; in names they are letters.
  for (const part of pattern.replace(/(?<!\\)[()|]/g, '\\$&').split('/')) {
    if (part === '..') kept.pop()
    else if (part !== '' && part !== '.') kept.push(part)
  }
  return `/${kept.join('/')}`
}

/** The leading folders without a wildcard in them. */
function literalBase(glob: string): string {
  const parts = glob.split('/')
  const wild = parts.findIndex((part) => WILD.test(part))
  return unquoted(wild < 0 ? glob : parts.slice(0, wild).join('/') || '/')
}

/** A wildcard that no backslash quotes. */
const WILD = /(?<!\\)[*?[\]{}]/

function escapeGlob(folder: string): string {
  return folder.replace(/[*?[\]{}()|!+@\\]/g, '\\$&')
}

function unquoted(glob: string): string {
  return glob.replace(/\\(.)/gs, '$1')
}

function fold(text: string): string {
  return text.normalize('NFC').toLowerCase()
}
