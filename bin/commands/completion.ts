import { bashCompletion } from '../../lib/cli/completion/bash.ts'
import { fishCompletion } from '../../lib/cli/completion/fish.ts'
import { zshCompletion } from '../../lib/cli/completion/zsh.ts'

/** The script that makes a shell complete `letta`. */
export function completionFor(shell: string): string {
  if (shell === 'zsh') return zshCompletion()
  return shell === 'fish' ? fishCompletion() : bashCompletion()
}
