import type { FsView } from '../../facts/facts.ts'
import { parseLine } from '../parse/parse-line.ts'
import type { ShellWord } from '../parse/word.ts'
import { firstStartableWord } from '../tables/plain-programs.ts'
import { type SimpleCommand, withInnerCommands } from '../types.ts'
import { programName } from '../unwrap/wrapper-layer.ts'
import { pathsOf } from './read-access.ts'

/**
 * What a program that is not known here could start: each of its words could be a program, and the following ones its words; and
 * what any program could, by a variable of its environment. Nothing for the words of a wrapper whose options are known, as what it
 * starts is judged.
 */
export function possibleStarts(
  { words, inner, ...command }: SimpleCommand,
  couldBe: (name: string) => boolean,
  view: FsView,
): readonly SimpleCommand[] {
  const program = programName(words[0])
  if (program === null) return []
  const fromEnvironment = command.assignments.flatMap(({ value }) =>
    value.values.some(couldBe) ? [{ ...command, words: [value], inner: null }] : [],
  )
  // What is declared is a name or a text, which `possibleScripts` looks at.
  if (typeof inner?.innerIndex === 'number' || DECLARATIONS.has(program)) return fromEnvironment
  const first = firstStartableWord(program, words)
  const fromWords = words.flatMap((word, at) => {
    if (at < first) return []
    const matched = word.glob === null ? [] : matchesOf(word, command, view)
    const named = [...word.values.flatMap(spellings), ...matched].find(couldBe)
    if (named === undefined) return []
    const started = { ...word, values: [named], glob: null }
    return [{ ...command, words: [started, ...words.slice(at + 1, at + MAX_WORDS)], inner: null }]
  })
  return [...fromEnvironment, ...fromWords]
}

const DECLARATIONS = new Set(['export', 'declare', 'typeset'])

/** The files that a wildcard matches: `/bin/r?`. */
function matchesOf(
  word: ShellWord,
  { directories }: Pick<SimpleCommand, 'directories'>,
  view: FsView,
): readonly string[] {
  return (directories ?? [view.directory]).flatMap((one) => pathsOf(word, one, view) ?? [])
}

/** A name as it is, after an option in the same word, and between marks: `-xrm`, `-TTrm`, `--x=rm`, `rm,x`, `npm:rm`, `rm@1`, `!rm`. */
function spellings(value: string): readonly string[] {
  const [, , attached] = /^-(\w)\1?(.+)$/s.exec(value) ?? []
  const parts = [...new Set(value.split(/[,:=@+%![\]]+/))]
  return [value, ...parts, ...(attached === undefined ? [] : [attached])]
}

/** The commands of the texts among its words, of its input and of its environment, which it could give to a shell. */
export function possibleScripts(
  { words, assignments, inner, input }: SimpleCommand,
  view: FsView,
): readonly SimpleCommand[] {
  const program = programName(words[0])
  if (program === null) return []
  const first = inner === null ? firstStartableWord(program, words) : Number.POSITIVE_INFINITY
  const given =
    first === Number.POSITIVE_INFINITY
      ? []
      : [...words.slice(first), ...(input === null ? [] : [input])]
  const texts = [...assignments.map(({ value }) => value), ...given].flatMap(({ values }) =>
    values.filter((value) => SCRIPT.test(value)),
  )
  const scripts = texts.map((text) =>
    text.replace(/^(?:-{0,2}[\w.-]+=|-\w(?=[\w./]+\s))?[:!\s]*/, ''),
  )
  return scripts.flatMap((script) => {
    const { commands, fragments } = parseLine(script, view)
    return withInnerCommands([...commands, ...fragments])
  })
}

const SCRIPT = /[\s;&|()`\\]/

/** More than the words of any rule, and few enough for a line of thousands of such words. */
const MAX_WORDS = 50
