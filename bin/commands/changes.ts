import { dirname } from 'node:path'
import type { SubcommandInvocation } from '../../lib/cli/parse.ts'
import { parseSince, type Since } from '../../lib/memory/parse-since.ts'
import { isLinkVersion } from '../../lib/tools/files/link-version.ts'
import { openJournal, withUndos } from '../../lib/tools/journal/journal.ts'
import type { ChangeSource, JournalFacts } from '../../lib/tools/journal/journal-log.ts'
import { patchOfFiles } from '../../lib/tools/journal/patch-of-files.ts'
import { repositoryTop, topOfDirectory } from '../../lib/tools/journal/repository-top.ts'
import {
  type ChangeCounts,
  type ChangedFile,
  type ChangeSummary,
  summarizeChanges,
  type TurnChange,
} from '../../lib/tools/journal/summarize-changes.ts'
import { createVersionDiffs } from '../../lib/tools/journal/version-diff.ts'
import { largest } from '../../lib/util/extremes.ts'
import { spellOut } from '../../lib/util/invisible-characters.ts'
import { describeModes, hasOtherMode } from '../../lib/util/permission-bits.ts'
import { timeAgo } from '../../lib/util/time-ago.ts'
import { UsageError, UserError } from '../../lib/util/user-error.ts'
import { type CliEnvironment, workingDirectory } from '../io/cli-environment.ts'
import { type CliPrinter, createPrinter } from '../io/printer.ts'
import {
  BY_COMMAND,
  BY_OTHERS,
  CHANGE_COUNTS,
  CHANGE_EDITED,
  CHANGE_GAPS,
  CHANGE_UNDONE,
  CHANGED_LINK,
  changedFileLine,
  changedTotal,
  changedTurnTitle,
  changesOfDirectoryAbove,
  completeInPatch,
  invalidChangesSince,
  leftOutOfPatch,
  messageNotFound,
  NO_CHANGES_HERE,
  noChangesSince,
  noSessionChanges,
  patchBegins,
  sessionNotFound,
  sessionsWithChanges,
} from '../messages/changes.ts'

/** `letta changes [--json | --patch] [--session ID | --since N]`: what changed in files in the last session, or another one; since a time, in all of them. */
export async function listChanges(
  cli: CliEnvironment,
  { options, flags, operands }: SubcommandInvocation,
): Promise<number> {
  const printer = createPrinter(cli)
  const directory = workingDirectory(cli, options.directory)
  const now = Date.now
  const journalOf = (used: string) =>
    openJournal({ directory: used, lettaDirectory: cli.lettaDirectory, now })
  const isUsed = listSessions(await journalOf(directory).read()).length > 0
  const above = isUsed ? null : await directoryAbove(directory, cli)
  const isPatch = flags.has('patch')
  const outer = isPatch && above !== null && (await isNested(directory, above)) ? above : null
  if (above !== null && outer === null) printer.notify(changesOfDirectoryAbove(above))
  const journal = journalOf(outer ?? directory)
  const facts = await journal.read()
  const sessions = listSessions(facts)
  const named = operands[0] ?? flags.value('session')
  const since = readSince(flags.value('since'), now())
  const isInAll = since?.type === 'time' && named === null
  const chosen = isInAll ? null : chooseSession(sessions, named ?? 'last')
  const own = sinceThen(isInAll ? facts : ofSession(facts, chosen?.id ?? ''), since)
  const summary = await summarizeChanges(own, {
    directory,
    diff: createVersionDiffs(journal),
    contents: journal,
    recorded: facts.entries,
  })
  if (isPatch) {
    const isVersionOf = (path: string, version: string): boolean =>
      facts.entries.some((entry) => entry.path === path && entry.after === version)
    const options = { journal, directory, forIndex: { isVersionOf } }
    // What others have changed is listed only.
    const files = summary.files.filter(({ sources }) => sources.some(isOfAgent))
    return printPatch(cli, options, outer === null ? files : await ofRepository(directory, files))
  }
  if (flags.has('json')) {
    return printer.printJson({ session: chosen?.id ?? null, ...toJson(summary), gaps: own.gaps })
  }
  for (const { reason, command } of own.gaps ?? []) printer.notify(CHANGE_GAPS[reason](command))
  if (summary.files.length === 0 && summary.turns.length === 0) {
    if (since?.type === 'time') {
      printer.notify(noChangesSince(flags.value('since') ?? ''))
      return 0
    }
    const others = sessions.filter((session) => session.hasChanges)
    if (above !== null) return 0
    if (chosen === null || others.length === 0) printer.notify(NO_CHANGES_HERE)
    else {
      printer.notify(noSessionChanges(timeAgo(now() - chosen.at)))
      printer.notify(sessionsWithChanges(others.slice(0, 10).map(sessionLine)))
    }
    return 0
  }
  printSummary(printer, summary)
  return 0
}

