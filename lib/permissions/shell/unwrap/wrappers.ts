import { literalWord, type ShellWord, unknownWord } from '../parse/word.ts'
import type { VariableAssignment } from '../types.ts'
import { EMPTY_LAYER, type WrapperLayer } from './wrapper-layer.ts'

/** A program that starts another program, which follows its options. */
interface Wrapper {
  /** Short options that require a value, and long ones whose value is the next word. */
  readonly short: string
  readonly long: readonly string[]
  /** The number of words between the options and the program. */
  readonly operands: number
  readonly isTransparent: boolean
  /** Options with which it is not transparent. */
  readonly opaque: RegExp | null
  /** Options with which nothing is run. */
  readonly idle: RegExp | null
}

export const PLAIN: Wrapper = {
  short: '',
  long: [],
  operands: 0,
  isTransparent: false,
  opaque: null,
  idle: null,
}
export const TRANSPARENT_WRAPPER: Wrapper = { ...PLAIN, isTransparent: true }

export const WRAPPERS = new Map<string, Wrapper>([
  ['timeout', { ...TRANSPARENT_WRAPPER, short: 'ks', long: ['kill-after', 'signal'], operands: 1 }],
  ['nice', { ...TRANSPARENT_WRAPPER, short: 'n', long: ['adjustment'] }],
  [
    'ionice',
    {
      ...TRANSPARENT_WRAPPER,
      short: 'cn',
      long: ['class', 'classdata'],
      opaque: /^-[pPu]|^--[pu]/,
    },
  ],
  ['nohup', TRANSPARENT_WRAPPER],
  ['stdbuf', { ...TRANSPARENT_WRAPPER, short: 'ioe', long: ['input', 'output', 'error'] }],
  [
    'time',
    { ...TRANSPARENT_WRAPPER, short: 'fo', long: ['format', 'output'], opaque: /^-\w*o|^--o/ },
  ],
  ['command', { ...TRANSPARENT_WRAPPER, idle: /^-\w*[vV]/ }],
  ['builtin', TRANSPARENT_WRAPPER],
  ['noglob', TRANSPARENT_WRAPPER],
  ['nocorrect', TRANSPARENT_WRAPPER],
  ['-', PLAIN],
  ['jobs', PLAIN],
  ['exec', { ...PLAIN, short: 'a' }],
  ['setsid', PLAIN],
  ['busybox', PLAIN],
  ['toybox', PLAIN],
  ['chrt', { ...PLAIN, short: 'TPD', operands: 1 }],
  ['taskset', { ...PLAIN, operands: 1 }],
  ['chroot', { ...PLAIN, operands: 1 }],
  ['doas', { ...PLAIN, short: 'aCu' }],
  [
    'sudo',
    {
      ...PLAIN,
      short: 'CDghpRrtTuU',
      long: ['user', 'group', 'host', 'prompt', 'chdir', 'chroot', 'role', 'type', 'other-user'],
    },
  ],
  ['strace', { ...PLAIN, short: 'abeEIoOpPsSuUX' }],
  ['ltrace', { ...PLAIN, short: 'aADeFlnopsuwx' }],
  [
    'xargs',
    { ...PLAIN, short: 'adEILnPs', long: ['max-args', 'max-procs', 'delimiter', 'arg-file'] },
  ],
])

export function unwrapPlain(words: readonly ShellWord[], wrapper: Wrapper): WrapperLayer | null {
  const { start, options } = skipOptions(words, wrapper)
  let at = start + wrapper.operands
  const assignments: VariableAssignment[] = []
  for (; at < words.length; at++) {
    const assigned = asAssignment(words[at])
    if (assigned === null) break
    assignments.push(assigned)
  }
  const inner = words.slice(at)
  if (inner.length === 0 || options.some((one) => wrapper.idle?.test(one))) return null
  // An uncertain word can change which word is the program.
  const isHidden = words.slice(1, at).some((word) => word.values.length !== 1 || !word.isCertain)
  const isClear = !isHidden && !options.some((one) => wrapper.opaque?.test(one))
  const isTransparent = wrapper.isTransparent && isClear
  const directory = options.some((one) => /^(-D|-R|--ch)/.test(one)) ? 'other' : 'same'
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

/** The index of the first word after the options. */
export function skipOptions(
  words: readonly ShellWord[],
  { short, long }: Pick<Wrapper, 'short' | 'long'>,
): { readonly start: number; readonly options: readonly string[] } {
  const options: string[] = []
  let at = 1
  for (; at < words.length; at++) {
    const value = words[at]?.values.at(0)
    if (value === undefined || !value.startsWith('-') || value === '-') break
    if (value === '--') return { start: at + 1, options }
    options.push(value)
    if (value.startsWith('--')) at += long.includes(value.slice(2)) ? 1 : 0
    else at += takesNext(value, short) ? 1 : 0
  }
  return { start: at, options }
}

/** Whether the value is the next word: `-n 5`, but not `-n5`. */
function takesNext(option: string, short: string): boolean {
  const first = [...option.slice(1)].findIndex((letter) => short.includes(letter))
  return first >= 0 && first === option.length - 2
}

/** env and sudo accept variable names that a shell does not. */
function asAssignment(word: ShellWord | undefined): VariableAssignment | null {
  const match = /^([^=]*)=([\s\S]*)$/.exec(word?.values.at(0) ?? '')
  if (word === undefined || match === null) return null
  const [, name = '', value = ''] = match
  return { name, value: word.isCertain ? literalWord(value) : unknownWord(word.text) }
}
