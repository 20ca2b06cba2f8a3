import { TerminalEmulator } from '../../support/xterm-headless.ts'

/** A cell as it is visible. Invisible traits (the foreground color of a blank) are omitted. */
export interface SeenCell {
  readonly text: string
  readonly style: string
}

export function openModel(columns: number, rows: number): TerminalEmulator {
  return new TerminalEmulator({ cols: columns, rows, allowProposedApi: true, scrollback: 0 })
}

export function feed(terminal: TerminalEmulator, bytes: string): Promise<void> {
  return new Promise((resolve) => terminal.write(bytes, resolve))
}

/** What the terminal shows; the second cell of a wide character has the text ''. */
export function gridOf(terminal: TerminalEmulator): readonly (readonly SeenCell[])[] {
  return Array.from({ length: terminal.rows }, (_, y) => {
    const line = terminal.buffer.active.getLine(terminal.buffer.active.baseY + y)
    return Array.from({ length: terminal.cols }, (_, x) => {
      const cell = line?.getCell(x)
      if (cell === undefined) return { text: '', style: '' }
      const text = cell.getChars() || (cell.getWidth() === 0 ? '' : ' ')
      const shown = seenStyle(text, {
        fg: cell.isFgDefault() ? -1 : cell.getFgColor(),
        bg: cell.isBgDefault() ? -1 : cell.getBgColor(),
        bold: cell.isBold() !== 0,
        italic: cell.isItalic() !== 0,
        underline: cell.isUnderline() !== 0,
        inverse: cell.isInverse() !== 0,
        strike: cell.isStrikethrough() !== 0,
      })
      return { text, style: shown }
    })
  })
}

export interface Look {
  readonly fg: number
  readonly bg: number
  readonly bold: boolean
  readonly italic: boolean
  readonly underline: boolean
  readonly inverse: boolean
  readonly strike: boolean
}

export const PLAIN_LOOK: Look = {
  fg: -1,
  bg: -1,
  bold: false,
  italic: false,
  underline: false,
  inverse: false,
  strike: false,
}

export function seenStyle(text: string, look: Look): string {
  const isInkless = text === ' ' && !look.underline && !look.inverse && !look.strike
  const parts = [`bg ${look.bg}`]
  if (!isInkless) parts.push(`fg ${look.fg}`)
  for (const flag of ['bold', 'italic'] as const) if (look[flag] && text !== ' ') parts.push(flag)
  for (const flag of ['underline', 'inverse', 'strike'] as const) if (look[flag]) parts.push(flag)
  return parts.join(' ')
}
