import type { Entry, ToolCall } from '../../lib/session/state/entry.ts'
import { decodeArguments } from '../../lib/util/decode-arguments.ts'

/** The file of a call, and the line (from 1) that it read or changed first; null when it has no file, or could not read it. */
export function entryFile(
  entry: Entry,
): { readonly path: string; readonly line: number | null } | null {
  if (entry.type !== 'tool' || couldNotRead(entry.call)) return null
  const path = stringArgument(entry.call, 'file_path')
  return path === null ? null : { path, line: firstLine(entry.call) }
}

/** A file that was not found, or is not a text, is nothing to edit. */
function couldNotRead({ tool, phase }: ToolCall): boolean {
  return tool === 'Read' && phase.type === 'finished' && phase.status === 'error'
}

function firstLine({ args, phase }: ToolCall): number | null {
  const preview = 'preview' in phase ? phase.preview : null
  if (preview?.type === 'diff') {
    const lines = preview.hunks.flatMap((hunk) => hunk.lines)
    const changed = lines.findIndex(({ type }) => type !== 'context')
    return (
      lines.slice(Math.max(0, changed)).find(({ newNumber }) => newNumber !== null)?.newNumber ??
      null
    )
  }
  const offset = decodeArguments(args)?.['offset']
  return typeof offset === 'number' && Number.isSafeInteger(offset) && offset > 0 ? offset : null
}

export function stringArgument({ args }: ToolCall, name: string): string | null {
  const value = decodeArguments(args)?.[name]
  return typeof value === 'string' && value !== '' ? value : null
}

/** What is written to do it again: the message, or the command as a shell line of the user. */
export function textToRun(entry: Entry | null): string | null {
  if (entry?.type === 'user') return entry.text
  if (entry?.type === 'shellLine') return `!${entry.command}`
  if (entry?.type !== 'tool') return null
  const { phase } = entry.call
  const preview = 'preview' in phase ? phase.preview : null
  return preview?.type === 'command' ? `!${preview.command}` : null
}

/** Whether the call may have changed files: a command may. */
export function mayHaveChanged(entry: Entry): boolean {
  if (entry.type !== 'tool' || entry.call.phase.type !== 'finished') return false
  const { preview } = entry.call.phase
  return preview?.type === 'diff' || preview?.type === 'command'
}
