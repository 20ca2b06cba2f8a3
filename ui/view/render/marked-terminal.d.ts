declare module 'marked-terminal' {
  import type { MarkedExtension } from 'marked'

  type Paint = (text: string) => string

  export interface TerminalOptions {
    readonly strong?: Paint
    readonly em?: Paint
    readonly del?: Paint
    readonly text?: Paint
    readonly emoji?: boolean
    readonly unescape?: boolean
    readonly reflowText?: boolean
    readonly showSectionPrefix?: boolean
    readonly tab?: number
  }

  export function markedTerminal(options?: TerminalOptions): MarkedExtension
}
