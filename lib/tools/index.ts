import { bash } from './bash.ts'
import { bashOutput } from './bash-output.ts'
import { edit } from './edit.ts'
import { exitPlanMode } from './exit-plan-mode.ts'
import { glob } from './glob.ts'
import { grep } from './grep.ts'
import { killBash } from './kill-bash.ts'
import { ls } from './ls.ts'
import { multiEdit } from './multi-edit.ts'
import { notebookEdit } from './notebook-edit.ts'
import { read } from './read.ts'
import { todoWrite } from './todo-write.ts'
import type { Tool } from './tool.ts'
import { write } from './write.ts'

/** Every tool that the agent may be given, in the order it is told of them. */
export const TOOLS: readonly Tool[] = [
  read,
  write,
  edit,
  multiEdit,
  notebookEdit,
  glob,
  grep,
  ls,
  bash,
  bashOutput,
  killBash,
  todoWrite,
  exitPlanMode,
]
