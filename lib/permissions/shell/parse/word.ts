import type { Assignment, GlobPart, LiteralPart, Word, WordPart } from 'unbash'

/** One argument, as far as it is known before the line runs. */
export interface ShellWord {
  /** As written. */
  readonly text: string
  /** What it may be; several when a loop sets it. With `isCertain` these are all of them. */
  readonly values: readonly string[]
  readonly isCertain: boolean
  /** A pattern for file names, its letters quoted; null when no wildcard stands unquoted. */
  readonly glob: string | null
}

/** What a name stands for: all that it may be, or only a guess. */
export interface Variable {
  readonly values: readonly string[]
  readonly isCertain: boolean
}

export interface WordContext {
  readonly home: string
  variable(name: string): Variable
  /** What a substitution prints, if that is plain to see: `$(echo rm)`. */
  printed(part: WordPart): string | null
}

/** A word after quotes, escapes, `~`, braces and variables: several when braces make several of it. */
export function readWord(word: Word | Assignment, context: WordContext): readonly ShellWord[] {
  if (word.type === 'Assignment') return [readAssignment(word, context)]
  const { text } = word
  const parts = word.parts ?? [{ type: 'Literal' as const, value: word.value, text }]
  let pieces: readonly Piece[] = [START]
  for (const part of parts) {
    const next = readPart(part, context)
    if (pieces.length * next.length > MOST) return [unknownWord(text)]
    pieces = pieces.flatMap((piece) => next.map((one) => join(piece, one)))
  }
  // What braces make of nothing is no word: `{,rm}` runs rm.
  const isQuoted = /["'\\]/.test(text)
  const words = pieces.filter(({ values }) => isQuoted || values.some((value) => value !== ''))
  return (words.length === 0 ? pieces : words).map((piece) => finish(text, piece, context.home))
}

/** More alternatives than a person would write. */
const MOST = 64

export function unknownWord(text: string): ShellWord {
  return { text, values: [], isCertain: false, glob: null }
}

/** A word whose value is known: a single one, certain, and no pattern. */
export function plainValue(word: ShellWord | undefined): string | null {
  const [value] = word?.values ?? []
  if (word === undefined || value === undefined || word.values.length > 1) return null
  return word.isCertain && word.glob === null ? value : null
}

export function literalWord(value: string): ShellWord {
  return { text: value, values: [value], isCertain: true, glob: null }
}

/** A part of a word. `glob` is its value as a pattern, with everything quoted that is meant literally. */
interface Piece extends Variable {
  readonly glob: string
  readonly isGlob: boolean
  /** Whether the word begins with a `~` that no quote protects. */
  readonly tilde: boolean
}

const START: Piece = { values: [''], isCertain: true, glob: '', isGlob: false, tilde: false }
const UNKNOWN: Piece = { ...START, values: [], isCertain: false }

type PartLike = WordPart | Pick<LiteralPart, 'type' | 'value' | 'text'>

function readPart(part: PartLike, context: WordContext): readonly Piece[] {
  switch (part.type) {
    case 'Literal':
      return [{ ...quoted(part.value), tilde: part.text.startsWith('~') }]
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return [quoted(part.value)]
    case 'DoubleQuoted':
    case 'LocaleString':
      return [readQuotes(part.parts, context)]
    case 'Glob':
      return [readWildcard(part)]
    case 'BraceExpansion':
      return readBraces(part.text)
    default:
      return [asSplit(readExpansion(part, context))]
  }
}

function readWildcard({ text, value, parts = [] }: GlobPart): Piece {
  const isKnown = parts.every(({ type }) => type === 'Literal')
  return { ...quoted(value), glob: text, isGlob: true, isCertain: isKnown }
}

function quoted(value: string): Piece {
  return { ...START, values: [value], glob: value.replace(/[*?[\]{}()|!+@\\]/g, '\\$&') }
}

function readQuotes(parts: readonly WordPart[], context: WordContext): Piece {
  let whole = START
  for (const part of parts) {
    const next = part.type === 'Literal' ? quoted(part.value) : readExpansion(part, context)
    whole = join(whole, next)
    if (whole.values.length > MOST) return UNKNOWN
  }
  return whole
}

function readExpansion(part: WordPart, context: WordContext): Piece {
  if (part.type === 'SimpleExpansion') return ofVariable(context.variable(part.text.slice(1)))
  // A pipe that what stands in it feeds, which is judged by itself.
  if (part.type === 'ProcessSubstitution' && part.operator === '<') return quoted('/dev/null')
  if (part.type === 'CommandExpansion') {
    const printed = context.printed(part)
    return printed === null ? UNKNOWN : { ...quoted(printed), isCertain: false }
  }
  if (part.type !== 'ParameterExpansion') return UNKNOWN
  const { parameter, prefix, index, operation } = part
  if (prefix !== undefined || index !== undefined) return UNKNOWN
  if (operation === undefined) return ofVariable(context.variable(parameter))
  if (operation.type !== 'Default' || !/[-=]$/.test(operation.operator)) return UNKNOWN
  const fallback = readWord(operation.operand, context).flatMap(({ values }) => values)
  return { ...UNKNOWN, values: [...context.variable(parameter).values, ...fallback] }
}

function ofVariable({ values, isCertain }: Variable): Piece {
  const [only = ''] = values
  const { glob } = quoted(only)
  return { ...START, values, isCertain, glob }
}

/** Outside quotes a value is split at blanks, its wildcards work, and an empty one vanishes. */
function asSplit(piece: Piece): Piece {
  const isPlain = piece.values.every((value) => value !== '' && !/[\s*?[\]\\]/.test(value))
  return isPlain ? piece : { ...piece, isCertain: false }
}

function join(left: Piece, right: Piece): Piece {
  return {
    values: left.values.flatMap((one) => right.values.map((other) => one + other)),
    isCertain: left.isCertain && right.isCertain,
    glob: left.glob + right.glob,
    isGlob: left.isGlob || right.isGlob,
    tilde: left === START ? right.tilde : left.tilde,
  }
}

function finish(text: string, piece: Piece, home: string): ShellWord {
  const { values, isGlob } = piece
  const isCertain = piece.isCertain && !(isGlob && values.length > 1)
  const glob = isGlob ? piece.glob : null
  if (!piece.tilde) return { text, values, isCertain, glob }
  // `~+` is the folder itself; that it could be another one keeps it from being certain.
  if (values.every((value) => /^~\+(\/|$)/.test(value))) {
    return { text, values: values.map((value) => `.${value.slice(2)}`), isCertain: false, glob }
  }
  const own = values.every((value) => value === '~' || value.startsWith('~/'))
  if (!own || isGlob) return { text, values, isCertain: false, glob }
  return { text, values: values.map((value) => home + value.slice(1)), isCertain, glob }
}

/** `{a,b}` and `{1..3}` of plain letters; whatever else stands in braces is known only when it runs. */
function readBraces(text: string): readonly Piece[] {
  const body = text.slice(1, -1)
  const range = /^(\d{1,4})\.\.(\d{1,4})$/.exec(body)
  if (range !== null) return readRange(Number(range[1]), Number(range[2]))
  const isPlain = /^[\w./,+:@%=-]*$/.test(body) && body.includes(',')
  if (!isPlain) return [UNKNOWN]
  const options = body.split(',')
  return options.length > MOST ? [UNKNOWN] : options.map(quoted)
}

function readRange(from: number, to: number): readonly Piece[] {
  const size = Math.abs(to - from) + 1
  if (size > MOST) return [UNKNOWN]
  const step = to < from ? -1 : 1
  return Array.from({ length: size }, (_, at) => quoted(String(from + at * step)))
}

function readAssignment(assignment: Assignment, context: WordContext): ShellWord {
  const { text, name, value, index, append } = assignment
  if (index !== undefined || value.type === 'ArrayValue') return unknownWord(text)
  const [word, ...more] = readWord(value, context)
  if (word === undefined || more.length > 0) return unknownWord(text)
  const sign = append ? '+=' : '='
  return { ...word, text, values: word.values.map((one) => `${name}${sign}${one}`) }
}
