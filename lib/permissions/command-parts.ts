import path from 'node:path'
import { parse } from 'unbash'
import { commandDangers } from './dangerous-calls.ts'
import { decideCommand } from './decide-command.ts'
import { diskFacts } from './facts/disk-facts.ts'
import { withFacts } from './facts/fact-cache.ts'
import type { FactSource, FsView } from './facts/facts.ts'
import { readRemotePlaces } from './git/git-remotes.ts'
import { reasons, remotePlace, sideEffects } from './messages.ts'
import { parseRules } from './rules/rule.ts'
import {
  gitRemotes,
  remoteHosts,
  withFileOperands,
  withGitFiles,
} from './shell/effects/file-operands.ts'
import { registriesOf } from './shell/effects/registries.ts'
import { touchedFiles } from './shell/effects/touched-files.ts'
import { parseLine } from './shell/parse/parse-line.ts'
import { quote } from './shell/print/quote.ts'
import { type SimpleCommand, withInnerCommands } from './shell/types.ts'
import type { CommandPart, Policy } from './types.ts'

/** More than a person reviews one by one. */
const MAX_PARTS = 40

/**
 * The simple commands of a line, each with the reason why it needs approval, for a person to review. The verdict on the line is
 * that of `decide`: a part is said to need none only when nothing before it can change what it does.
 */
export async function judgeParts(
  { mode, rules, bounds }: Policy,
  line: string,
  source: FactSource = diskFacts,
  remotesOf: typeof readRemotePlaces = readRemotePlaces,
): Promise<readonly CommandPart[]> {
  const parsed = parseRules(rules)
  const judged = withFacts(bounds, source, (view) => {
    const { commands, uncertainties } = parseLine(line, view)
    const certain = uncertainties.length === 0 ? commands.length : certainCount(line, view)
    const dangerous = new Set(commandDangers(line, view).flatMap(({ parts }) => parts))
    const distinct = new Map(commands.map((command, at) => [command.text, { command, at }]))
    return [...distinct.values()].slice(0, MAX_PARTS).map(({ command, at }): JudgedPart => {
      const { text } = command
      const judge = (one: string) => decideCommand({ mode, rules: parsed, view }, one)
      const verdicts = linesOf(command, line, view).map(({ move, complete }) => {
        const verdict = judge(move === null ? complete : `${move} && ${complete}`)
        const isMove = move !== null && verdict.part === move
        return isMove ? { ...verdict, because: sideEffects.runsOutside } : verdict
      })
      const unmet = verdicts.find(({ decision }) => decision !== 'allow')
      const doubt = unmet?.because ?? doubtOf(command, at < certain)
      return {
        text,
        needsApproval: doubt !== null,
        because: doubt ?? verdicts[0]?.because ?? reasons.noRule,
        isDangerous:
          dangerous.has(text) || commandDangers(withDocuments(text, line), view).length > 0,
        writes: writtenFiles(command, view),
        connects: hostsIn(command),
        remotes: withInnerCommands([command]).flatMap(gitRemotes),
      }
    })
  })
  return withRemotePlaces(await judged, () => remotesOf(bounds.directory, bounds.home))
}

interface JudgedPart extends CommandPart {
  /** Names of remotes of git, and machines. */
  readonly remotes: readonly string[]
}

async function withRemotePlaces(
  parts: readonly JudgedPart[],
  read: () => Promise<ReadonlyMap<string, string>>,
): Promise<readonly CommandPart[]> {
  const hasRemotes = parts.some(({ remotes }) => remotes.length > 0)
  const places = hasRemotes ? await read() : new Map<string, string>()
  return parts.map(({ remotes, ...part }) => {
    const named = remotes.map((name) => {
      const place = places.get(name)
      return place === undefined ? name : remotePlace(name, place)
    })
    return { ...part, connects: [...new Set([...part.connects, ...named])] }
  })
}

/** The command as a complete line, in each directory in which it can run: what moves there first. */
function linesOf({ text, directories }: SimpleCommand, line: string, view: FsView) {
  const complete = withDocuments(text, line)
  const root = view.resolve(view.directory)
  return (directories ?? [root]).map((directory) => ({
    move: view.resolve(directory) === root ? null : `cd ${quote(directory)}`,
    complete,
  }))
}

/** Why a command that is allowed on its own line needs approval in its line; null when it needs none. */
function doubtOf({ directories }: SimpleCommand, isCertain: boolean): string | null {
  if (directories === null) return sideEffects.unknownDirectory
  return isCertain ? null : reasons.otherMayChange
}

/**
 * The number of commands that have ended before the first step of the line which is not understood begins. A step in the
 * background still runs while those after it do.
 */
function certainCount(line: string, view: FsView): number {
  let count = 0
  for (const { command, background } of parse(line).commands) {
    if (background === true) return count
    for (const { end } of command.type === 'AndOr' ? command.commands : [command]) {
      const { commands, uncertainties } = parseLine(line.slice(0, end), view)
      if (uncertainties.length > 0 || count > MAX_PARTS) return count
      count = commands.length
    }
  }
  return count
}

function writtenFiles(command: SimpleCommand, view: FsView): readonly string[] {
  const files = new Set<string>()
  const touched = withInnerCommands([command]).flatMap((one) => [
    ...touchedFiles(withGitFiles(withFileOperands(one), view), view),
  ])
  for (const { access, file } of touched) {
    if (access !== 'write' || file.startsWith('/dev/')) continue
    const relative = path.relative(view.directory, file)
    // The place of names that another program finds.
    if (relative === '{}') continue
    files.add(relative.startsWith('..') ? file : relative || '.')
  }
  return [...files]
}

/** Hosts that its words name, as addresses or for a remote shell, and registries of packages; other connections are not known. */
function hostsIn(command: SimpleCommand): readonly string[] {
  const hosts = new Set<string>()
  for (const one of withInnerCommands([command])) {
    for (const host of [...remoteHosts(one), ...registriesOf(one)]) hosts.add(host)
    for (const { values } of one.words) {
      for (const value of values) {
        for (const [, host = ''] of value.matchAll(/\b(?:https?|ftp|ssh|git):\/\/([^/\s:@]+)/g)) {
          hosts.add(host)
        }
      }
    }
  }
  return [...hosts]
}

/** The command with the texts of its here-documents, which follow the lines of the commands. */
function withDocuments(command: string, line: string): string {
  const rest = line.split('\n')
  const documents: string[] = []
  for (const [, dash, , name = ''] of command.matchAll(HERE_DOCUMENT)) {
    const isEnd = (one: string): boolean => (dash === '-' ? one.replace(/^\t+/, '') : one) === name
    const opening = rest.findIndex((one) => one.includes(`<<`) && one.includes(name))
    const end = rest.findIndex((one, at) => at > opening && isEnd(one))
    if (opening < 0 || end < 0) return command
    documents.push(...rest.slice(opening + 1, end + 1))
    rest.splice(opening + 1, end - opening)
  }
  return [command, ...documents].join('\n')
}

const HERE_DOCUMENT = /(?<!<)<<(-?)\s*(['"\\]?)([\w.-]+)/g
