declare module 'marked-terminal' {
  import type { MarkedExtension } from 'marked'

  type Paint = (text: string) => string

  export interface TerminalOptions {
    readonly strong?: Paint
    readonly em?: Paint
    readonly del?: Paint
    readonly heading?: Paint
    readonly firstHeading?: Paint
    readonly paragraph?: Paint
    readonly html?: Paint
    readonly image?: (href: string, title: string | null, text: string) => string
    readonly emoji?: boolean
    readonly unescape?: boolean
  }

  export function markedTerminal(options?: TerminalOptions): MarkedExtension
}
