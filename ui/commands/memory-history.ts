import { authorName, propertyChanges } from '../../lib/session/messages/memory.ts'
import type { VersionRow } from '../../lib/session/ports/memory.ts'
import type { BlockVersion, MemoryBlock } from '../../lib/session/state/memory.ts'
import { suggestionHint } from '../../lib/util/did-you-mean.ts'
import { changedLines } from '../../lib/util/quantities.ts'
import { timeAgo } from '../../lib/util/time-ago.ts'
import { UserError } from '../../lib/util/user-error.ts'
import { blockIsReadOnly, blockUnknown, sameText } from '../messages/memory.ts'
import {
  comparison,
  historyTitle,
  NO_EARLIER_VERSION,
  OLDER_VERSIONS,
  restoreQuestion,
  undoesMove,
  VERSION_ACTIONS,
  versionTitle,
} from '../messages/memory-history.ts'
import type { ListedVersions } from '../state/overlay-actions.ts'
import type { PickerItem } from '../state/state.ts'
import { selectedBlock } from '../view/panes/memory-selection.ts'
import { needsMemoryBlock } from './block-command.ts'
import { diffLines } from './memory-diff.ts'
import { versionsToUndo } from './moved-lines.ts'
import { openPage, openPicker, openReview } from './open-overlay.ts'
import { flash, type WorkbenchCommand, type WorkbenchContext } from './workbench-command.ts'

/** The versions of memory blocks. */
export const MEMORY_HISTORY_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'memory.history',
    argument: { name: 'label', required: false },
    choices: ({ root }) =>
      root.state.session.memory.map(({ block }) => ({
        id: block.label,
        title: block.label,
        detail: block.description ?? '',
        current: false,
      })),
    unavailable: needsMemoryBlock,
    run(context, argument) {
      const { page, focus } = context.root.state.workbench
      const isOnPage = page === 'memory' && focus === 'memory' && argument.trim() === ''
      if (!isOnPage) return openHistoryPage(context, argument.trim())
      context.root.dispatch({ type: 'memoryPage.columnChosen', column: 'history' })
      return undefined
    },
  },
  {
    id: 'memory.undo',
    unavailable: needsMemoryBlock,
    async run(context) {
      const label = selectedBlock(context.root.state)?.block.label ?? ''
      const versions = await versionsToUndo(context, label)
      if (versions.length === 0) flash(context, NO_EARLIER_VERSION)
      else reviewRestore(context, versions)
    },
  },
]

/** Versions in one picker, which ends with an item for older ones; fewer of a long block, since their values are compared. */
const MAX_VERSIONS = { ofShort: 100, ofLong: 10 } as const
const LONG_CHARACTERS = 10_000

async function openHistoryPage(context: WorkbenchContext, named: string): Promise<void> {
  const { memory } = context.root.state.session
  const label = named === '' ? (selectedBlock(context.root.state)?.block.label ?? '') : named
  const labels = memory.map(({ block }) => block.label)
  if (!labels.includes(label)) {
    throw new UserError(blockUnknown(label), { hint: suggestionHint(label, labels) })
  }
  await openVersions(context, { label, before: null, other: null })
}

/** `other`: the version with which the chosen one is compared; null to show the chosen one. */
export async function openVersions(
  context: WorkbenchContext,
  { label, before, other }: ListedVersions,
): Promise<void> {
  const { memory } = context.session
  const isLong = currentValue(context, label).length > LONG_CHARACTERS
  const limit = isLong ? MAX_VERSIONS.ofLong : MAX_VERSIONS.ofShort
  const rows = await memory.versions(label, { limit, before })
  const now = context.now()
  const items = rows.map(
    (row, index): PickerItem => ({
      title: versionTitle(row.version, timeAgo(Math.max(0, now - row.at))),
      detail: detailOf(row, now),
      current: before === null && index === 0,
      action:
        other === null
          ? { type: 'memory.openVersion', version: row }
          : {
              type: 'memory.compare',
              from: row.version < other.version ? row : other,
              to: row.version < other.version ? other : row,
            },
    }),
  )
  const last = rows.at(-1)?.version ?? 0
  const older: readonly PickerItem[] =
    rows.length < limit || last === 0
      ? []
      : [
          {
            title: OLDER_VERSIONS,
            detail: '',
            current: false,
            action: { type: 'memory.openVersions', listed: { label, before: last, other } },
          },
        ]
  const title = other === null ? historyTitle(label) : VERSION_ACTIONS.compareOther
  openPicker(context, title, [...items, ...older])
}

