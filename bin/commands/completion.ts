import { bashCompletion } from '../../lib/cli/completion/bash.ts'
import { fishCompletion } from '../../lib/cli/completion/fish.ts'
import { zshCompletion } from '../../lib/cli/completion/zsh.ts'
import type { SubcommandInvocation } from '../../lib/cli/parse.ts'
import type { CliEnvironment } from '../io/cli-environment.ts'

/** `letta completion SHELL` */
export async function printCompletion(
  { stdout }: CliEnvironment,
  { operands: [shell = ''] }: SubcommandInvocation,
): Promise<number> {
  stdout.write(completionScript(shell))
  return 0
}

/** The script by which a shell completes the command lines of `letta`. */
export function completionScript(shell: string): string {
  if (shell === 'zsh') return zshCompletion()
  return shell === 'fish' ? fishCompletion() : bashCompletion()
}
