import { plainValue, type ShellWord } from '../parse/word.ts'
import type { Assigned } from '../types.ts'

/** What a command starts in turn, besides itself. */
export interface Layer {
  readonly commands: readonly (readonly ShellWord[])[]
  readonly scripts: readonly string[]
  readonly assignments: readonly Assigned[]
  /** Whether the wrapper adds nothing of its own. */
  readonly isTransparent: boolean
  /** Whether it runs on another machine, in a container or from a package: rules that allow need not see it. */
  readonly isElsewhere: boolean
  /** Whether something runs that can't be seen here. */
  readonly isHidden: boolean
  readonly folder: 'same' | 'other'
  /** Where in the wrapper's words the inner program stands; null when it is no word of its own. */
  readonly innerAt: number | null
}

/** Scripts are run besides; one that nobody can read hides what it does. */
export function withScripts(layer: Layer, words: readonly ShellWord[]): Layer {
  const scripts = [...layer.scripts, ...words.map((word) => word.values.at(0) ?? word.text)]
  const isHidden = layer.isHidden || words.some((word) => word.values.length === 0)
  return { ...layer, scripts, isHidden }
}

/** The program's own name, without folder; a guess when it isn't certain. */
export function programOf(word: ShellWord | undefined): string | null {
  const value = word?.values.at(0)
  if (value === undefined || value === '') return null
  return value.slice(value.lastIndexOf('/') + 1)
}

export const NOTHING: Layer = {
  commands: [],
  scripts: [],
  assignments: [],
  isTransparent: false,
  isElsewhere: false,
  isHidden: false,
  folder: 'same',
  innerAt: null,
}

/** The words joined to a script, as a shell would. */
export function ofScript(words: readonly ShellWord[], more: Partial<Layer>): Layer | null {
  if (words.length === 0) return null
  const isKnown = words.every((word) => plainValue(word) !== null)
  const text = words.map((word) => word.values.at(0) ?? word.text).join(' ')
  return { ...NOTHING, scripts: [text], isHidden: !isKnown, ...more }
}
