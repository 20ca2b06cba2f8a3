import { bash } from './bash.ts'
import { edit } from './edit.ts'
import { multiEdit } from './multi-edit.ts'
import { read } from './read.ts'
import type { Tool } from './tool.ts'
import { write } from './write.ts'

/** Every tool that the agent may be given, in the order it is told of them. */
export const TOOLS: readonly Tool[] = [read, write, edit, multiEdit, bash]
