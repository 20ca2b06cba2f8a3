import { askUserQuestion } from './builtin/ask-user-question.ts'
import { bash } from './builtin/bash.ts'
import { bashOutput } from './builtin/bash-output.ts'
import { edit } from './builtin/edit.ts'
import { exitPlanMode } from './builtin/exit-plan-mode.ts'
import { glob } from './builtin/glob.ts'
import { grep } from './builtin/grep.ts'
import { killBash } from './builtin/kill-bash.ts'
import { ls } from './builtin/ls.ts'
import { multiEdit } from './builtin/multi-edit.ts'
import { notebookEdit } from './builtin/notebook-edit.ts'
import { read } from './builtin/read.ts'
import { todoWrite } from './builtin/todo-write.ts'
import { write } from './builtin/write.ts'
import type { Tool } from './tool.ts'

/** All tools, in the order in which they are attached to an agent. */
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
  askUserQuestion,
]
