import { toTerminalText } from '../../lib/util/sanitize.ts'

export interface Output {
  readonly isTTY?: boolean
  write(text: string | Uint8Array): unknown
}

/**
 * The one writer of an output stream. Texts of servers, agents and files pass it, so nothing that it writes steers a terminal or
 * changes the order of what one displays. JSON passes unchanged: `stringifyForTerminal` has escaped these characters.
 */
export interface SafeOutput {
  readonly isTTY: boolean
  write(text: string): unknown
  /** For what draws on a terminal itself: the line editor of a question; and for the bytes of a file. */
  readonly unfiltered: Output
}

export function safeOutput(stream: Output): SafeOutput {
  return {
    isTTY: stream.isTTY === true,
    unfiltered: stream,
    write: (text) => stream.write(toTerminalText(text)),
  }
}
