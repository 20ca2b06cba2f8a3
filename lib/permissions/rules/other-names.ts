import { literalWord, plainValue } from '../shell/parse/word.ts'
import type { SimpleCommand } from '../shell/types.ts'
import { programName } from '../shell/unwrap/wrapper-layer.ts'

/**
 * The command as it is usually called, for rules that protect something: `/opt/bin/git show` and `git-show` are `git show`,
 * `docker-compose` is `docker compose`, `git.exe` is `git`, and what does the same by another subcommand, `git send-pack`, is a
 * `git push`. Nothing when it is called so.
 */
export function underUsualNames(command: SimpleCommand): readonly SimpleCommand[] {
  const [called, ...args] = command.words
  const value = plainValue(called)
  const name = programName(called)
  if (value === null || name === null) return []
  const { program, subcommand } = splitName(name)
  const given = subcommand === undefined ? args : [literalWord(subcommand), ...args]
  const usual = { ...command, words: [literalWord(program), ...given] }
  const others = withOtherSubcommand(program, usual)
  return value === program ? others : [usual, ...others]
}

/** The usual name of a program: `git` of `/opt/bin/git-push`, `git.exe` and `hub`, which passes on what it does not know. */
export function usualProgram(called: string): string {
  return splitName(called.slice(called.lastIndexOf('/') + 1)).program
}

function splitName(name: string): {
  readonly program: string
  readonly subcommand: string | undefined
} {
  const plain = name.replace(WINDOWS_EXTENSION, '')
  const [, program = plain, subcommand] = DASHED_NAME.exec(plain) ?? []
  return { program: program === 'hub' ? 'git' : program, subcommand }
}

/** Windows, and Linux on it, find `git.exe` by this name. */
const WINDOWS_EXTENSION = /\.(exe|cmd|bat|com)$/i

const DASHED_NAME = /^(git|docker)-([a-z][\w-]*)$/

/** Only the words from the subcommand on are replaced: global options stay where they are. */
function withOtherSubcommand(program: string, command: SimpleCommand): readonly SimpleCommand[] {
  const names = SAME_SUBCOMMANDS.get(program)
  if (names === undefined) return []
  const values = command.words.map((word) => plainValue(word))
  const shortened = program === 'npm' ? completions(values) : []
  return [...names, ...shortened].flatMap(([others, usual]) => {
    const other = others.map((one) => one.split(' ')).find((one) => indexOf(one, values) > 0)
    if (other === undefined) return []
    const from = indexOf(other, values)
    return [{ ...command, words: command.words.toSpliced(from, other.length, literalWord(usual)) }]
  })
}

/** npm accepts the beginning of a subcommand, which can follow the value of an option. */
function completions(values: readonly (string | null)[]): OtherNames {
  return values.slice(1, MAX_WORDS_BEFORE).flatMap((called) => {
    if (called === null || called.length < 2 || NPM_COMMANDS.includes(called)) return []
    const names = NPM_COMMANDS.filter((name) => name.startsWith(called))
    return names.map((name): OtherNames[number] => [[called], name])
  })
}

const NPM_COMMANDS = (
  'access adduser audit cache ci config deprecate dist-tag exec hook init install link login logout org owner pack pkg profile prune ' +
  'publish rebuild restart run set star start stop team test token trust uninstall unpublish unstar update version'
).split(' ')

/** Where the words of a subcommand are among the first words; its value can be that of an option, which only asks more. */
function indexOf(other: readonly string[], values: readonly (string | null)[]): number {
  return values
    .slice(0, MAX_WORDS_BEFORE)
    .findIndex((_, at) => at > 0 && other.every((word, index) => values[at + index] === word))
}

const MAX_WORDS_BEFORE = 12

type OtherNames = readonly (readonly [others: readonly string[], usual: string])[]

const DOCKER: OtherNames = [
  ...'run exec create rm kill stop start cp commit export update restart pause attach'
    .split(' ')
    .map((name) => [[`container ${name}`], name] as const),
  ...'push pull build save load tag import'
    .split(' ')
    .map((name) => [[`image ${name}`], name] as const),
  [['image rm', 'image remove'], 'rmi'],
  [['container remove'], 'rm'],
  [['builder build', 'buildx build', 'image build'], 'build'],
]

const PACKAGES: OtherNames = [
  [['i', 'in', 'ins', 'inst', 'add', 'install-test', 'it'], 'install'],
  [['un', 'rm', 'r', 'remove', 'unlink'], 'uninstall'],
  [['x'], 'exec'],
  [['run-script', 'rum', 'urn'], 'run'],
  [['clean-install', 'ic', 'install-clean'], 'ci'],
  [['login', 'add-user'], 'adduser'],
]

/** Subcommands that do the same as another one. */
const SAME_SUBCOMMANDS: ReadonlyMap<string, OtherNames> = new Map<string, OtherNames>([
  [
    'git',
    [
      [['send-pack', 'http-push', 'subtree push', 'lfs push', 'p4 submit'], 'push'],
      [['remote-https', 'remote-http', 'remote-ext', 'remote-fd'], 'push'],
      [['fetch-pack', 'http-fetch', 'remote-https', 'remote-http', 'lfs fetch'], 'fetch'],
      [['commit-tree'], 'commit'],
      [['stage'], 'add'],
      [['annotate'], 'blame'],
      [['whatchanged'], 'log'],
      [['init-db'], 'init'],
    ],
  ],
  ['docker', DOCKER],
  ['podman', DOCKER],
  ['npm', PACKAGES],
])
