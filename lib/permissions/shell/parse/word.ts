import type { Assignment, GlobPart, LiteralPart, Word, WordPart } from 'unbash'
import { escapeGlob } from '../../rules/compile-glob.ts'

/** One word of a command, as far as it is known before the line runs. */
export interface ShellWord {
  /** As written. */
  readonly text: string
  /** The values it can have; several when a loop sets it. With `isCertain` there are no others. */
  readonly values: readonly string[]
  readonly isCertain: boolean
  /** Whether the shell makes exactly one word of it, whatever it contains; never of a wildcard. */
  readonly isOneWord: boolean
  /** A pattern for file names, with literal characters escaped; null without an unquoted wildcard. */
  readonly glob: string | null
}

/** The values a variable can have: all of them, or only a guess. */
export interface VariableValue {
  readonly values: readonly string[]
  readonly isCertain: boolean
  /** Whether the shell cannot split it outside quotes, whatever its value. */
  readonly isField?: boolean
}

/** A text that a command prints or reads: all that it can be, or only guesses. */
export interface KnownText {
  readonly values: readonly string[]
  readonly isCertain: boolean
}

export interface WordContext {
  readonly home: string
  variable(name: string): VariableValue
  /** What a substitution prints, if that is known: `$(echo rm)`. */
  staticOutput(part: WordPart): KnownText | null
}

