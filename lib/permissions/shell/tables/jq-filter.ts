import { type TokenGroups, TokenScanner } from './token-scanner.ts'

/**
 * Whether a filter of jq (or of `gh --jq`) reads only its input: every token is listed, so that neither the variables of the
 * environment nor files can be named in a way that is not known here. Comments, which versions of jq end differently, and
 * definitions, which can hide where a name is the one of jq, are not.
 */
export function readsOnlyItsInput(filter: string): boolean {
  return filter.length <= MAX_CHARACTERS && new FilterScanner(filter, TOKEN).scan()
}

const MAX_CHARACTERS = 4_000

/** In the order in which jq's lexer prefers them. `.name` is a field, whatever the name is. */
const TOKEN = new RegExp(
  [
    String.raw`(?<space>[ \t\n]+)`,
    String.raw`(?<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)`,
    String.raw`(?<field>\.[A-Za-z_]\w*)`,
    String.raw`\$[ \t\n]*(?<variable>\w+)`,
    String.raw`@(?<format>\w+)`,
    String.raw`(?<name>[A-Za-z_]\w*)`,
    String.raw`(?<mark>\.\.|\?\/\/|[-+*/%|]=|\/\/=|[=!<>]=|\/\/|[-+*/%|,.?=<>:;()[\]{}"])`,
  ].join('|'),
  'uy',
)

/** The variables of jq itself begin with a capital or an underscore: `$ENV`, `$__loc__`, `$__prog_args`. */
const VARIABLE = /^[a-z]\w*$/

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/** Brackets are stored as what ends them. */
class FilterScanner extends TokenScanner<string> {
  protected isKnownToken({ variable, format, name, mark }: TokenGroups): boolean {
    return (
      (variable === undefined || VARIABLE.test(variable)) &&
      (format === undefined || FORMATS.has(format)) &&
      (name === undefined || this.isKey() || this.scanName(name)) &&
      (mark === undefined || this.scanMark(mark))
    )
  }

  /** Whether a name is the key of an object: `{name, size: .n}`. */
  private isKey(): boolean {
    if (this.open.at(-1) !== '}' || !/^[{,]$/.test(this.previous)) return false
    return /^[ \t\n]*(:(?!:)|[,}])/.test(this.text.slice(this.at))
  }

  /** What is between `if` and `end` is no part of an object around it. */
  private scanName(name: string): boolean {
    if (name === 'if') this.open.push('end')
    return name === 'end' ? this.open.pop() === name : FUNCTIONS.has(name)
  }

  private scanMark(mark: string): boolean {
    if (mark === '"') return this.scanString()
    const closing = CLOSING[mark]
    if (closing !== undefined) this.open.push(closing)
    else if (/^[)\]}]$/.test(mark)) return this.open.pop() === mark
    return true
  }

  /** After its first quote. `\(…)` contains a filter. */
  private scanString(): boolean {
    for (;;) {
      const char = this.text[this.at++]
      if (char === '"') return true
      if (char === undefined) return false
      if (char !== '\\') continue
      const escaped = this.text[this.at++] ?? ''
      if (escaped !== '(') {
        if (!/^["\\/bfnrtu]$/.test(escaped)) return false
        continue
      }
      const depth = this.open.push(')')
      while (this.open.length >= depth) {
        if (this.at >= this.text.length || !this.scanToken()) return false
      }
    }
  }
}

const FORMATS = new Set('text json csv tsv html uri urid sh base64 base64d'.split(' '))

/** Functions that compute with the input, and the words of the language. Left out: `env`, `import`, `include`, `def` … */
const FUNCTIONS = new Set(
  `if then elif else end and or not try catch reduce foreach as label break true false null
  length utf8bytelength keys keys_unsorted values has in map map_values path paths leaf_paths del delpaths getpath setpath pick
  to_entries from_entries with_entries select empty error recurse walk transpose
  add any all flatten range floor ceil round sqrt pow log log2 log10 exp exp2 exp10 abs fabs toarray significand trunc
  tostring tonumber tojson fromjson type infinite nan isinfinite isnan isnormal isvalid sort sort_by group_by min max min_by
  max_by unique unique_by reverse contains inside index rindex indices startswith endswith combinations
  ltrimstr rtrimstr trimstr trim ltrim rtrim explode implode split splits join ascii ascii_downcase ascii_upcase
  while until repeat limit skip first last nth test match capture scan sub gsub bsearch tostream fromstream truncate_stream
  arrays objects iterables booleans numbers normals finites strings nulls scalars
  now localtime gmtime mktime strftime strflocaltime strptime todate fromdate date dateadd datesub todateiso8601
  fromdateiso8601 input inputs input_filename input_line_number debug halt halt_error`
    .trim()
    .split(/\s+/),
)
