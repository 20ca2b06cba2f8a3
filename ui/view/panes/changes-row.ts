import type { GitStatus } from '../../../lib/session/state/surroundings.ts'
import { isLinkVersion } from '../../../lib/tools/files/link-version.ts'
import type { TurnChange } from '../../../lib/tools/journal/summarize-changes.ts'
import { describeModes } from '../../../lib/util/permission-bits.ts'
import { timeAgo } from '../../../lib/util/time-ago.ts'
import type { ChangesRow } from '../../state/changes-rows.ts'
import type { Styles } from '../../theme/styles.ts'
import { changesTexts } from '../messages/changes.ts'
import { type Row, row, rowText, styled } from '../render/row.ts'
import { cleanLine } from '../render/sanitize.ts'
import { textWidth } from '../render/width.ts'
import { fitRow, pad, rowWidth, truncate } from '../render/wrap.ts'

interface RowOptions {
  readonly columns: number
  readonly styles: Styles
  readonly isSelected: boolean
  readonly hasFocus: boolean
  readonly now: number
  readonly staged?: GitStatus['staged']
}

/** A row of the list of changes: a heading, a file, a turn, or a change of it. */
export function changesRow(one: ChangesRow, options: RowOptions): Row {
  const { columns, styles, isSelected, hasFocus } = options
  const [left, right] = contentOf(one, options)
  const room = Math.max(1, columns - rowWidth(right) - 1)
  const line = row(pad(truncate(left, room), room), ' ', right)
  if (!isSelected) return truncate(line, columns)
  return hasFocus
    ? styled(styles.selection, fitRow(rowText(line), columns))
    : styled(styles.strong, truncate(line, columns))
}

/** What is at the left and at the right edge. */
function contentOf(
  one: ChangesRow,
  { columns, styles, now, staged }: RowOptions,
): readonly [Row, Row] {
  switch (one.type) {
    case 'group':
      return [styled(styles.heading, changesTexts.groups[one.group]), []]
    case 'file': {
      const { file } = one
      const state = staged?.[file.path]
      const mark =
        state === undefined ? [] : [styled(styles.accent, changesTexts.staged[state]), ' ']
      const counts = row(...mark, countsRow(file, styles))
      const [command] = file.commands
      const isOutside = one.isOutside === true && file.sources.includes('outside')
      const others = isOutside ? changesTexts.outside : ''
      const by = command === undefined ? others : cleanLine(command)
      const room = Math.max(8, columns - rowWidth(counts) - 6)
      const path = shortenStart(cleanLine(file.label), room)
      const rest = room - textWidth(path) - 2
      const origin =
        by !== '' && rest > 4 ? truncate(styled(styles.muted, `  ${by}`), rest + 2) : ''
      const sign = styled(SIGN_STYLES[file.status](styles), changesTexts.signs[file.status])
      return [row('  ', sign, ' ', styled(styles.text, path), origin), counts]
    }
    case 'turn': {
      const { turn } = one
      const text = cleanLine(turn.text ?? changesTexts.unknownMessage)
      const when = turn.undone ? changesTexts.undone : timeAgo(Math.max(0, now - turn.at))
      return [row('▾ ', styled(styles.user, text)), styled(styles.muted, when)]
    }
    case 'change': {
      const { tool, label, undone } = one.change
      const right = undone
        ? styled(styles.muted, changesTexts.undone)
        : countsRow(one.change, styles)
      const by =
        one.isOwn === true
          ? styled(styles.user, changesTexts.ownPart)
          : styled(styles.tool, cleanLine(tool))
      const room = Math.max(8, columns - rowWidth(right) - rowWidth(row(by)) - 7)
      const name = styled(styles.text, shortenStart(cleanLine(label), room))
      return [row(one.isOwn === true ? '      ' : '    ', by, ' ', name), right]
    }
  }
}

const SIGN_STYLES = {
  added: (styles: Styles) => styles.success,
  modified: (styles: Styles) => styles.warning,
  deleted: (styles: Styles) => styles.error,
} as const

type Counted = Pick<TurnChange, 'before' | 'after' | 'diff' | 'mode' | 'modeAfter'>

/** `link +x +12 −4`; a zero is left out. */
function countsRow({ before, after, diff, ...modes }: Counted, styles: Styles): Row {
  const { type, added, removed } = diff
  const bits = describeModes(modes)
  const isSameContent = before === after && bits !== null
  const parts = [
    ...([before, after].some(isLinkVersion) ? [styled(styles.muted, changesTexts.link)] : []),
    ...(bits === null ? [] : [styled(styles.warning, bits)]),
    ...(type === 'text' || isSameContent ? [] : [styled(styles.muted, changesTexts.counts[type])]),
    ...(added > 0 ? [styled(styles.success, `+${added}`)] : []),
    ...(removed > 0 ? [styled(styles.toolFailed, `−${removed}`)] : []),
  ]
  return row(...parts.flatMap((part, index) => (index === 0 ? [part] : [' ', part])))
}

/** The end of a path says most. */
function shortenStart(path: string, columns: number): string {
  if (textWidth(path) <= columns) return path
  let rest = path
  while (rest !== '' && textWidth(rest) > columns - 1) rest = rest.slice(1)
  return `…${rest}`
}
