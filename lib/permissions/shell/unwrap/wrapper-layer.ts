import { firstValue, plainValue, possibleValues, type ShellWord } from '../parse/word.ts'
import type { VariableAssignment } from '../types.ts'

/** What one wrapper starts. */
export interface WrapperLayer {
  readonly commands: readonly (readonly ShellWord[])[]
  readonly scripts: readonly string[]
  readonly assignments: readonly VariableAssignment[]
  /** Whether the wrapper does nothing else. */
  readonly isTransparent: boolean
  /** Whether it runs on another machine, in a container or from a package: allow rules need not cover it. */
  readonly isElsewhere: boolean
  /** Whether it runs something unknown. */
  readonly isHidden: boolean
  readonly directory: 'same' | 'other'
  /** The index of the inner program among the wrapper's words; null when it is not a separate word. */
  readonly innerIndex: number | null
}

/** Adds scripts that are also run; one that is only guessed hides what it does. */
export function withScripts(layer: WrapperLayer, words: readonly ShellWord[]): WrapperLayer {
  const scripts = words.flatMap(({ values, text }) => (values.length === 0 ? [text] : values))
  const isHidden = layer.isHidden || words.some((word) => plainValue(word) === null)
  return { ...layer, scripts: [...layer.scripts, ...scripts], isHidden }
}

/** The program's name without its directory; a guess when the word is not certain. */
export function programName(word: ShellWord | undefined): string | null {
  const value = word?.values.at(0)
  if (value === undefined || value === '') return null
  return value.slice(value.lastIndexOf('/') + 1)
}

export const EMPTY_LAYER: WrapperLayer = {
  commands: [],
  scripts: [],
  assignments: [],
  isTransparent: false,
  isElsewhere: false,
  isHidden: false,
  directory: 'same',
  innerIndex: null,
}

/** The words joined to a script, as a shell does. */
export function createScriptLayer(
  words: readonly ShellWord[],
  more: Partial<WrapperLayer>,
): WrapperLayer | null {
  if (words.length === 0) return null
  const isKnown = words.every((word) => plainValue(word) !== null)
  const lists = possibleValues(words)
  const known = lists.length > 0 ? lists : [words.map(firstValue)]
  const scripts = known.map((list) => list.join(' '))
  return { ...EMPTY_LAYER, scripts, isHidden: !isKnown, ...more }
}