/** Expands quotes, escapes, `~`, braces and variables of a word; braces can make several words of it. */
export function expandWord(word: Word | Assignment, context: WordContext): readonly ShellWord[] {
  if (word.type === 'Assignment') return [expandAssignment(word, context)]
  const { text } = word
  const parts = word.parts ?? [{ type: 'Literal' as const, value: word.value, text }]
  let pieces: readonly WordPiece[] = [EMPTY_PIECE]
  for (const [at, part] of parts.entries()) {
    const next = (at === 0 ? assignedHome(part, context) : null) ?? expandPart(part, context)
    if (pieces.length * next.length > MAX_ALTERNATIVES) return [unknownWord(text)]
    pieces = pieces.flatMap((piece) => next.map((one) => joinPieces(piece, one)))
  }
  // An empty expansion is dropped: `{,rm}` runs rm.
  const isQuoted = /["'\\]/.test(text)
  const words = pieces.filter(({ values }) => isQuoted || values.some((value) => value !== ''))
  return (words.length === 0 ? pieces : words).map((piece) =>
    toShellWord(text, piece, context.home),
  )
}

/** More than a person would write. */
const MAX_ALTERNATIVES = 64

export function unknownWord(text: string): ShellWord {
  return { text, values: [], isCertain: false, isOneWord: false, glob: null }
}

/** The value of a word that has exactly one certain value and is not a pattern; null otherwise. */
export function plainValue(word: ShellWord | undefined): string | null {
  const [value] = word?.values ?? []
  if (word === undefined || value === undefined || word.values.length > 1) return null
  return word.isCertain && word.glob === null ? value : null
}

/** The value that a word has first of those that it can have; as it is written where none is known. */
export function firstValue(word: ShellWord): string {
  return word.values.at(0) ?? word.text
}

/** The combinations of the values that words can have: none when one is unknown, or too many. */
export function possibleValues(words: readonly ShellWord[]): readonly (readonly string[])[] {
  let lists: readonly (readonly string[])[] = [[]]
  for (const { values } of words) {
    if (lists.length * values.length > MAX_ALTERNATIVES) return []
    lists = lists.flatMap((list) => values.map((value) => [...list, value]))
  }
  return lists
}

/** The values of a word, or its text when none is known: used only to find what a rule denies. */
export function guessedValues({ values, text }: ShellWord): readonly string[] {
  return values.length > 0 ? values : [text.replace(/["']/g, '')]
}

export function literalWord(value: string): ShellWord {
  return { text: value, values: [value], isCertain: true, isOneWord: true, glob: null }
}

/** A part of a word. `glob` is its value as a pattern, with literal characters escaped. */
interface WordPiece extends VariableValue {
  readonly glob: string
  readonly isGlob: boolean
  /** Whether the shell can make several words of it, or none. */
  readonly isSplit: boolean
  /** Whether the word begins with an unquoted `~`. */
  readonly tilde: boolean
}

const EMPTY_PIECE: WordPiece = {
  values: [''],
  isCertain: true,
  glob: '',
  isGlob: false,
  isSplit: false,
  tilde: false,
}
const UNKNOWN_PIECE: WordPiece = { ...EMPTY_PIECE, values: [], isCertain: false }
const UNKNOWN_NUMBER: WordPiece = { ...UNKNOWN_PIECE, isField: true }

type WordPartLike = WordPart | Pick<LiteralPart, 'type' | 'value' | 'text'>

function expandPart(part: WordPartLike, context: WordContext): readonly WordPiece[] {
  switch (part.type) {
    case 'Literal':
      return [{ ...literalPiece(part.value), tilde: part.text.startsWith('~') }]
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return [literalPiece(part.value)]
    case 'DoubleQuoted':
    case 'LocaleString':
      return [expandQuotes(part.parts, context)]
    case 'Glob':
      return [expandWildcard(part)]
    case 'BraceExpansion':
      return expandBraces(part.text)
    default:
      return [splitPiece(expandVariable(part, context))]
  }
}

/** In a word like an assignment, bash expands `~` after `=` and `:` as well: `make prefix=~/x`. */
function assignedHome(part: WordPartLike, { home }: WordContext): readonly WordPiece[] | null {
  if (part.type !== 'Literal' || !/^[A-Za-z_]\w*\+?=(.*:)?~/s.test(part.text)) return null
  const piece = literalPiece(part.value.replace('=~', `=${home}`))
  const isCertain = /^\w+\+?=~\/[^~\\]*$/.test(part.text)
  return [{ ...piece, isCertain }]
}

function expandWildcard({ text, value, parts = [] }: GlobPart): WordPiece {
  const isKnown = parts.every(({ type }) => type === 'Literal')
  return { ...literalPiece(value), glob: text, isGlob: true, isCertain: isKnown }
}

function literalPiece(value: string): WordPiece {
  return { ...EMPTY_PIECE, values: [value], glob: escapeGlob(value) }
}

function expandQuotes(parts: readonly WordPart[], context: WordContext): WordPiece {
  let joined = EMPTY_PIECE
  for (const part of parts) {
    const next = part.type === 'Literal' ? literalPiece(part.value) : expandVariable(part, context)
    joined = joinPieces(joined, { ...next, isSplit: isList(part) })
    if (joined.values.length > MAX_ALTERNATIVES) return UNKNOWN_PIECE
  }
  return joined
}

/** `"$@"` and `"${a[@]}"` are as many words as there are elements. */
function isList(part: WordPart): boolean {
  if (part.type === 'SimpleExpansion') return part.text === '$@'
  if (part.type !== 'ParameterExpansion') return false
  return part.parameter === '@' || part.index !== undefined || part.prefix === '!'
}

function expandVariable(part: WordPart, context: WordContext): WordPiece {
  if (part.type === 'SimpleExpansion') return variablePiece(context.variable(part.text.slice(1)))
  // A pipe, fed by commands that are checked separately.
  if (part.type === 'ProcessSubstitution' && part.operator === '<') return literalPiece('/dev/null')
  if (part.type === 'CommandExpansion') {
    const staticOutput = context.staticOutput(part)
    return staticOutput === null
      ? UNKNOWN_PIECE
      : variablePiece({ values: staticOutput.values, isCertain: false })
  }
  if (part.type === 'ArithmeticExpansion') return UNKNOWN_NUMBER
  if (part.type !== 'ParameterExpansion') return UNKNOWN_PIECE
  const { parameter, prefix, index, operation } = part
  if (prefix === '#') return UNKNOWN_NUMBER
  if (prefix !== undefined || index !== undefined) return UNKNOWN_PIECE
  if (operation === undefined) return variablePiece(context.variable(parameter))
  if (operation.type !== 'Default' || !/[-=]$/.test(operation.operator)) return UNKNOWN_PIECE
  const fallback = expandWord(operation.operand, context).flatMap(({ values }) => values)
  return { ...UNKNOWN_PIECE, values: [...context.variable(parameter).values, ...fallback] }
}

function variablePiece(variable: VariableValue): WordPiece {
  const [only = ''] = variable.values
  const { glob } = literalPiece(only)
  return { ...EMPTY_PIECE, ...variable, glob }
}

/** Outside quotes the shell splits a value at blanks, expands its wildcards, and drops an empty one. */
function splitPiece(piece: WordPiece): WordPiece {
  const isCertain = piece.isCertain && piece.values.every(isOneField)
  return { ...piece, isCertain, isSplit: !isCertain && piece.isField !== true }
}

/** Whether the shell takes the value for one word outside quotes. */
export function isOneField(value: string): boolean {
  return value !== '' && !/[\s*?[\]\\]/.test(value)
}

function joinPieces(left: WordPiece, right: WordPiece): WordPiece {
  return {
    values: left.values.flatMap((one) => right.values.map((other) => one + other)),
    isCertain: left.isCertain && right.isCertain,
    glob: left.glob + right.glob,
    isGlob: left.isGlob || right.isGlob,
    isSplit: left.isSplit || right.isSplit,
    tilde: left === EMPTY_PIECE ? right.tilde : left.tilde,
  }
}

function toShellWord(text: string, piece: WordPiece, home: string): ShellWord {
  const { values, isGlob } = piece
  const isCertain = piece.isCertain && !(isGlob && values.length > 1)
  const isOneWord = !isGlob && !piece.isSplit
  const glob = isGlob ? piece.glob : null
  const word: ShellWord = { text, values, isCertain, isOneWord, glob }
  if (!piece.tilde) return word
  // `~+` is the current directory, which may have changed: not certain.
  if (values.every((value) => /^~\+(\/|$)/.test(value))) {
    return { ...word, values: values.map((value) => `.${value.slice(2)}`), isCertain: false }
  }
  // A quoted character in the prefix keeps it from being expanded.
  if (!/^~(\/|$)/.test(text)) return { ...word, isCertain: false }
  const inHome = values.map((value) => home + value.slice(1))
  return { ...word, values: inHome, glob: glob === null ? null : escapeGlob(home) + glob.slice(1) }
}

/** `{a,b}`, `{1..3}` and `{a..c}` with plain characters; other braces are not known before the line runs. */
function expandBraces(text: string): readonly WordPiece[] {
  const body = text.slice(1, -1)
  const range = /^(\d{1,4}|[a-z]|[A-Z])\.\.(\d{1,4}|[a-z]|[A-Z])(?:\.\.(\d{1,3}))?$/.exec(body)
  if (range !== null) return expandRange(range[1] ?? '', range[2] ?? '', Number(range[3] ?? 1))
  const isPlain = /^[\w./,+:@%=-]*$/.test(body) && body.includes(',')
  if (!isPlain) return [UNKNOWN_PIECE]
  const options = body.split(',')
  return options.length > MAX_ALTERNATIVES ? [UNKNOWN_PIECE] : options.map(literalPiece)
}

/** Numbers or letters of one case. A number that begins with a zero sets how many digits all of them have. */
function expandRange(first: string, last: string, step: number): readonly WordPiece[] {
  const ofOneKind = [/^\d+$/, /^[a-z]$/, /^[A-Z]$/].find(
    (kind) => kind.test(first) && kind.test(last),
  )
  if (ofOneKind === undefined || step === 0) return [UNKNOWN_PIECE]
  const isNumber = /^\d/.test(first)
  const [from = 0, to = 0] = [first, last].map((end) =>
    isNumber ? Number(end) : end.charCodeAt(0),
  )
  const size = Math.floor(Math.abs(to - from) / step) + 1
  if (size > MAX_ALTERNATIVES) return [UNKNOWN_PIECE]
  const isPadded = isNumber && [first, last].some((end) => /^0\d/.test(end))
  const width = isPadded ? Math.max(first.length, last.length) : 0
  return Array.from({ length: size }, (_, at) => {
    const value = from + at * (to < from ? -step : step)
    return literalPiece(isNumber ? String(value).padStart(width, '0') : String.fromCharCode(value))
  })
}

function expandAssignment(assignment: Assignment, context: WordContext): ShellWord {
  const { text, name, value, index, append } = assignment
  if (index !== undefined || value.type === 'ArrayValue') return unknownWord(text)
  const [word, ...more] = expandWord(value, context)
  if (word === undefined || more.length > 0) return unknownWord(text)
  const sign = append ? '+=' : '='
  return { ...word, text, values: word.values.map((one) => `${name}${sign}${one}`) }
}
