import { forEachChild, type SyntaxNode } from 'unbash'
import type { FsView } from '../../types.ts'
import type { Assigned } from '../types.ts'
import { expandGlob } from './expand-glob.ts'
import { plainValue, type ShellWord, type Variable } from './word.ts'
import type { Folders } from './working-directory.ts'

/** What is known of the shell's variables at the place that reading has reached. */
export class Variables {
  private readonly known = new Map<string, Variable>()
  private readonly ground: FsView

  constructor(ground: FsView) {
    this.ground = ground
  }

  get(name: string): Variable {
    return this.known.get(name) ?? this.builtIn(name)
  }

  /** Good enough to find what a rule forbids; never to prove a line harmless, for it may not have run. */
  remember({ name, value }: Assigned): void {
    const before = this.known.get(name)?.values ?? []
    const values = [...new Set([...before, ...value.values])].slice(0, MOST_GUESSES)
    this.known.set(name, { values, isCertain: false })
  }

  /** Gives a variable its values for as long as a loop's body is read; after it they are only a guess. */
  during<Value>(name: string, variable: Variable, read: () => Value): Value {
    this.known.set(name, variable)
    const value = read()
    this.known.set(name, { values: this.get(name).values, isCertain: false })
    return value
  }

  private builtIn(name: string): Variable {
    if (name === 'HOME') return { values: [this.ground.home], isCertain: true }
    // Only at the start: `cd` changes it.
    if (name === 'PWD') return { values: [this.ground.directory], isCertain: false }
    if (name === 'IFS') return { values: [' '], isCertain: false }
    // Without arguments, as `bash -c` gives none.
    if (/^[@*1-9]$/.test(name)) return { values: [''], isCertain: false }
    return UNKNOWN
  }
}

const MOST_GUESSES = 8

export const UNKNOWN: Variable = { values: [], isCertain: false }

/** Whether a loop's body may give the variable another value, which its next round would find. */
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
      return isSetter(node) && node.args.some((word) => mayName(word, name))
    default:
      return false
  }
}

/** `printf` sets one only after `-v`. */
function isSetter({ name, args: [first] }: Extract<SyntaxNode, { type: 'Command' }>): boolean {
  const program = name?.value ?? ''
  if (program !== 'printf') return SETTERS.test(program)
  return first !== undefined && /^[-$`]/.test('value' in first ? String(first.value) : '')
}

const SETTERS =
  /^(read|mapfile|readarray|getopts|declare|typeset|local|export|readonly|unset|let|wait|coproc|builtin|command|eval|source|\.)$/

function mayName(word: { readonly text: string }, name: string): boolean {
  return /[$`'"\\]/.test(word.text) || word.text === name
}

/** The variables that `export X=rm` and its kin set. */
export function declaredBy([program, ...args]: readonly ShellWord[]): readonly Assigned[] {
  if (!DECLARERS.has(plainValue(program) ?? '')) return []
  return args.flatMap((word) => {
    const [, name, value] = /^(\w+)=([\s\S]*)$/.exec(word.values.at(0) ?? '') ?? []
    if (name === undefined || value === undefined) return []
    return [{ name, value: { ...word, values: [value] } }]
  })
}

const DECLARERS = new Set(['export', 'declare', 'typeset', 'readonly', 'local'])

/** What a loop's variable may be: the words that it runs over, wildcards looked up. */
export function loopVariable(list: readonly ShellWord[] | null, folders: Folders): Variable {
  if (list === null) return UNKNOWN
  const [folder, ...others] = folders ?? []
  const all = list.map((word) => {
    if (word.glob === null) return word.isCertain ? word.values : null
    if (folder === undefined || others.length > 0 || !word.isCertain) return null
    return expandGlob(word.glob, folder)?.map((file) => relativeTo(folder, file)) ?? null
  })
  const values = all.flatMap((one, at) => one ?? list[at]?.values ?? [])
  const isCertain = all.every((one) => one !== null)
  return values.length > MOST_IN_LOOP ? UNKNOWN : { values, isCertain }
}

const MOST_IN_LOOP = 64

/** As the shell would write it: a file that begins with a dash must still look like an option. */
function relativeTo(folder: string, file: string): string {
  return file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : file
}
