import type { ToolCall } from '../session/state/entry.ts'
import { decodeArguments } from '../util/decode-arguments.ts'
import { isRecord } from '../util/is-record.ts'
import { toPlainTitle } from '../util/sanitize.ts'
import { diffHunks, type Hunk } from '../util/unified-diff.ts'

/** A call in one line, and the change that its arguments describe. */
interface CallSummary {
  /** `Edit src/a.ts` */
  readonly title: string
  /** Null when the call changes no file. */
  readonly hunks: readonly Hunk[] | null
}

/** Arguments that name what a call is about, the most specific first. */
const SUBJECTS = [
  'file_path',
  'notebook_path',
  'command',
  'pattern',
  'path',
  'query',
  'url',
  'label',
]

export function summarizeCall({ tool, args, label }: ToolCall): CallSummary {
  const values = decodeArguments(args) ?? {}
  const subject = SUBJECTS.map((name) => values[name]).find((value) => typeof value === 'string')
  const title = label !== '' ? label : typeof subject === 'string' ? subject : ''
  const shown = toPlainTitle(title).slice(0, 200)
  return { title: `${toPlainTitle(tool)} ${shown}`.trim(), hunks: hunksOf(values) }
}

function hunksOf(values: Readonly<Record<string, unknown>>): readonly Hunk[] | null {
  const edits = Array.isArray(values['edits']) ? values['edits'].filter(isRecord) : [values]
  const hunks = edits.flatMap(({ old_string, new_string }) =>
    typeof old_string === 'string' && typeof new_string === 'string'
      ? diffHunks(ended(old_string), ended(new_string)).hunks
      : [],
  )
  if (hunks.length > 0) return hunks
  const { content, file_path } = values
  if (typeof content !== 'string' || typeof file_path !== 'string') return null
  return diffHunks('', ended(content)).hunks
}

/** A part of a file has no line feed at its end, which is no change. */
function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}
