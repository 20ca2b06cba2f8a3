import { authorName, propertyChanges } from '../../../lib/session/messages/memory.ts'
import type { MemoryItem, NewestVersions } from '../../../lib/session/state/memory.ts'
import { changedLines } from '../../../lib/util/quantities.ts'
import { timeAgo } from '../../../lib/util/time-ago.ts'
import {
  type Diff,
  diffHunks,
  hunkHeader,
  withFinalLineFeed,
} from '../../../lib/util/unified-diff.ts'
import type { BlockFacts, ListedVersion, MemoryPage } from '../../state/memory-page.ts'
import type { RootState } from '../../state/state.ts'
import type { Styles } from '../../theme/styles.ts'
import { memoryPageTexts as texts } from '../messages/memory.ts'
import { type Row, row, styled } from '../render/row.ts'
import { clean, cleanLine } from '../render/sanitize.ts'
import { fitRow, rowWidth, truncate, wrap } from '../render/wrap.ts'
import { shortCount } from './format.ts'
import type { PaneOptions } from './pane.ts'

export const HISTORY_COLUMNS = 27

/** The facts that are about this value of the block. */
export function factsOf(page: MemoryPage, item: MemoryItem | null): BlockFacts | null {
  const { facts } = page
  return facts !== null && facts.blockId === item?.block.id ? facts : null
}

/** The versions in the history: until those with their values are read, the newest ones. */
export function listedVersions(
  page: MemoryPage,
  item: MemoryItem | null,
): (Pick<BlockFacts, 'totals'> & Pick<NewestVersions, 'versions'>) | null {
  const { newest } = page
  return factsOf(page, item) ?? (newest?.blockId === item?.block.id ? newest : null)
}

// The keys are weak: the diff is freed together with its version.
const diffs = new WeakMap<ListedVersion, { readonly before: string; readonly diff: Diff }>()

function versionDiff(to: ListedVersion, before: string, after: string): Diff {
  const known = diffs.get(to)
  if (known?.before === before) return known.diff
  const diff = diffHunks(withFinalLineFeed(before), withFinalLineFeed(after))
  diffs.set(to, { before, diff })
  return diff
}

/** A version compared with the marked one, or with the one before it. */
export function versionRows(
  { marked: mark }: MemoryPage,
  { versions }: BlockFacts,
  version: ListedVersion,
  columns: number,
  styles: Styles,
): readonly Row[] {
  const other = mark === null ? undefined : versions[mark]
  const isOlder = other !== undefined && other.version > version.version
  const [from, to] =
    other === undefined
      ? [versions.find((one) => one.version < version.version), version]
      : isOlder
        ? [version, other]
        : [other, version]
  const before = from?.isDeletion === true ? '' : (from?.value ?? '')
  const after = to.isDeletion ? '' : to.value
  const { hunks } = versionDiff(to, before, after)
  const title = texts.change(from === undefined ? null : `v${from.version}`, `v${to.version}`)
  const rows: Row[] = [styled(styles.muted, truncate(title, columns))]
  for (const change of from === undefined ? [] : propertyChanges(from, to)) {
    rows.push(...wrap(styled(styles.warning, change), columns))
  }
  if (hunks.length === 0) rows.push(styled(styles.muted, texts.sameText))
  for (const hunk of hunks) {
    // The title says that all of it is new.
    if (from !== undefined) rows.push(styled(styles.muted, hunkHeader(hunk)))
    for (const { type, text } of hunk.lines) {
      const style =
        type === 'added' ? styles.diffAdded : type === 'removed' ? styles.diffRemoved : styles.text
      const sign = type === 'added' ? '+ ' : type === 'removed' ? '- ' : '  '
      const wrapped = wrap(styled(style, clean(text)), columns, { indent: styled(style, sign) })
      for (const one of wrapped) rows.push(one)
    }
  }
  return rows
}

/** Two rows for each version: when and by whom, what. */
export function historyRows(
  { workbench, session }: RootState,
  item: MemoryItem,
  height: number,
  { styles, key }: PaneOptions,
): readonly Row[] {
  const { page } = workbench.memory
  const isActive = workbench.focus === 'memory' && page.column === 'history'
  const listed = listedVersions(page, item)
  const name = truncate(texts.history(cleanLine(item.block.label)), HISTORY_COLUMNS)
  const free = HISTORY_COLUMNS - rowWidth(name)
  const size = listed === null ? '' : historySize(listed, free - 1)
  const heading = row(name, size.padStart(free))
  const title = styled(styles.muted, heading)
  if (listed === null) return [title, styled(styles.muted, texts.reading)]
  const hints = isActive || session.memory.length === 0 ? [] : openHint(key, styles)
  const room = Math.max(1, Math.floor((height - 1 - hints.length) / 2))
  const from = Math.max(
    0,
    Math.min(page.version - Math.floor(room / 2), listed.versions.length - room),
  )
  const rows = listed.versions.slice(from, from + room).flatMap((version, index) => {
    const at = from + index
    const mark = page.marked === at ? styled(styles.warning, '◆') : ' '
    const age = timeAgo(Math.max(0, workbench.now - version.at))
    const head = row(
      mark,
      styled(styles.text, `v${version.version}`),
      styled(styles.muted, `  ${age}`),
    )
    const isTextSame = version.added + version.removed === 0
    const [change = ''] = propertyChanges(listed.versions[at + 1], version)
    const lines = changedLines(version)
    const counts = version.isDeletion ? texts.deleted : isTextSame && change !== '' ? change : lines
    const who = row('   ', styled(styles.muted, `${counts}  ${authorInColumn(version)}`))
    const isSelected = isActive && at === page.version
    return [head, who].map((line) =>
      isSelected
        ? styled(styles.selection, fitRow(line, HISTORY_COLUMNS))
        : truncate(line, HISTORY_COLUMNS),
    )
  })
  return [title, ...rows, ...hints]
}

/** The number of versions and their characters, as far as they fit; empty when nothing does. */
function historySize({ totals }: Pick<BlockFacts, 'totals'>, columns: number): string {
  const { versions, characters } = totals
  const sizes = texts.historySizes(versions, shortCount(versions), shortCount(characters))
  return sizes.find((size) => size.length <= columns) ?? ''
}

function openHint(key: PaneOptions['key'], styles: Styles): readonly Row[] {
  const stroke = key('memory.history')
  return stroke === null ? [] : [styled(styles.muted, `${stroke} ${texts.compare}`)]
}

export function shortAuthor(...author: Parameters<typeof authorName>): string {
  const [by, origin] = author
  return by === 'agent' ? texts.agent : authorName(by, origin)
}

/** The tool in few letters: the column is narrow. */
function authorInColumn({ by, origin }: Pick<ListedVersion, 'by' | 'origin'>): string {
  if (by !== 'agent' || origin.isOther === true) return authorName(by, origin)
  const tool = (origin.tool ?? '').replace(/^memory_|_memory$/g, '')
  return tool === '' ? texts.agent : `${texts.agent} · ${cleanLine(tool)}`
}
