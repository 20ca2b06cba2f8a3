import { bashCompletion } from '../lib/arguments/completion/bash.ts'
import { fishCompletion } from '../lib/arguments/completion/fish.ts'
import { zshCompletion } from '../lib/arguments/completion/zsh.ts'

/** The script that makes a shell complete `letta`. */
export function completionFor(shell: string): string {
  if (shell === 'zsh') return zshCompletion()
  return shell === 'fish' ? fishCompletion() : bashCompletion()
}