function detailOf({ added, removed, by, origin, since, at }: VersionRow, now: number): string {
  const gap = since === undefined ? '' : ` (${timeAgo(now - since)} – ${timeAgo(now - at)})`
  return [changedLines({ added, removed }), `${authorName(by, origin)}${gap}`]
    .filter(Boolean)
    .join('  ')
}

export function openVersion(context: WorkbenchContext, version: BlockVersion): void {
  const item = (title: string, action: PickerItem['action']): PickerItem => ({
    title,
    detail: '',
    current: false,
    action,
  })
  openPicker(context, `${version.label}@${version.version}`, [
    item(VERSION_ACTIONS.changed, { type: 'memory.compare', from: null, to: version }),
    item(VERSION_ACTIONS.compare, { type: 'memory.compare', from: version, to: 'current' }),
    item(VERSION_ACTIONS.compareOther, { type: 'memory.chooseOther', version }),
    item(VERSION_ACTIONS.restore, { type: 'memory.reviewRestore', version }),
  ])
}

export async function chooseOtherVersion(
  context: WorkbenchContext,
  version: BlockVersion,
): Promise<void> {
  await openVersions(context, { label: version.label, before: null, other: version })
}

export async function compareVersions(
  context: WorkbenchContext,
  from: BlockVersion | null,
  to: BlockVersion | 'current',
): Promise<void> {
  const { label } = to === 'current' ? (from ?? { label: '' }) : to
  const after = to === 'current' ? currentValue(context, label) : to.value
  const before = from ?? (to === 'current' ? null : await versionBefore(context, to))
  const names = [before, to].map((one) =>
    one === null || one === 'current' ? null : `${label}@${one.version}`,
  )
  const lines = diffLines(before?.value ?? '', after)
  if (lines.length === 0) flash(context, sameText(label))
  else openPage(context, comparison(label, names[0] ?? null, names[1] ?? null), lines)
}

async function versionBefore(
  { session }: WorkbenchContext,
  { label, version }: BlockVersion,
): Promise<BlockVersion | null> {
  const [before] = await session.memory.versions(label, { limit: 1, before: version })
  return before ?? null
}

/** The restored values are shown as changes of the present ones, before a yes: two of them when lines were moved. */
export function reviewRestore(context: WorkbenchContext, versions: readonly BlockVersion[]): void {
  const locked = versions.find(({ label }) => blockNamed(context, label)?.readOnly === true)
  if (locked !== undefined) {
    flash(context, blockIsReadOnly(locked.label))
    return
  }
  const changes = versions.map((version) => {
    const { label, value } = version
    // A restore brings back the text, the limit and the description.
    const block = blockNamed(context, label)
    const { limit, description } = version
    const properties =
      block === undefined ? [] : propertyChanges(block, { ...block, limit, description })
    return {
      name: `${label}@${version.version}`,
      lines: [
        ...properties.map((text) => ({ type: 'text', text }) as const),
        ...diffLines(currentValue(context, label), value),
      ],
    }
  })
  const [first, second] = versions
  if (first === undefined) return
  const isThere = versions.every(({ label }) => blockNamed(context, label) !== undefined)
  if (isThere && changes.every(({ lines }) => lines.length === 0)) {
    flash(context, sameText(first.label))
    return
  }
  openReview(context, {
    title: changes.map(({ name }) => name).join(', '),
    lines:
      second === undefined
        ? (changes[0]?.lines ?? [])
        : [
            { type: 'text', text: undoesMove(first.label, second.label) } as const,
            ...changes.flatMap(({ name, lines }) => [
              { type: 'heading', text: name } as const,
              ...lines,
            ]),
          ],
    question: {
      text: restoreQuestion(...versions.map(({ label, version }) => [label, version] as const)),
      action: { type: 'memory.restore', versions },
    },
  })
}

export async function restoreVersions(
  { session }: WorkbenchContext,
  versions: readonly BlockVersion[],
): Promise<void> {
  for (const version of versions) await session.memory.restore(version)
}

function blockNamed({ root }: WorkbenchContext, label: string): MemoryBlock | undefined {
  return root.state.session.memory.find(({ block }) => block.label === label)?.block
}

function currentValue(context: WorkbenchContext, label: string): string {
  return blockNamed(context, label)?.value ?? ''
}
