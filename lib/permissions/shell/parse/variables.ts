import { forEachChild, type SyntaxNode } from 'unbash'
import type { FsView } from '../../facts/facts.ts'
import { isShellVariable } from '../tables/env-variables.ts'
import type { VariableAssignment } from '../types.ts'
import { expandGlob } from './expand-glob.ts'
import { isOneField, plainValue, type ShellWord, type VariableValue } from './word.ts'
import type { WorkingDirectories } from './working-directory.ts'

/** What is known about the shell's variables at the current place of the line. */
export class Variables {
  private readonly values = new Map<string, VariableValue>()
  private readonly view: FsView

  constructor(view: FsView) {
    this.view = view
  }

  get(name: string): VariableValue {
    return this.values.get(name) ?? this.builtIn(name)
  }

  /** Used to find what a rule denies, never to prove a line harmless: the assignment may not run. */
  remember({ name, value }: VariableAssignment): void {
    const before = this.values.get(name)?.values ?? []
    const values = [...new Set([...before, ...value.values])].slice(0, MAX_REMEMBERED_VALUES)
    this.values.set(name, { values, isCertain: false })
  }

  /** After an assignment that runs in any case, and a text that is known. */
  set({ name, value }: VariableAssignment): void {
    const [only, ...others] = value.values
    const isKnown =
      value.isCertain && value.glob === null && only !== undefined && others.length === 0
    if (isKnown && isShellVariable(name)) this.values.set(name, { values: [only], isCertain: true })
    else this.remember({ name, value })
  }

  /** Makes a guess of what the node, which may run, sets: from here on, or before it when it runs again. */
  doubt(node: SyntaxNode): void {
    for (const [name, { values, isCertain }] of this.values) {
      if (isCertain && setsVariable(node, name)) this.values.set(name, { values, isCertain: false })
    }
  }

  /** Nothing is certain at the beginning of another script. */
  forget(): void {
    for (const [name, { values }] of this.values) {
      this.values.set(name, { values, isCertain: false })
    }
  }

  /** Gives a variable its values while the body of a loop is parsed; afterwards they are only a guess. */
  duringLoop<Value>(name: string, variable: VariableValue, read: () => Value): Value {
    this.values.set(name, variable)
    const value = read()
    this.values.set(name, { values: this.get(name).values, isCertain: false })
    return value
  }

  private builtIn(name: string): VariableValue {
    if (name === 'HOME') return { values: [this.view.home], isCertain: true }
    // Only at first: `cd` changes it.
    if (name === 'PWD') return { values: [this.view.directory], isCertain: false }
    if (/^[?#$]$/.test(name)) return { values: [], isCertain: false, isField: true }
    if (name === 'IFS') return { values: [' '], isCertain: false }
    // `bash -c` has no positional parameters.
    if (/^[@*1-9]$/.test(name)) return { values: [''], isCertain: false }
    return UNKNOWN_VALUE
  }
}

const MAX_REMEMBERED_VALUES = 8

export const UNKNOWN_VALUE: VariableValue = { values: [], isCertain: false }

/** Whether the body of a loop can set the variable, which its next iteration would see. */
export function setsVariable(node: SyntaxNode, name: string): boolean {
  if (setsItself(node, name)) return true
  let sets = false
  forEachChild(node, (child) => {
    sets ||= setsVariable(child, name)
  })
  return sets
}

function setsItself(node: SyntaxNode, name: string): boolean {
  switch (node.type) {
    case 'Assignment':
      return node.name === name
    case 'For':
    case 'Select':
      return node.name.value === name
    case 'ParameterExpansion':
      return node.parameter === name && /=$/.test(node.operation?.operator ?? '')
    case 'Command':
      return isSettingCommand(node) && node.args.some((word) => couldName(word, name))
    default:
      return false
  }
}

/** `printf` sets a variable only with `-v`. */
function isSettingCommand({
  name,
  args: [first],
}: Extract<SyntaxNode, { type: 'Command' }>): boolean {
  const program = name?.value ?? ''
  if (program !== 'printf') return SETTING_COMMANDS.test(program)
  return first !== undefined && /^[-$`]/.test('value' in first ? String(first.value) : '')
}

const SETTING_COMMANDS =
  /^(read|mapfile|readarray|getopts|declare|typeset|local|export|readonly|unset|let|wait|coproc|builtin|command|eval|source|\.)$/

function couldName(word: { readonly text: string }, name: string): boolean {
  return /[$`'"\\]/.test(word.text) || word.text === name
}

/** The variables that `export X=rm` and similar commands set. */
export function declaredVariables([
  program,
  ...args
]: readonly ShellWord[]): readonly VariableAssignment[] {
  if (!DECLARING_COMMANDS.has(plainValue(program) ?? '')) return []
  return args.flatMap((word) => {
    const [, name, value] = /^(\w+)=([\s\S]*)$/.exec(word.values.at(0) ?? '') ?? []
    if (name === undefined || value === undefined) return []
    return [{ name, value: { ...word, values: [value] } }]
  })
}

export const DECLARING_COMMANDS = new Set(['export', 'declare', 'typeset', 'readonly', 'local'])

/** The values of a loop's variable: the words of its list, with wildcards expanded. */
export function loopVariableValue(
  list: readonly ShellWord[] | null,
  directories: WorkingDirectories,
  view: FsView,
): VariableValue {
  if (list === null) return UNKNOWN_VALUE
  const [directory, ...others] = directories ?? []
  const all = list.map((word) => {
    if (word.glob === null) return word.isCertain ? word.values : null
    if (directory === undefined || others.length > 0 || !word.isCertain) return null
    return (
      expandGlob(word.glob, directory, view)?.map((file) => relativeTo(directory, file)) ?? null
    )
  })
  const values = all.flatMap((one, at) => one ?? list[at]?.values ?? [])
  const isCertain = all.every((one) => one !== null)
  // Outside quotes the shell has split the words already.
  const isField = list.every((word, at) =>
    word.isCertain ? (all[at]?.every(isOneField) ?? false) : !/["'\\]/.test(word.text),
  )
  return values.length > MAX_LOOP_VALUES
    ? { ...UNKNOWN_VALUE, isField }
    : { values, isCertain, isField }
}

const MAX_LOOP_VALUES = 64

/** As the shell writes it, so that a file name that begins with a dash still looks like an option. */
function relativeTo(directory: string, file: string): string {
  return file.startsWith(`${directory}/`) ? file.slice(directory.length + 1) : file
}
