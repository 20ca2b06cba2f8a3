import { literalWord, plainValue, type ShellWord, unknownWord } from '../parse/word.ts'
import type { Wrapper } from '../tables/wrapper-programs.ts'
import type { VariableAssignment } from '../types.ts'
import { findLaunched } from './launchers.ts'
import { skipOptions } from './skip-options.ts'
import { EMPTY_LAYER, type WrapperLayer } from './wrapper-layer.ts'

export function unwrapPlain(words: readonly ShellWord[], wrapper: Wrapper): WrapperLayer | null {
  const { start, options, isKnown } = skipOptions(words, wrapper)
  let at = start + wrapper.operands
  const assignments: VariableAssignment[] = []
  for (; at < words.length; at++) {
    const assigned = asAssignment(words[at])
    if (assigned === null) break
    assignments.push(assigned)
  }
  const inner = words.slice(at)
  if (options.some((one) => wrapper.idle?.test(one))) return null
  if (!isKnown) return unwrapAtAnyWord(words)
  if (inner.length === 0) return null
  // An uncertain word can change which word is the program.
  const isHidden = words.slice(1, at).some((word) => plainValue(word) === null)
  const isClear = !isHidden && !options.some((one) => wrapper.opaque?.test(one))
  const isTransparent = wrapper.isTransparent && isClear
  const directory = options.some((one) => /^(-\w*[DR]|--ch)/.test(one)) ? 'other' : 'same'
  return {
    ...EMPTY_LAYER,
    commands: [inner],
    assignments,
    isTransparent,
    isHidden,
    directory,
    innerIndex: at,
  }
}

/** With an option that is not known, each of the words could be the program. */
function unwrapAtAnyWord(words: readonly ShellWord[]): WrapperLayer | null {
  const commands = findLaunched(words, 1)
  const isHidden = words.slice(1).some((word) => word.values.length === 0)
  return commands.length === 0
    ? null
    : { ...EMPTY_LAYER, commands, isHidden, directory: 'other', innerIndex: null }
}

/** env and sudo accept variable names that a shell does not. */
function asAssignment(word: ShellWord | undefined): VariableAssignment | null {
  const match = /^([^=]*)=([\s\S]*)$/.exec(word?.values.at(0) ?? '')
  if (word === undefined || match === null) return null
  const [, name = '', value = ''] = match
  return { name, value: word.isCertain ? literalWord(value) : unknownWord(word.text) }
}
