import { toShellMessage } from '../../lib/cli/shell-message.ts'
import { encode, plain } from '../../lib/headless/formats.ts'
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
      stdout.write(`${plain(line)}\n`)
      return 0
    },
    printJson(value) {
      stdout.write(`${encode(value, 2)}\n`)
      return 0
    },
    tell: (line) => void stderr.write(`letta: ${plain(toShellMessage(line))}\n`),
  }
}
