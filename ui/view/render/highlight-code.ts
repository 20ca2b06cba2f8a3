import type { Styles } from '../../theme/styles.ts'
import { wrap } from './wrap.ts'

/** Loads the highlighter; until then code is plain. 100 ms, so never before the first paint. */
export async function loadHighlighter(): Promise<void> {
  // A CommonJS package: bundled, its names are only on the default export, from source on the module itself.
  const loaded = await import('cli-highlight')
  engine ??= 'supportsLanguage' in loaded ? loaded : (Object(loaded).default as Engine)
}

/**
 * Cleaned code as styled lines. Plain when the language is unknown (it is never guessed: that costs a second) or the code
 * is too long to colour within a frame.
 */
export function highlight(code: string, language: string, styles: Styles): readonly string[] {
  if (engine === null || isTooLong(code) || !engine.supportsLanguage(language))
    return splitLines(code)
  const known = cacheFor(styles)
  const key = `${language}\n${code}`
  const cached = known.get(key)
  if (cached !== undefined) return cached
  const painted = engine.highlight(code, { language, ignoreIllegals: true, theme: themeOf(styles) })
  const lines = splitLines(painted)
  if (known.size >= CACHED) known.delete(known.keys().next().value ?? '')
  known.set(key, lines)
  return lines
}

/** The language of a file, by its name; empty when unknown. */
export function languageOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase()
  return LANGUAGES[name] ?? LANGUAGES[name.slice(name.lastIndexOf('.') + 1)] ?? ''
}

type Engine = Pick<typeof import('cli-highlight'), 'highlight' | 'supportsLanguage'>

let engine: Engine | null = null

const LONGEST_LINES = 300
const LONGEST_LINE = 500
const LONGEST_CODE = 20_000
const CACHED = 200

const caches = new WeakMap<Styles, Map<string, readonly string[]>>()

function cacheFor(styles: Styles): Map<string, readonly string[]> {
  const known = caches.get(styles) ?? new Map<string, readonly string[]>()
  caches.set(styles, known)
  return known
}

// Some grammars take time by the square of a line.
function isTooLong(code: string): boolean {
  if (code.length > LONGEST_CODE) return true
  const lines = code.split('\n')
  return lines.length > LONGEST_LINES || lines.some(({ length }) => length > LONGEST_LINE)
}

// A comment over several lines is painted once; each line gets its own start and end here.
function splitLines(code: string): readonly string[] {
  return wrap(code, Number.POSITIVE_INFINITY, { anywhere: true })
}

// Every token has a painter here, as those of cli-highlight's own theme look at the terminal by themselves.
function themeOf(styles: Styles): Record<string, (text: string) => string> {
  const plain = (text: string): string => text
  const roles: Readonly<Record<string, (text: string) => string>> = {
    keyword: styles.codeKeyword,
    built_in: styles.codeType,
    type: styles.codeType,
    literal: styles.codeNumber,
    number: styles.codeNumber,
    regexp: styles.codeString,
    string: styles.codeString,
    symbol: styles.codeNumber,
    title: styles.codeFunction,
    comment: styles.codeComment,
    doctag: styles.codeMeta,
    meta: styles.codeMeta,
    section: styles.codeFunction,
    tag: styles.codeMeta,
    name: styles.codeKeyword,
    builtin: styles.codeType,
    attr: styles.codeVariable,
    attribute: styles.codeVariable,
    variable: styles.codeVariable,
    selector: styles.codeKeyword,
    template: styles.codeVariable,
    bullet: styles.listMarker,
    code: styles.inlineCode,
    emphasis: styles.emphasis,
    strong: styles.strong,
    formula: styles.codeNumber,
    link: styles.link,
    quote: styles.quote,
    addition: styles.diffAdded,
    deletion: styles.diffRemoved,
  }
  const unstyled = ['default', 'subst', 'class', 'function', 'params']
  return { ...Object.fromEntries(unstyled.map((token) => [token, plain])), ...roles }
}

/** By whole name or extension, both in small letters. */
const LANGUAGES: Readonly<Record<string, string>> = {
  bash: 'bash',
  c: 'c',
  cc: 'cpp',
  cfg: 'ini',
  cjs: 'javascript',
  clj: 'clojure',
  'cmakelists.txt': 'cmake',
  cpp: 'cpp',
  cs: 'csharp',
  css: 'css',
  cts: 'typescript',
  cxx: 'cpp',
  dart: 'dart',
  diff: 'diff',
  dockerfile: 'dockerfile',
  ex: 'elixir',
  exs: 'elixir',
  erl: 'erlang',
  gemfile: 'ruby',
  go: 'go',
  gql: 'graphql',
  gradle: 'gradle',
  graphql: 'graphql',
  h: 'c',
  hpp: 'cpp',
  hs: 'haskell',
  htm: 'xml',
  html: 'xml',
  ini: 'ini',
  java: 'java',
  js: 'javascript',
  json: 'json',
  jsonc: 'json',
  jsonl: 'json',
  jsx: 'javascript',
  kt: 'kotlin',
  kts: 'kotlin',
  less: 'less',
  lua: 'lua',
  makefile: 'makefile',
  md: 'markdown',
  mjs: 'javascript',
  mk: 'makefile',
  ml: 'ocaml',
  mts: 'typescript',
  nix: 'nix',
  patch: 'diff',
  php: 'php',
  pl: 'perl',
  pm: 'perl',
  properties: 'properties',
  proto: 'protobuf',
  ps1: 'powershell',
  py: 'python',
  pyi: 'python',
  r: 'r',
  rakefile: 'ruby',
  rb: 'ruby',
  rs: 'rust',
  sass: 'scss',
  scala: 'scala',
  scss: 'scss',
  sh: 'bash',
  sql: 'sql',
  svelte: 'xml',
  svg: 'xml',
  swift: 'swift',
  tex: 'latex',
  toml: 'ini',
  ts: 'typescript',
  tsx: 'typescript',
  vim: 'vim',
  vue: 'xml',
  xml: 'xml',
  yaml: 'yaml',
  yml: 'yaml',
  zsh: 'bash',
}
