/**
 * Whether a sed script only prints, deletes and replaces, without files and programs. A closed list of shapes: no line breaks, no
 * nested blocks, and no delimiter or backslash in brackets, which versions of sed read differently. Reads each character once.
 */
export function isHarmlessSed(script: string): boolean {
  return script.length <= MAX_CHARACTERS && new SedScanner(script).scan()
}

const MAX_CHARACTERS = 2_000

class SedScanner {
  private readonly text: string
  private at = 0

  constructor(text: string) {
    this.text = text
  }

  scan(): boolean {
    return this.scanList(false) && this.at === this.text.length
  }

  /** Commands and blocks, each ended by a semicolon, a bracket or the end. */
  private scanList(isBlock: boolean): boolean {
    for (let isFirst = true; ; isFirst = false) {
      this.skipBlanks()
      // A semicolon at the end is the end of the last command.
      if (!isFirst && (this.isAtEnd() || this.peek() === '}')) return true
      if (!this.scanAddresses()) return false
      if (this.take('{')) {
        if (isBlock || !this.scanList(true) || !this.take('}')) return false
      } else if (!this.scanCommand()) return false
      this.skipBlanks()
      if (!this.take(';')) return true
    }
  }

  private scanAddresses(): boolean {
    if (!/[\d$/]/.test(this.peek())) return true
    if (!this.scanAddress()) return false
    this.skipBlanks()
    if (this.take(',')) {
      this.skipBlanks()
      const isEnd = this.match(/[+~]\d+/y) || this.scanAddress()
      if (!isEnd) return false
      this.skipBlanks()
    }
    this.take('!')
    this.skipBlanks()
    return true
  }

  private scanAddress(): boolean {
    if (this.take('$') || this.match(/\d+(?:~\d+)?/y)) return true
    if (!this.take('/') || !this.scanPattern('/')) return false
    this.take('I')
    return true
  }

  private scanCommand(): boolean {
    if (this.match(/[pdDPnNhHgGxl=q]/y)) return true
    if (!this.take('s')) return false
    const mark = this.peek()
    if (!MARKS.includes(mark) || mark === '') return false
    this.at++
    return this.scanPattern(mark) && this.scanReplacement(mark) && this.match(/[gpiI\d]{0,8}/y)
  }

  /** A regular expression and the mark that ends it. */
  private scanPattern(mark: string): boolean {
    while (!this.isAtEnd()) {
      if (this.take(mark)) return true
      const isPart = this.take('[') ? this.scanBrackets(mark) : this.scanCharacter()
      if (!isPart) return false
    }
    return false
  }

  /** After the opening bracket. */
  private scanBrackets(mark: string): boolean {
    this.take('^')
    for (let isFirst = true; !this.isAtEnd(); isFirst = false) {
      if (!isFirst && this.take(']')) return true
      if (this.match(/\[:[a-z]+:\]/y)) continue
      if (`[]\\\n${mark}`.includes(this.peek())) return false
      this.at++
    }
    return false
  }

  private scanReplacement(mark: string): boolean {
    while (!this.isAtEnd()) {
      if (this.take(mark)) return true
      if (!this.scanCharacter()) return false
    }
    return false
  }

  private scanCharacter(): boolean {
    this.take('\\')
    if (this.isAtEnd() || this.peek() === '\n') return false
    this.at++
    return true
  }

  private skipBlanks(): void {
    while (this.take(' '));
  }

  private isAtEnd(): boolean {
    return this.at >= this.text.length
  }

  private peek(): string {
    return this.text.charAt(this.at)
  }

  private take(char: string): boolean {
    if (this.peek() !== char) return false
    this.at++
    return true
  }

  private match(sticky: RegExp): boolean {
    sticky.lastIndex = this.at
    const found = sticky.exec(this.text)
    if (found === null) return false
    this.at += found[0].length
    return true
  }
}

/** The delimiters of `s`. */
const MARKS = ',|#/@:_%'
