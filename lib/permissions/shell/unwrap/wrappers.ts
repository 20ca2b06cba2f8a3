import { literalWord, type ShellWord, unknownWord } from '../parse/word.ts'
import type { Assigned } from '../types.ts'
import { type Layer, NOTHING } from './wrapper-layer.ts'

/** A program that is made to start another, which follows its options. */
export interface Wrapper {
  /** Short options that take a value, and long ones that take it as a word of its own. */
  readonly short: string
  readonly long: readonly string[]
  /** Words between the options and the program. */
  readonly operands: number
  readonly isTransparent: boolean
  /** Options that end the transparency. */
  readonly opaque: RegExp | null
  /** Options that say that nothing is run. */
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
export const CLEAR: Wrapper = { ...PLAIN, isTransparent: true }

export const WRAPPERS = new Map<string, Wrapper>([
  ['timeout', { ...CLEAR, short: 'ks', long: ['kill-after', 'signal'], operands: 1 }],
  ['nice', { ...CLEAR, short: 'n', long: ['adjustment'] }],
  ['ionice', { ...CLEAR, short: 'cn', long: ['class', 'classdata'], opaque: /^-[pPu]|^--[pu]/ }],
  ['nohup', CLEAR],
  ['stdbuf', { ...CLEAR, short: 'ioe', long: ['input', 'output', 'error'] }],
  ['time', { ...CLEAR, short: 'fo', long: ['format', 'output'], opaque: /^-\w*o|^--o/ }],
  ['command', { ...CLEAR, idle: /^-\w*[vV]/ }],
  ['builtin', CLEAR],
  ['noglob', CLEAR],
  ['nocorrect', CLEAR],
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

export function unwrapPlain(words: readonly ShellWord[], wrapper: Wrapper): Layer | null {
  const { start, options } = skipOptions(words, wrapper)
  let at = start + wrapper.operands
  const assignments: Assigned[] = []
  for (; at < words.length; at++) {
    const assigned = asAssignment(words[at])
    if (assigned === null) break
    assignments.push(assigned)
  }
  const inner = words.slice(at)
  if (inner.length === 0 || options.some((one) => wrapper.idle?.test(one))) return null
  // Words that may be several things may also move the place where the program stands.
  const isHidden = words.slice(1, at).some((word) => word.values.length !== 1 || !word.isCertain)
  const isClear = !isHidden && !options.some((one) => wrapper.opaque?.test(one))
  const isTransparent = wrapper.isTransparent && isClear
  const folder = options.some((one) => /^(-D|-R|--ch)/.test(one)) ? 'other' : 'same'
  return {
    ...NOTHING,
    commands: [inner],
    assignments,
    isTransparent,
    isHidden,
    folder,
    innerAt: at,
  }
}

/** Where the words after the options begin. */
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

/** `-n 5`, but not `-n5`, nor what follows a letter that takes the rest of the word. */
function takesNext(option: string, short: string): boolean {
  const first = [...option.slice(1)].findIndex((letter) => short.includes(letter))
  return first >= 0 && first === option.length - 2
}

/** To env and sudo, names are variables that no shell would take. */
function asAssignment(word: ShellWord | undefined): Assigned | null {
  const match = /^([^=]*)=([\s\S]*)$/.exec(word?.values.at(0) ?? '')
  if (word === undefined || match === null) return null
  const [, name = '', value = ''] = match
  return { name, value: word.isCertain ? literalWord(value) : unknownWord(word.text) }
}
