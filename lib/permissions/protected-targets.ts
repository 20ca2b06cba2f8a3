import path from 'node:path'
import { needsExactRule, type PolicyContext } from './decide-path.ts'
import { namesInCode, runsCode } from './shell/effects/inline-code.ts'
import { systemProgram } from './shell/effects/read-access.ts'
import { touchedFiles } from './shell/effects/touched-files.ts'
import { couldWriteNamed } from './shell/effects/written-files.ts'
import { firstValue, plainValue } from './shell/parse/word.ts'
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
    for (const { access, file } of touchedFiles(command, context.view)) {
      if (access === 'write' && needsExactRule(context, file)) return command
    }
    if (!couldWriteNamed(command)) continue
    for (const { file } of touchedFiles(withoutScript(command), context.view)) {
      if (needsExactRule(context, file)) return command
    }
  }
  return null
}

/**
 * An interpreter runs the files that it is given. It can write what its options name, and so can a module of Python, which is a program
 * like others.
 */
function withoutScript(command: SimpleCommand): SimpleCommand {
  const [program, ...args] = command.words
  const name = systemProgram(program) ?? ''
  const isModule = /^(python|pypy)/.test(name) && args.some((word) => plainValue(word) === '-m')
  if (program === undefined || !runsCode(name) || isModule || OPENS_FILES.test(name)) return command
  const options = args.filter(
    (word, at) =>
      firstValue(word).startsWith('-') || /^--[\w-]+$/.test(args[at - 1]?.values.at(0) ?? ''),
  )
  return { ...command, words: [program, ...options] }
}

/** Editors, and programs whose operand is a database. */
const OPENS_FILES = /^(vim?|nvim|ex|ed|emacs|sqlite3)$/
