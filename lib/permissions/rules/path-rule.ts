import { foldPath } from '../../fs/fold-path.ts'
import { isInside } from '../../fs/is-inside.ts'
import type { FsView } from '../facts/facts.ts'
import { compileGlob, escapeGlob, unescapeGlob } from './compile-glob.ts'

/** A file as it was requested (absolute, `..` folded) and with its symlinks resolved. */
export interface ResolvedPath {
  readonly requested: string
  readonly resolved: string
}

/**
 * How a deny or ask rule matches. `similar` is a name that differs only in case or Unicode form, which is the same
 * file on some systems.
 */
export type DenyMatch = 'exact' | 'similar' | 'none'

/** Matches a deny or ask rule: both spellings of the file count, and a rule for a directory covers its contents. */
export function matchDenyPath(payload: string, file: ResolvedPath, view: FsView): DenyMatch {
  return createDenyMatcher(payload, view)(file)
}

/** The same, compiled once for many files. */
export function createDenyMatcher(
  payload: string,
  view: FsView,
): (file: ResolvedPath) => DenyMatch {
  const globs = [
    ...new Set([absoluteGlob(payload, view, 'requested'), absoluteGlob(payload, view, 'resolved')]),
  ]
  const folded = globs.map(foldPath)
  const short = folded.map(withShortNames)
  return ({ requested, resolved }) => {
    const files = requested === resolved ? [requested] : [requested, resolved]
    if (files.some((file) => globs.some((glob) => matches(glob, file, 'contents')))) return 'exact'
    const isSimilar = files.map(foldPath).some((file) => {
      if (folded.some((glob) => matches(glob, file, 'contents'))) return true
      if (!SHORT_NAME.test(file)) return false
      const shortened = withShortNames(file)
      return short.some((glob) => matches(glob, shortened, 'contents'))
    })
    return isSimilar ? 'similar' : 'none'
  }
}

/** Each name of a folded path in the form in which Windows finds it as well, with any number: `.env.local` is `env~1.loc`. */
function withShortNames(file: string): string {
  return file
    .split('/')
    .map((name) => (/[*?[\]{}\\]/.test(name) ? name : shortName(name)))
    .join('/')
}

function shortName(name: string): string {
  const [, start, ending = ''] = /^([^~]{1,6})~\d+(\.[^.]{0,3})?$/.exec(name) ?? []
  if (start !== undefined) return `${start}~1${ending}`
  if (/^[^. ]{1,8}(\.[^. ]{1,3})?$/.test(name) || name === '') return name
  const plain = name.replace(/^\.+/, '').replaceAll(' ', '')
  const dot = plain.lastIndexOf('.')
  const [base, end] = dot < 0 ? [plain, ''] : [plain.slice(0, dot), plain.slice(dot, dot + 4)]
  return `${base.replaceAll('.', '').slice(0, 6)}~1${end}`
}

const SHORT_NAME = /(^|\/)[^~/]{1,6}~\d+(\.[^./]{0,3})?(\/|$)/

/** Matches an allow rule: only the resolved path counts. */
export function allowsPath(payload: string, { resolved }: ResolvedPath, view: FsView): boolean {
  return matches(absoluteGlob(payload, view, 'resolved'), resolved, 'itself')
}

/** Whether the rule names exactly this file, without wildcards. */
export function namesExactPath(payload: string, { resolved }: ResolvedPath, view: FsView): boolean {
  return literalBase(absoluteGlob(payload, view, 'resolved')) === resolved && !WILD.test(payload)
}

/** The directory, or file, that contains everything that the rule can match. */
export function literalBaseOf(payload: string, view: FsView): string {
  return literalBase(absoluteGlob(payload, view, 'resolved'))
}

function matches(glob: string, file: string, scope: 'contents' | 'itself'): boolean {
  const targets = glob.endsWith('/**') ? [glob, glob.slice(0, -3)] : [glob]
  const globs = scope === 'contents' ? [...targets, `${glob}/**`] : targets
  // A pattern that is too complex to compile denies everything, and allows nothing.
  return globs.some(
    (one) => unescapeGlob(one) === file || (compiled(one)?.(file) ?? scope === 'contents'),
  )
}

/** A line can name thousands of files, and each is compared with the same few patterns. */
function compiled(glob: string): ReturnType<typeof compileGlob> {
  const before = COMPILED_GLOBS.get(glob)
  if (before !== undefined) return before
  if (COMPILED_GLOBS.size >= MAX_CACHED_GLOBS) COMPILED_GLOBS.clear()
  const matcher = compileGlob(glob, { bracketsAsWritten: true })
  COMPILED_GLOBS.set(glob, matcher)
  return matcher
}

const COMPILED_GLOBS = new Map<string, ReturnType<typeof compileGlob>>()

const MAX_CACHED_GLOBS = 1_000

/**
 * The absolute pattern of a payload. Payloads are relative to the project, `~/` to the home directory, and `//` or `/`
 * are absolute. Directories that the person chose are resolved. Parts of a pattern inside the project are not: a link
 * there can come from the repository.
 */
function absoluteGlob(payload: string, view: FsView, scope: 'requested' | 'resolved'): string {
  const resolveBase = (directory: string): string =>
    scope === 'resolved' ? view.resolve(directory) : directory
  if (/^\/{0,2}[A-Z]:\//.test(payload))
    return joinPattern(resolveBase(view.directory), payload.replace(/^\/+/, ''))
  if (payload === '~' || payload.startsWith('~/'))
    return joinPattern(resolveBase(view.home), payload.slice(2))
  if (!payload.startsWith('/')) return joinPattern(resolveBase(view.directory), payload)
  const absolute = payload.replace(/^\/+/, '/')
  const base = literalBase(absolute)
  if (scope === 'requested') return joinPattern('/', absolute)
  if (isInside(base, view.directory)) {
    return joinPattern(resolveBase(view.directory), absolute.slice(view.directory.length))
  }
  return joinPattern(resolveBase(base), absolute.slice(base.length))
}

/** Joins a pattern to a directory and folds `.`, `..` and empty segments; `..` can leave the directory. */
function joinPattern(directory: string, pattern: string): string {
  const segments = escapeGlob(directory)
    .split('/')
    .filter((part) => part !== '')
  // Parentheses and bars are plain characters in names.
  for (const part of pattern.replace(/(?<!\\)[()|]/g, '\\$&').split('/')) {
    if (part === '..') segments.pop()
    else if (part !== '' && part !== '.') segments.push(part)
  }
  return `/${segments.join('/')}`
}

/** The leading segments without wildcards. */
function literalBase(glob: string): string {
  const parts = glob.split('/')
  const wild = parts.findIndex((part) => WILD.test(part))
  return unescapeGlob(wild < 0 ? glob : parts.slice(0, wild).join('/') || '/')
}

/** A wildcard that is not escaped. */
const WILD = /(?<!\\)[*?[\]{}]/
