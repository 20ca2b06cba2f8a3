import path from 'node:path'
import { needsExactRule, type PolicyContext } from './decide-path.ts'
import { namesInCode, runsCode } from './shell/effects/inline-code.ts'
import { systemProgram } from './shell/effects/read-access.ts'
import { touchedFiles } from './shell/effects/touched-files.ts'
import { couldWriteNamed } from './shell/effects/written-files.ts'
import type { SimpleCommand } from './shell/types.ts'

/** A command that changes a protected file: a rule for the program does not name the file. */
export function findProtectedTarget(
  context: PolicyContext,
  commands: readonly SimpleCommand[],
): SimpleCommand | null {
  for (const command of commands) {
    const [directory = context.view.directory] = command.directories ?? []
    const isNamed = namesInCode(command).some(
      (name) => /[./~]/.test(name) && needsExactRule(context, path.resolve(directory, name)),
    )
    if (isNamed) return command
    // An interpreter runs the file that it is given.
    const isAnyWritten =
      couldWriteNamed(command) && !runsCode(systemProgram(command.words[0]) ?? '')
    for (const { access, file } of touchedFiles(command, context.view)) {
      const mayChange = access === 'write' || isAnyWritten
      if (mayChange && needsExactRule(context, file)) return command
    }
  }
  return null
}
