import type { StyleName, Styles } from '../../theme/styles.ts'
import { type AnsiPainter, ansiPainter, parseAnsi } from './ansi.ts'
import { type BoundedCache, createBoundedCache } from './bounded-cache.ts'
import type { Formatter } from './formatter.ts'
import type { Row } from './row.ts'
import { contentLines } from './wrap.ts'

/**
 * Highlights sanitized code with cli-highlight. Code is plain when its language is unknown, as guessing takes a second, or when
 * it is too long to be highlighted within a frame.
 */
export async function loadHighlighter(): Promise<Formatter['code']> {
  // A CommonJS package: in the bundle its names are only on the default export, from source on the module.
  const loaded = await import('cli-highlight')
  const engine = 'supportsLanguage' in loaded ? loaded : (Object(loaded).default as Engine)
  const palettes = new WeakMap<Styles, Palette>()

  const paletteOf = (styles: Styles): Palette => {
    const known = palettes.get(styles)
    if (known !== undefined) return known
    const palette = {
      theme: themeOf(styles),
      lines: createBoundedCache<string, readonly Row[]>(MAX_CACHED),
    }
    palettes.set(styles, palette)
    return palette
  }

  return (code, language, styles) => {
    if (isTooLong(code) || !engine.supportsLanguage(language)) return contentLines(code)
    const { theme, lines } = paletteOf(styles)
    const key = `${language}\n${code}`
    const known = lines.get(key)
    if (known !== undefined) return known
    const ansi = engine.highlight(code, { language, ignoreIllegals: true, theme })
    const colored = contentLines(parseAnsi(ansi))
    lines.set(key, colored)
    return colored
  }
}

/** The language of a file by its name; empty when unknown. */
export function languageOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase()
  return LANGUAGES[name] ?? LANGUAGES[name.slice(name.lastIndexOf('.') + 1)] ?? ''
}

type Engine = Pick<typeof import('cli-highlight'), 'highlight' | 'supportsLanguage'>

interface Palette {
  readonly theme: Readonly<Record<string, AnsiPainter>>
  /** Colored lines by language and code. */
  readonly lines: BoundedCache<string, readonly Row[]>
}

const MAX_LINES = 300
const MAX_LINE_CHARACTERS = 500
const MAX_CHARACTERS = 20_000
const MAX_CACHED = 200

// The time of some grammars is quadratic in the length of a line.
function isTooLong(code: string): boolean {
  if (code.length > MAX_CHARACTERS) return true
  const lines = code.split('\n')
  return lines.length > MAX_LINES || lines.some(({ length }) => length > MAX_LINE_CHARACTERS)
}

// Every token has a painter, as those of cli-highlight's default theme depend on the terminal of the process.
function themeOf(styles: Styles): Readonly<Record<string, AnsiPainter>> {
  const entries = Object.entries(TOKEN_STYLES).map(([token, name]) => [
    token,
    name === null ? (text: string): string => text : ansiPainter(styles[name]),
  ])
  return Object.fromEntries(entries)
}

/** cli-highlight's tokens. */
const TOKEN_STYLES: Readonly<Record<string, StyleName | null>> = {
  default: null,
  subst: null,
  class: null,
  function: null,
  params: null,
  keyword: 'codeKeyword',
  built_in: 'codeType',
  type: 'codeType',
  literal: 'codeNumber',
  number: 'codeNumber',
  regexp: 'codeString',
  string: 'codeString',
  symbol: 'codeNumber',
  title: 'codeFunction',
  comment: 'codeComment',
  doctag: 'codeMeta',
  meta: 'codeMeta',
  section: 'codeFunction',
  tag: 'codeMeta',
  name: 'codeKeyword',
  builtin: 'codeType',
  attr: 'codeVariable',
  attribute: 'codeVariable',
  variable: 'codeVariable',
  selector: 'codeKeyword',
  template: 'codeVariable',
  bullet: 'listMarker',
  code: 'inlineCode',
  emphasis: 'emphasis',
  strong: 'strong',
  formula: 'codeNumber',
  link: 'link',
  quote: 'quote',
  addition: 'diffAdded',
  deletion: 'diffRemoved',
}

/** By full name or extension, in lower case. */
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
