/** The named groups of a token. */
export type TokenGroups = Readonly<Record<string, string | undefined>>

/** Reads a program token by token. It is known when every token of it is, and when what it opens is closed. */
export abstract class TokenScanner<Bracket extends string> {
  protected readonly text: string
  protected at = 0
  /** What is open, the innermost last. */
  protected readonly open: Bracket[] = []
  protected previous = ''
  private readonly token: RegExp

  /** `token`: sticky, with a group `space` for what is between tokens. */
  constructor(text: string, token: RegExp) {
    this.text = text
    this.token = token
  }

  scan(): boolean {
    while (this.at < this.text.length) {
      if (!this.scanToken()) return false
    }
    return this.open.length === 0
  }

  protected scanToken(): boolean {
    this.token.lastIndex = this.at
    const match = this.token.exec(this.text)
    if (match === null) return false
    this.at = this.token.lastIndex
    const groups: TokenGroups = match.groups ?? {}
    if (groups['space'] !== undefined) return true
    const isKnown = this.isKnownToken(groups)
    this.previous = this.kindOf(match[0])
    return isKnown
  }

  /** Whether a token is known; reads what belongs to it. */
  protected abstract isKnownToken(groups: TokenGroups): boolean

  /** How the next token sees this one. */
  protected kindOf(token: string): string {
    return token
  }
}
