import { toTerminalText } from '../../lib/util/sanitize.ts'
import type { CliEnvironment } from './cli-environment.ts'

/** A line on the terminal that is replaced by the next one, and removed at the end. Nothing is written to a file or a pipe. */
interface Progress {
  show(text: string): void
  clear(): void
}

const MAX_CHARACTERS = 76

export function createProgress({ stderr }: Pick<CliEnvironment, 'stderr'>): Progress {
  const write = (text: string): void => {
    if (stderr.isTTY) stderr.unfiltered.write(`\r\u001b[K${text}`)
  }
  return {
    show: (text) => write(toTerminalText(text).replaceAll('\n', ' ').slice(0, MAX_CHARACTERS)),
    clear: () => write(''),
  }
}
