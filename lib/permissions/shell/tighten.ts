import { literalWord } from './parse/word.ts'
import { actsOnlyOnFiles, findActions, PRINTERS } from './tables/find.ts'

/**
 * The words of a command of a pipeline that passes names of files to `xargs`, so that the names cannot be split and none of
 * them is a link: `find src -name '*.ts' | xargs wc -l` becomes `find src -name '*.ts' -type f -print0 | xargs -0 wc -l`. What
 * results is judged as any other line. Null when the command cannot be changed without losing names.
 */
export function tightenNames(words: readonly string[], isFirst: boolean): readonly string[] | null {
  const [program = '', ...args] = words
  if (isFirst && program === 'find') return tightenFind(words)
  if (isFirst && program === 'grep') return [program, '-Z', ...args]
  if (isFirst && program === 'git' && args[0] === 'ls-files') {
    return [program, 'ls-files', '-z', ...args.slice(1).filter((arg) => arg !== '-z')]
  }
  if (isFirst || !/^(sort|head|tail|uniq|grep)$/.test(program)) return null
  // `head -5` has its number in the place of an option.
  const counted = args.flatMap((arg) => (/^-\d+$/.test(arg) ? ['-n', arg.slice(1)] : [arg]))
  return program === 'grep' ? [program, '-z', '-a', ...args] : [program, '-z', ...counted]
}

/** The words of an `xargs` that reads such names. */
export function tightenXargs(words: readonly string[], producer: string): readonly string[] {
  const [program = '', ...args] = words
  const isTracked = producer === 'git'
  // Further on it could be the value of another option.
  const has = /^(-0|--null)$/.test(args[0] ?? '')
  return [
    program,
    ...(has ? [] : ['-0']),
    ...args,
    ...(isTracked && args.at(-1) !== '--' ? ['--'] : []),
  ]
}

/** The words of a `find`, which performs its action for regular files only; null when it could mean directories. */
export function tightenFind(words: readonly string[]): readonly string[] | null {
  if (!meansFiles(words)) return null
  const actions = findActions(words)
  if (actions === null) return null
  const first = words.findIndex((word) => /^[-!(),]/.test(word))
  if (actions.length === 0) {
    const [starts, tests] = first < 0 ? [words, []] : [words.slice(0, first), words.slice(first)]
    const group = tests.length === 0 ? [] : ['(', ...tests, ')']
    return [...starts, ...group, '-type', 'f', '-print0']
  }
  const isEither = words.some((word) => /^(-o|-or|,)$/.test(word))
  if (isEither && words.includes('-exec')) return null
  const tightened = words.flatMap((word, at) => {
    if (!actions.includes(at)) return [word]
    if (word === '-print' || word === '-print0') return ['-type', 'f', '-print0']
    return word === '-exec' ? ['-type', 'f', '-exec'] : [word]
  })
  return tightened
}

/** Whether only files can match: by their type, or because each name has an extension. */
function meansFiles(words: readonly string[]): boolean {
  const after = (option: RegExp): readonly string[] =>
    words.flatMap((word, at) => (option.test(words[at - 1] ?? '') ? [word] : []))
  const types = after(/^-x?type$/)
  const isNegated = words.some(
    (word, at) => /^(!|-not)$/.test(word) && /^-x?type$/.test(words[at + 1] ?? ''),
  )
  if (isNegated) return false
  if (types.length > 0) return types.every((type) => type === 'f')
  const names = after(/^-i?name$/)
  return names.length > 0 && names.every((name) => /^[^.].*\.[\w*?]+$/.test(name))
}

/** Whether a `find` starts programs for what may not be a regular file. */
export function startsForAnything(words: readonly string[]): boolean {
  if (!words.includes('-exec')) return false
  const isHarmless = words.every(
    (word, at) => word !== '-exec' || PRINTERS.has(words[at + 1] ?? ''),
  )
  return !isHarmless && !actsOnlyOnFiles(words.slice(1).map(literalWord))
}