/** The nearest directory above in which letta was started and has changed files: a subdirectory has no journal. */
async function directoryAbove(
  directory: string,
  { lettaDirectory }: Pick<CliEnvironment, 'lettaDirectory'>,
): Promise<string | null> {
  const above = dirname(directory)
  if (above === directory) return null
  const { entries } = await openJournal({ directory: above, lettaDirectory, now: Date.now }).read()
  return entries.length > 0 ? above : directoryAbove(above, { lettaDirectory })
}

/** Whether a directory is in a submodule, or another repository, within the one above, whose patch leaves out its files. */
async function isNested(directory: string, above: string): Promise<boolean> {
  const [inner, outer] = await Promise.all([topOfDirectory(directory), topOfDirectory(above)])
  return inner !== null && inner !== outer
}

async function ofRepository(
  directory: string,
  files: readonly ChangedFile[],
): Promise<readonly ChangedFile[]> {
  const top = await topOfDirectory(directory)
  const tops = await Promise.all(files.map(({ path }) => repositoryTop(path)))
  return files.filter((_, at) => tops[at] === top)
}

interface SessionFacts {
  readonly id: string
  readonly at: number
  readonly hasChanges: boolean
}

/** Newest first. */
function listSessions({ entries, checkpoints, gaps = [] }: JournalFacts): readonly SessionFacts[] {
  const sessions = new Map<string, SessionFacts>()
  const note = (id: string, at: number, hasChanges: boolean): void => {
    const known = sessions.get(id)
    const facts = { id, at: Math.max(at, known?.at ?? 0) }
    sessions.set(id, { ...facts, hasChanges: hasChanges || known?.hasChanges === true })
  }
  for (const { sessionId, at } of entries) note(sessionId ?? '', at, true)
  for (const { sessionId, at } of checkpoints) note(sessionId, at, false)
  for (const { sessionId, at } of gaps) note(sessionId, at, false)
  return [...sessions.values()].sort((one, other) => other.at - one.at)
}

function sessionLine({ id, at }: SessionFacts): string {
  return `${id.slice(0, 8)}  ${timeAgo(Date.now() - at)}`
}

/** By the beginning of its id. */
function chooseSession(sessions: readonly SessionFacts[], id: string): SessionFacts | null {
  if (id === 'last') return sessions[0] ?? null
  const found = sessions.find((session) => session.id.startsWith(id))
  if (found !== undefined) return found
  const others = sessions.filter((session) => session.hasChanges).slice(0, 10)
  const hint = others.length === 0 ? {} : { hint: sessionsWithChanges(others.map(sessionLine)) }
  throw new UserError(sessionNotFound(id), hint)
}

function ofSession(
  { entries, checkpoints, gaps = [], ...facts }: JournalFacts,
  id: string,
): JournalFacts {
  return {
    ...facts,
    entries: withUndos(entries, ({ sessionId = '' }) => sessionId === id),
    checkpoints: checkpoints.filter(({ sessionId }) => sessionId === id),
    gaps: gaps.filter(({ sessionId }) => sessionId === id),
  }
}

function readSince(text: string | null, now: number): Since | null {
  if (text === null) return null
  const since = parseSince(text, now)
  if (since === null) throw new UsageError(invalidChangesSince(text))
  return since
}

/** What changed since a time, or since message N of the session was sent, counted from 1. */
function sinceThen(facts: JournalFacts, since: Since | null): JournalFacts {
  if (since === null) return facts
  const { entries, checkpoints } = facts
  const start = since.type === 'time' ? since.at : sentAt(checkpoints, since.version)
  const isLater = ({ at }: { readonly at: number }): boolean => at >= start
  return { ...facts, entries: entries.filter(isLater), checkpoints: checkpoints.filter(isLater) }
}

function sentAt(checkpoints: JournalFacts['checkpoints'], number: number): number {
  const messages = checkpoints.filter(({ type }) => type === 'message')
  const message = messages[number - 1]
  if (message === undefined) throw new UserError(messageNotFound(String(number), messages.length))
  return message.at
}

