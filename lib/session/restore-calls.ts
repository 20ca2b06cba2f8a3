import type { PendingCall } from '../client/gateway/pending-calls.ts'
import { MISSING_FILE } from '../tools/files/files.ts'
import type { Journal, JournalEntry } from '../tools/journal/journal.ts'
import { createVersionDiffs } from '../tools/journal/version-diff.ts'
import { editedCommandOf, reportsEdit, reportsPart } from '../tools/messages/reviews.ts'
import type { Runner } from '../tools/runner.ts'
import type { Preview, Todo } from '../tools/tool.ts'
import { decodeArguments } from '../util/decode-arguments.ts'
import { isRecord } from '../util/is-record.ts'
import { type MemoryReader, memoryLabel, readMemoryChanges } from './restore-memory-calls.ts'
import type { Entry, FinishedPhase, ToolCall } from './state/entry.ts'
import type { Review, Reviews } from './view-log.ts'

/**
 * The server stores only the arguments and the results of calls. Their labels and previews are created again from those; what a
 * call has changed in a file is in the journal, and in memory in the versions of the block.
 */
export async function withRestoredCalls(
  entries: readonly Entry[],
  runner: Runner,
  memory: MemoryReader,
  reviews: Reviews,
): Promise<readonly Entry[]> {
  const changes = entries.some(isSuccess) ? await changesByCall(runner.journal) : new Map()
  const diff = createVersionDiffs(runner.journal)
  const memoryChange = await readMemoryChanges(entries.flatMap(successfulCall), memory)
  return await Promise.all(
    entries.map(async (entry): Promise<Entry> => {
      if (entry.type !== 'tool') return entry
      const { call } = entry
      const review = reviews(call)
      const ran = asItRan(call, review)
      const label = call.label || runner.labelOf(ran.tool, ran.args) || memoryLabel(call)
      const { phase } = call
      if (phase.type !== 'finished' || phase.preview !== null)
        return { ...entry, call: { ...call, label } }
      const change = isSuccess(entry) ? changeOf({ ...call, label }, changes) : null
      const ofMemory = isSuccess(entry) ? memoryChange(call) : null
      const preview =
        previewOf(ran) ?? ofMemory ?? (change && (await diffPreview(change, review, diff)))
      const own = review.isEdited ? { isEdited: true as const } : {}
      return { ...entry, call: { ...call, label, phase: { ...phase, preview, ...own } } }
    }),
  )
}

/** What a call has done that an earlier session has run; its result was not delivered. */
export async function restoreCall(
  { callId, tool, args }: PendingCall,
  { status, text }: Pick<FinishedPhase, 'status' | 'text'>,
  runner: Runner,
): Promise<{ readonly label: string; readonly ran: Pick<FinishedPhase, 'preview' | 'isEdited'> }> {
  const phase = { type: 'finished', preview: null, status, text, tookMs: null } as const
  const call: ToolCall = { callId, tool, args, label: '', host: 'local', phase }
  const none = { blocks: async () => [], versions: async () => null }
  // The result is in a file of the user, as the tool gave it.
  const review = { isEdited: reportsEdit(text), isPartial: reportsPart(text) }
  const entries = [{ type: 'tool' as const, id: callId, call }]
  const [entry] = await withRestoredCalls(entries, runner, none, () => review)
  const shown = entry?.type === 'tool' ? entry.call : call
  if (shown.phase.type !== 'finished') return { label: shown.label, ran: phase }
  const { preview, isEdited } = shown.phase
  const ran = { preview, ...(isEdited === undefined ? {} : { isEdited }) }
  return { label: shown.label, ran }
}

/** A command that the user edited ran in place of the one in the arguments. */
function asItRan(call: ToolCall, { isEdited }: Review): ToolCall {
  const { phase } = call
  if (!isEdited || call.tool !== 'Bash' || phase.type !== 'finished') return call
  const command = editedCommandOf(phase.text)
  if (command === null) return call
  return { ...call, args: JSON.stringify({ ...decodeArguments(call.args), command }) }
}

function isSuccess(entry: Entry): boolean {
  return (
    entry.type === 'tool' &&
    entry.call.phase.type === 'finished' &&
    entry.call.phase.status === 'success'
  )
}

function successfulCall(entry: Entry): readonly ToolCall[] {
  return entry.type === 'tool' && isSuccess(entry) ? [entry.call] : []
}

type ChangesByCall = ReadonlyMap<string, readonly JournalEntry[]>

async function changesByCall(journal: Journal): Promise<ChangesByCall> {
  const changes = new Map<string, JournalEntry[]>()
  for (const change of await journal.list()) {
    if (change.undo !== undefined || change.command !== undefined) continue
    changes.set(change.callId, [...(changes.get(change.callId) ?? []), change])
  }
  return changes
}

/** Some providers number their calls from the start in each response, so the file has to be that of the call as well. */
function changeOf({ callId, args, label }: ToolCall, changes: ChangesByCall): CallChange | null {
  const names = [fileOf(args).replace(/^(\.\/)+/, ''), label]
  const isOfFile = ({ path }: JournalEntry): boolean =>
    names.some((name) => name !== '' && (path === name || path.endsWith(`/${name}`)))
  const change = changes.get(callId)?.findLast(isOfFile)
  // What follows the name in a label is no part of it.
  return change === undefined ? null : { ...change, label: label.replace(/ \(\d+ edits\)$/, '') }
}

interface CallChange extends JournalEntry {
  readonly label: string
}

/** The file of a call that changes one. */
function fileOf(args: string): string {
  const values = decodeArguments(args)
  const name = values?.['file_path'] ?? values?.['notebook_path']
  return typeof name === 'string' ? name : ''
}

async function diffPreview(
  { before, after, label: path }: CallChange,
  { isPartial }: Review,
  diff: ReturnType<typeof createVersionDiffs>,
): Promise<Preview | null> {
  const { type, hunks, added, removed } = await diff(before, after)
  if (type !== 'text') return null
  return {
    type: 'diff',
    path,
    created: before === MISSING_FILE,
    remark: null,
    hunks,
    added,
    removed,
    ...(isPartial ? { isPartial: true } : {}),
  }
}

/** What the arguments alone show: a command, or a to-do list, unless that was refused. */
function previewOf({ tool, args, host, phase }: ToolCall): Preview | null {
  if (host !== 'local') return null
  const values = decodeArguments(args)
  const command = values?.['command']
  if (tool === 'Bash' && typeof command === 'string') {
    return { type: 'command', command, description: null, background: false, timeoutMs: 0 }
  }
  const todos = values?.['todos']
  const isRefused = phase.type === 'finished' && phase.status === 'error'
  if (tool !== 'TodoWrite' || isRefused || !Array.isArray(todos)) return null
  return { type: 'todos', todos: todos.flatMap(toTodo) }
}

function toTodo(value: unknown): readonly Todo[] {
  if (!isRecord(value) || typeof value['content'] !== 'string') return []
  const { content, status } = value
  return [
    { content, status: status === 'completed' || status === 'in_progress' ? status : 'pending' },
  ]
}
