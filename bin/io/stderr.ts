import { toShellMessage } from '../../lib/cli/shell-message.ts'
import { encode } from '../../lib/headless/formats.ts'
import { stripControlCharacters } from '../../lib/util/sanitize.ts'
import type { Surroundings } from './cli-environment.ts'

/** Lines for people and pipes. */
export interface Printer {
  /** Gives the exit code of a subcommand that ends with it. */
  print(line: string): number
  printJson(value: object): number
  /** Beside the result: for people alone. */
  tell(line: string): void
}

export function printerTo({ stdout, stderr }: Pick<Surroundings, 'stdout' | 'stderr'>): Printer {
  return {
    print(line) {
      stdout.write(`${stripControlCharacters(line)}\n`)
      return 0
    },
    printJson(value) {
      stdout.write(`${encode(value, 2)}\n`)
      return 0
    },
    tell: (line) => void stderr.write(`letta: ${stripControlCharacters(toShellMessage(line))}\n`),
  }
}
