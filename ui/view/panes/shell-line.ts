import type { Entry } from '../../../lib/session/state/entry.ts'
import { toolTexts } from '../messages/conversation.ts'
import { type Row, row, styled } from '../render/row.ts'
import { cleanLine } from '../render/sanitize.ts'
import type { EntryOptions } from './entry.ts'
import { seconds } from './format.ts'
import { boxed, endRows, headRows, withOutcome } from './tool-entry.ts'

type ShownShellLine = Extract<Entry, { type: 'shellLine' }>

/** Rows of output that are shown until the entry is expanded: the user ran the command to read it. */
const COLLAPSED_OUTPUT = 12

/** A command line that the user ran: the command and its end, and the output below. */
export function shellLineRows(line: ShownShellLine, options: EntryOptions): readonly Row[] {
  const { styles, expanded } = options
  const failed = line.status.type === 'finished' && line.status.code !== 0
  const mark = styled(failed ? styles.toolFailed : styles.user, line.isShared ? '!' : '!!')
  const command = styled(styles.user, cleanLine(line.command))
  const output = expanded
    ? headRows(line.text, options, styles.text)
    : endRows(line.text, COLLAPSED_OUTPUT, options, styles.text)
  const first = withOutcome(row(mark, ' ', command), outcome(line), options)
  return [first, ...boxed(line.text === '' ? [] : output, options)]
}

function outcome({ status, isShared }: ShownShellLine): string {
  const scope = isShared ? [] : [toolTexts.notShared]
  if (status.type === 'running') return [toolTexts.running, ...scope].join(' · ')
  const { code, tookMs } = status
  const end = code === null ? toolTexts.stopped : toolTexts.exitCode(code)
  const took = tookMs < 100 ? [] : [seconds(tookMs)]
  return [end, ...took, ...scope].join(' · ')
}