function toJson({ files, outside = [], turns, added, removed }: ChangeSummary): object {
  const toFile = ({ path, label, status, diff, ...file }: ChangedFile): object => {
    const { sources, commands, turnIds } = file
    const kind = { ...countsOf(diff), ...kindOf(file) }
    return { path, label, status, ...kind, sources, commands, turnIds }
  }
  return {
    added,
    removed,
    files: files.map(toFile),
    outside: outside.map(toFile),
    turns: turns.map(({ turnId, at, text, undone, changes }) => ({
      turnId,
      at,
      text,
      undone,
      changes: changes.map(({ id, label, tool, source, command, undone, diff, ...change }) => ({
        id,
        label,
        tool,
        source,
        command,
        undone,
        ...countsOf(diff),
        ...kindOf(change),
        ...(change.own === undefined ? {} : { editedByPerson: countsOf(change.own.diff) }),
      })),
    })),
  }
}

type ChangeKind = Pick<TurnChange, 'before' | 'after' | 'mode' | 'modeAfter'>

/** `mode`, `modeAfter`: in octal digits, where they have changed. */
function kindOf({ before, after, mode = null, modeAfter = null }: ChangeKind): object {
  const isOther = hasOtherMode({ mode, modeAfter })
  const modes = { mode: mode?.toString(8), modeAfter: modeAfter?.toString(8) }
  return {
    ...([before, after].some(isLinkVersion) ? { link: true } : {}),
    ...(isOther ? modes : {}),
  }
}

function countsOf({ type, added, removed }: ChangeCounts): object {
  return { content: type, added, removed }
}

const SIGNS = { added: 'A', modified: 'M', deleted: 'D' } as const

function printSummary(
  { print }: CliPrinter,
  { files, outside = [], turns, added, removed }: ChangeSummary,
): void {
  const all = [...files, ...outside].map((file) => ({ ...file, label: spellOut(file.label) }))
  const width = largest(
    all.map(({ label }) => label.length),
    0,
  )
  for (const file of all) {
    const { status, label } = file
    print(
      changedFileLine({
        sign: SIGNS[status],
        label: label.padEnd(width),
        count: countText(file),
        by: byText(file),
      }).trimEnd(),
    )
  }
  print(changedTotal(files.length, added, removed))
  for (const { at, text, changes } of turns) {
    print(`\n${changedTurnTitle(text, timeAgo(Date.now() - at))}`)
    for (const change of changes) {
      const { label, tool, undone } = change
      print(`  ${tool} ${spellOut(label)}  ${undone ? CHANGE_UNDONE : countText(change)}`)
      if (change.own !== undefined) print(`    ${CHANGE_EDITED}  ${countText(change.own)}`)
    }
  }
}

function countText(change: ChangeKind & Pick<TurnChange, 'diff'>): string {
  const { before, after } = change
  const { type, added, removed } = change.diff
  const bits = describeModes(change)
  const isSame = bits !== null && before === after
  return [
    ...([before, after].some(isLinkVersion) ? [CHANGED_LINK] : []),
    ...(bits === null ? [] : [bits]),
    ...(isSame ? [] : [type === 'text' ? `+${added} −${removed}` : CHANGE_COUNTS[type]]),
  ].join(' ')
}

const isOfAgent = (source: ChangeSource): boolean => source === 'tool' || source === 'shell'

function byText({ sources, commands }: ChangedFile): string {
  const isAgent = sources.some(isOfAgent)
  return [...(isAgent ? [] : [BY_OTHERS]), ...commands.map(BY_COMMAND)].join(', ')
}

/** For `git apply`, which reads paths from the top directory of the repository. */
async function printPatch(
  cli: CliEnvironment,
  options: Parameters<typeof patchOfFiles>[1],
  files: readonly ChangedFile[],
): Promise<number> {
  const { notify } = createPrinter(cli)
  const { patch, leftOut, complete, top } = await patchOfFiles(files, options)
  for (const { label, reason } of leftOut) notify(leftOutOfPatch(label, reason))
  if (top !== null) notify(patchBegins(top))
  for (const label of complete) notify(completeInPatch(label))
  if (cli.stdout.isTTY === true) cli.stdout.write(String(patch))
  else if (patch.length > 0) cli.stdout.unfiltered.write(patch)
  return 0
}
