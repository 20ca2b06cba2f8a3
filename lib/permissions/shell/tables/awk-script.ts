import { type TokenGroups, TokenScanner } from './token-scanner.ts'

/**
 * Whether an awk script only computes and prints: a closed list of tokens, all that it names listed, without line breaks and
 * comments. Left out are `getline`, `system`, pipes, redirections, functions that it defines, and what it can read besides its input
 * (`ENVIRON`, `ARGV`). Where versions of awk divide a text into tokens differently, it is not one.
 */
export function isHarmlessAwk(script: string): boolean {
  return script.length <= MAX_CHARACTERS && new AwkScanner(script, TOKEN).scan()
}

const MAX_CHARACTERS = 2_000

const TOKEN = new RegExp(
  [
    String.raw`(?<space>[ \t]+)`,
    String.raw`(?<number>\d+(?:\.\d+)?)(?![\w.])`,
    String.raw`(?<name>[A-Za-z_]\w*)`,
    String.raw`(?<string>"(?:[^"\\\n]|\\["\\/nt])*")`,
    String.raw`(?<mark>&&|\|\||[!=<>]=|!~|\+\+|--|[-+*%]=|:(?!:)|[-+*%^!<>=~?,;$/()[\]{}])`,
  ].join('|'),
  'y',
)

/**
 * A pattern after its first slash. In brackets, versions read a slash and a backslash differently; a bracket that comes first is
 * a character; `/=` is an assignment to some.
 */
const PATTERN =
  /(?!=)(?:[^/\\[\n]|\\[^\n]|\[(?:\^|(?!\^))(?:\[:[a-z]+:\]|[^\][\\/\n])(?:\[:[a-z]+:\]|[^\][\\/\n])*\])+\//y

/** What is open. A condition is what follows `if`, `while` and `for`: only there, `>` compares in a statement. */
type Bracket = '{' | '(' | '[' | 'condition'

const CLOSING: Readonly<Record<string, readonly Bracket[]>> = {
  ')': ['(', 'condition'],
  ']': ['['],
  '}': ['{'],
}

class AwkScanner extends TokenScanner<Bracket> {
  protected isKnownToken({ name, mark }: TokenGroups): boolean {
    return (
      (name === undefined || this.isKnownName(name)) && (mark === undefined || this.scanMark(mark))
    )
  }

  /** A pattern is a value, as a string is. */
  protected override kindOf(token: string): string {
    return token === '/' && this.expectsValue() ? '"' : token
  }

  private expectsValue(): boolean {
    return BEFORE_PATTERN.has(this.previous)
  }

  private isKnownName(name: string): boolean {
    const isCall = this.text[this.at] === '('
    if (STATEMENTS.has(name)) return this.open.at(-1) === '{'
    if (FUNCTIONS.has(name)) return name === 'length' || isCall
    return !isCall && (VARIABLES.has(name) || OWN_VARIABLE.test(name))
  }

  private scanMark(mark: string): boolean {
    const inner = this.open.at(-1)
    const closed = CLOSING[mark]
    if (closed !== undefined) return closed.includes(this.open.pop() ?? ('' as Bracket))
    switch (mark) {
      case '{':
        return (inner === undefined || inner === '{') && this.open.push('{') > 0
      case '(':
        return this.open.push(CONDITIONS.has(this.previous) ? 'condition' : '(') > 0
      case '[':
        return this.open.push('[') > 0
      case ';':
        return inner === undefined || inner === '{' || inner === 'condition'
      case '>':
      case '>=':
        return this.isComparison()
      case '/':
        return this.scanSlash()
      default:
        return true
    }
  }

  /** In a statement, `>` is a redirection. */
  private isComparison(): boolean {
    if (this.expectsValue()) return false
    const statement = this.open.lastIndexOf('{')
    return statement < 0 || this.open.lastIndexOf('condition') > statement
  }

  /** Where a value is expected, a pattern begins; after one, it divides. */
  private scanSlash(): boolean {
    if (this.expectsValue()) {
      PATTERN.lastIndex = this.at
      if (!PATTERN.test(this.text)) return false
      this.at = PATTERN.lastIndex
      return true
    }
    const isValue = /^\d/.test(this.previous) || this.previous === ']' || isVariable(this.previous)
    return isValue && this.text[this.at] !== '='
  }
}

const BEFORE_PATTERN = new Set(['', '{', '}', ';', '(', ',', '~', '!~', '!', '&&', '||'])

const CONDITIONS = new Set(['if', 'while', 'for'])

const STATEMENTS = new Set(
  'print printf if else while for do break continue next exit delete'.split(' '),
)

const FUNCTIONS = new Set(
  `length substr index split sub gsub gensub match tolower toupper sprintf int sqrt exp log sin cos atan2 rand srand
  strftime mktime systime`.split(/\s+/),
)

/** Those of awk that contain nothing but its input, and words of the language between values. */
const VARIABLES = new Set(
  'BEGIN END NR NF FNR FS OFS RS ORS FILENAME RSTART RLENGTH SUBSEP IGNORECASE FPAT FIELDWIDTHS in'.split(
    ' ',
  ),
)

/** A closed list, so that no name is a word of the language of some version. */
const OWN_VARIABLE =
  /^(?:[a-z]\d?|sum|count|total|max|min|avg|mean|last|prev|line|lines|key|val|value|name|seen|found|flag|start|num|size|arr|out|sep|cur|first|second|parts|word|words|field|fields|result|id|len|text|str|state|file|path|user|data|pos|prefix|current|width|row|col|total_lines|prev_line)$/

function isVariable(name: string): boolean {
  return OWN_VARIABLE.test(name) || /^(NR|NF|FNR)$/.test(name)
}

/** The value of `-v`: a variable of the script and plain text. */
export function isPlainAssignment(text: string): boolean {
  const [, name = '', value = '@'] = /^(\w+)=(.*)$/s.exec(text) ?? []
  return OWN_VARIABLE.test(name) && /^[\w .,:/+-]*$/.test(value)
}
