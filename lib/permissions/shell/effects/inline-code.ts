import { firstValue } from '../parse/word.ts'
import { READONLY_PROGRAMS } from '../tables/readonly-programs.ts'
import type { SimpleCommand } from '../types.ts'
import { programName } from '../unwrap/wrapper-layer.ts'

/**
 * The names in code that a program is given to run: `python -c`, `awk`, a here-document for `make`. What the code does
 * is unknown, but a name that a rule denies requires approval.
 */
export function namesInCode(command: SimpleCommand): readonly string[] {
  const { words } = command
  const named = namesIn(codeTexts(command))
  const names = /sed$/.test(programName(words[0]) ?? '')
    ? [...named, ...afterCommands(words.slice(1).map(firstValue))]
    : named
  return [...new Set(names)].slice(0, MAX_NAMES)
}

/** Whether code lists directories, of which it need not name one: `os.listdir()`, `Dir.glob('*')`, `<.e*>`. */
export function listsDirectories(command: SimpleCommand): boolean {
  return codeTexts(command).some((text) => LISTING.test(text))
}

/** The words and the input that can be code; none for a program that runs no code. */
function codeTexts({ words, input }: SimpleCommand): readonly string[] {
  const name = programName(words[0]) ?? ''
  const args = words.slice(1).map(firstValue)
  if (!runsCode(name)) {
    const isKnown = READONLY_PROGRAMS.has(name) || TAKES_TEXT.test(name)
    return isKnown ? [] : args.filter((text) => CALL.test(text))
  }
  return [...args.filter((text) => !FILE_NAME.test(text)), ...(input?.values ?? [])]
}

/** A call with a text, as any language has it: `gnuplot -e 'system("rm x")'`. */
const CALL = /[\w)]\s*\(?\s*["'`]|\(\w+ "/

const LISTING =
  /\b(listdir|scandir|(?:readdir|opendir|glob)(?:Sync)?|iglob|rglob|iterdir|walk|make_archive|Dir|Find|FilesystemIterator|RecursiveDirectoryIterator|readDir(?:Sync)?)\b|<[^<>\s]*[*?][^<>\s]*>/

function namesIn(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => text.match(/[\p{L}\p{M}\p{N}\p{Cf}_./~-]+/gu) ?? [])
}

/** The commands of sed need no blank before a name: `$r.env`. */
function afterCommands(args: readonly string[]): readonly string[] {
  return namesIn(args).flatMap((name) => /^\d*[rRwW](.+)/.exec(name)?.[1] ?? [])
}

/** The programs of the system that a command gives another name, by which no rule knows them. */
export function renamedPrograms({ words }: SimpleCommand): readonly string[] {
  if (!/^(g?cp|g?ln|g?mv|link|g?install|rsync|dd|cat)$/.test(programName(words[0]) ?? '')) return []
  return words.slice(1).flatMap(({ values, text }) => {
    const paths = values.flatMap((value) => /(?:^|\/)s?bin\/([^/]+)$/.exec(value)?.[1] ?? [])
    const found = /\b(?:which|whereis|(?:command|type) -\w+)\s+([\w.+-]+)/.exec(text)?.[1]
    return found === undefined ? paths : [...paths, found]
  })
}

/**
 * Programs where a command begins in a text of several words, which a program that is not known here could give a shell:
 * `--pager 'rm x'`, `-x 'cd a && rm x'`.
 */
export function namesInScripts({ words, inner }: SimpleCommand): readonly string[] {
  const name = programName(words[0])
  if (name === null || READONLY_PROGRAMS.has(name) || TAKES_TEXT.test(name)) return []
  // Each command of the script is judged as one of the line.
  if (inner !== null && SHELLS.has(name)) return []
  const texts = words.slice(1).flatMap(({ values }) => values.filter((value) => /\s/.test(value)))
  const found = texts.flatMap((text) => [...text.matchAll(BEGINNING_OF_COMMAND)])
  return [...new Set(found.map(([, program = '']) => program))]
}

const BEGINNING_OF_COMMAND =
  /(?:^(?:--?[\w-]+=)?|[;&|(`{\n]|\b(?:then|do|else|exec|sudo|env|xargs|time|nohup|command)\s)[:! \t]*([\w./-]+)(?=[\s;&|)`]|$)/g

const SHELLS: ReadonlySet<string> = new Set(['bash', 'sh', 'dash', 'zsh', 'ksh'])

/** Programs that the value of an option, a setting or a variable names: `SHELL=/bin/rm`, `-wrapper rm,x`, `EXEC:'rm x'`. */
export function programsInValues({ words }: SimpleCommand): readonly string[] {
  const name = programName(words[0])
  if (name === null || READONLY_PROGRAMS.has(name) || TAKES_TEXT.test(name)) return []
  return words.slice(1).flatMap(({ values }, at) => {
    const isValue = NAMES_PROGRAM.test(words[at]?.values.at(0) ?? '')
    return values.flatMap((value) => [
      ...(isValue ? (/^[\w./+-]+/.exec(value) ?? []) : []),
      ...(PROGRAM_PATH.test(value) ? [value] : []),
      ...[...value.matchAll(PROGRAM_IN_VALUE)].map(([, program = '']) => program),
    ])
  })
}

/** An option or a setting whose value is a program, after which it is the next word. */
const NAMES_PROGRAM =
  /^(-[ex]|-{0,2}[\w.-]*(exec|shell|cmd|command|wrapper|prog|program|runner|tool|pager|editor|browser|linker|launcher|ssh|rsh|renderer))$/

const PROGRAM_PATH = /^\/(?:[\w.-]+\/)*s?bin\/[\w.+-]+$/

const PROGRAM_IN_VALUE = /(?:[=#]\s*|\b(?:EXEC|SYSTEM|SHELL):)["']?([\w./+-]+)/gi

/** Programs of which such words are titles, messages and patterns. */
const TAKES_TEXT =
  /^(echo|printf|git|gh|glab|sed|gsed|find|fd|jq|yq|curl|wget|http|test|\[|:|true|export|declare|local|set|read|notify-send|say|logger|docker|[gmn]?awk|perl|python[\d.]*|node|ruby|php)$/

/** Whether a program runs code that is among its words, in its input or in a file. */
export function runsCode(name: string): boolean {
  return CODE_RUNNERS.test(name)
}

const MAX_NAMES = 500

const FILE_NAME = /^[\w./~+@:=-]*$/

const CODE_RUNNERS =
  /^(python[\d.]*|pypy[\d.]*|perl|ruby|irb|node|nodejs|deno|bun|tsx|ts-node|php|lua|luajit|tclsh|expect|[gmn]?awk|g?sed|ed|ex|vim?|nvim|emacs|osascript|Rscript|R|julia|groovy|pwsh|powershell|psql|mysql|sqlite3|g?make|gdb|lldb|m4|dc|s?ftp|lftp|crontab)$/
