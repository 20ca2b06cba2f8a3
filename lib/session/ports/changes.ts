import { MISSING_FILE } from '../../tools/files/files.ts'
import { isLinkVersion } from '../../tools/files/link-version.ts'
import { decodeText, showable } from '../../tools/files/text-encoding.ts'
import type { Journal, JournalEntry, UndoSelection } from '../../tools/journal/journal.ts'
import { patchOfFiles } from '../../tools/journal/patch-of-files.ts'
import type { FileRevert } from '../../tools/journal/plan-revert.ts'
import {
  type PartStage,
  type StagedChange,
  stagesOf,
  toggleStaged,
} from '../../tools/journal/stage.ts'
import { type ChangedFile, fileLabel } from '../../tools/journal/summarize-changes.ts'
import { diffContents } from '../../tools/journal/version-diff.ts'
import { describeModes } from '../../util/permission-bits.ts'
import { changedLineCount } from '../../util/select-changes.ts'
import type { Hunk } from '../../util/unified-diff.ts'
import { UserError } from '../../util/user-error.ts'
import { DEFAULT_CONTEXT, widenHunks } from '../../util/widen-hunks.ts'
import type { ChangesWatch } from '../changes-watch.ts'
import type { GitPort } from '../git-watch.ts'
import { cannotUndo, linkRemark, permissionsRemark } from '../messages/rewind.ts'
import type { SessionContext } from '../session-context.ts'
import type { ChangesScope, PlannedRevert, UndoClash, UndoPlan } from '../state/changes.ts'

/** The changes of files in this project. */
export interface ChangesPort {
  /** Query: the changes in the journal, newest first, without undoing. */
  list(): Promise<readonly JournalEntry[]>
  /** Query: what an undo would change; no files when there is nothing to undo. */
  plan(selection: UndoSelection): Promise<UndoPlan>
  /**
   * Reverts changes, all or none; gives the labels of the files. Rejects with the reasons when a file has changed since, also since it was shown
   * (`expected`).
   */
  undo(selection: UndoSelection, expected?: UndoPlan['expected']): Promise<readonly string[]>
  /** Query: the newest undo that stands, of this session or else of an earlier one; null for none. */
  newestUndo(): Promise<NewestUndo | null>
  /** Shows the difference of two versions, with `context` unchanged lines around each hunk: reports `changes.compared`. */
  compare(
    file: Pick<ChangedFile, 'path' | 'label' | 'before' | 'after' | 'modeAfter'> &
      Partial<Pick<ChangedFile, 'mode'>>,
    context?: number,
  ): Promise<void>
  /**
   * Adds changes to the index of git, or removes them when all of them are there; gives whether they were added. Rejects when
   * the index differs in the same lines; then nothing was staged.
   */
  stage(changes: readonly StagedChange[]): Promise<boolean>
  /** Query: the changes of files as a patch for git. */
  patch(files: Parameters<typeof patchOfFiles>[0]): Promise<string>
  /** Chooses what the page of changes lists: reports `changes.found`. */
  show(scope: ChangesScope): Promise<void>
  /** Looks for changes now. */
  refresh(): Promise<void>
}

/** An undo that can be undone. `text`: the beginning of the message whose changes it has undone; null when that is not known. */
export interface NewestUndo {
  readonly selection: UndoSelection
  readonly at: number
  readonly text: string | null
}

export function createChanges(
  { base, store }: SessionContext,
  { refresh, diff, show }: ChangesWatch,
  { refresh: refreshGit }: GitPort,
): ChangesPort {
  const { journal } = base.runner
  const { directory } = base.options
  const stageOptions = async () => {
    const entries = await journal.list()
    const isVersionOf = (path: string, version: string): boolean =>
      entries.some((entry) => entry.path === path && [entry.before, entry.after].includes(version))
    const isLater = (path: string, version: string, than: string): boolean => {
      const all = entries.filter((entry) => entry.path === path)
      const last = all.findLastIndex(({ after }) => after === than)
      const found = all.findLastIndex(({ after, undo }) => after === version && undo === undefined)
      return last >= 0 && found > last
    }
    return { contents: journal, directory, isVersionOf, isLater }
  }
  const stagesIn = async (
    change: Parameters<typeof stagesOf>[0],
    hunks: readonly Hunk[],
  ): Promise<readonly (PartStage | null)[]> => {
    // Each hunk is compared with the index.
    if (store.state.git === null || hunks.length === 0 || hunks.length > MAX_MARKED_HUNKS) return []
    let first = 0
    const parts = hunks.map((hunk) => {
      const start = first
      first += changedLineCount([hunk])
      return Array.from({ length: first - start }, (_, at) => start + at)
    })
    return stagesOf(change, parts, await stageOptions())
  }
  const compare: ChangesPort['compare'] = async (file, context = DEFAULT_CONTEXT) => {
    const { path, label, before, after } = file
    const { type, hunks: found, added, removed } = await diff(before, after)
    const created = before === MISSING_FILE
    const text = context === DEFAULT_CONTEXT ? null : await textOf(journal, after)
    const hunks = (text === null ? null : widenHunks(found, text, context)) ?? found
    const preview = { type: 'diff', path: label, created, hunks, added, removed } as const
    const shown = { ...preview, remark: remarkOn(file) }
    const modes = { mode: file.mode ?? null, modeAfter: file.modeAfter ?? null }
    const compared = { path, before, after, ...modes, context, type, preview: shown }
    const { comparison: last } = store.state.changes
    const isSame = last?.path === path && last.before === before && last.after === after
    const known = isSame && last.stages !== undefined ? { stages: last.stages } : {}
    const comparison = { ...compared, ...known }
    store.dispatch({ type: 'changes.compared', comparison })
    // Git is slower than the screen.
    const stages = await stagesIn({ ...file, ...modes }, found)
    const isShown = store.state.changes.comparison === comparison
    if (isShown && JSON.stringify(stages) !== JSON.stringify(comparison.stages ?? [])) {
      store.dispatch({ type: 'changes.compared', comparison: { ...compared, stages } })
    }
  }
  return {
    list: async () => (await journal.list()).filter(({ undo }) => undo === undefined).toReversed(),
    async plan(selection) {
      const reverts = await journal.plan(selection)
      return {
        files: await Promise.all(
          reverts.filter(changesFile).map(async (revert) => {
            const clash = await clashOf(revert, { diff, contents: journal })
            const planned = await toPlanned(revert, directory)
            return clash === null ? planned : { ...planned, clash }
          }),
        ),
        expected: Object.fromEntries(
          reverts.map(({ path, now }) => [path, now?.version ?? MISSING_FILE]),
        ),
      }
    },
    async undo(selection, expected) {
      const result = await journal.undo(selection, expected).finally(refresh)
      if (result.ok) return result.paths.map((path) => fileLabel(path, directory))
      throw new UserError(cannotUndo(result.reasons))
    },
    async newestUndo() {
      const { entries, checkpoints } = await journal.read()
      const isUndo = (id: string): boolean =>
        entries.some((entry) => entry.id === id && entry.undo !== undefined)
      // What undoes an undo is no undo to a person.
      const standing = entries.filter(
        ({ undo, undone }) => undo !== undefined && !undone && !undo.of.some(isUndo),
      )
      const own = standing.findLast(({ sessionId }) => sessionId === journal.sessionId)
      const found = own ?? standing.at(-1)
      if (found?.undo === undefined) return null
      const { id, of } = found.undo
      const undone = entries.findLast((entry) => of.includes(entry.id))
      const message = checkpoints.findLast(({ turnId }) => turnId === undone?.turnId)
      return { selection: { undoId: id }, at: found.at, text: message?.text ?? null }
    },
    compare,
    async stage(changes) {
      const isAdded = await toggleStaged(changes, await stageOptions())
      await refreshGit()
      // The status of git can be the same, with another hunk.
      const { comparison } = store.state.changes
      if (comparison !== null) {
        await compare({ ...comparison, label: comparison.preview.path }, comparison.context)
      }
      return isAdded
    },
    async patch(files) {
      return (await patchOfFiles(files, { journal, directory })).patch.toString()
    },
    show,
    refresh,
  }
}

const MAX_MARKED_HUNKS = 50

/** What no line of a diff shows. */
function remarkOn({
  before,
  after,
  ...modes
}: Parameters<ChangesPort['compare']>[0]): string | null {
  if ([before, after].some(isLinkVersion))
    return linkRemark(isLinkVersion(before), isLinkVersion(after))
  const described = describeModes(modes)
  return described === null ? null : permissionsRemark(described)
}

async function textOf(journal: Pick<Journal, 'load'>, version: string): Promise<string | null> {
  const bytes = version === MISSING_FILE ? null : await journal.load(version)
  return bytes === null ? null : showable(decodeText(bytes).text)
}

/** A change whose hunks were undone one by one is in the journal, and no longer in the file. */
function changesFile({ now, bytes, reason, mode, isLink }: FileRevert): boolean {
  if (reason !== null) return true
  if (now === null || bytes === null) return now !== bytes
  return !now.bytes.equals(bytes) || mode !== null || isLink !== isLinkVersion(now.version)
}

/** Null for what has no lines. */
async function clashOf(
  { clash, now }: FileRevert,
  {
    diff,
    contents,
  }: { readonly diff: ChangesWatch['diff']; readonly contents: Pick<Journal, 'load'> },
): Promise<UndoClash | null> {
  if (clash === undefined || now === null || clash.after === MISSING_FILE) return null
  const left = await contents.load(clash.after)
  if (left === null || isLinkVersion(now.version)) return null
  const [undo, since] = [await diff(clash.after, clash.before), await diffContents(left, now.bytes)]
  if (undo.type !== 'text' || since.type !== 'text') return null
  const touched = new Set(undo.hunks.flatMap(changedOldLines))
  const hunk = since.hunks.find((one) => changedOldLines(one).some((line) => touched.has(line)))
  const first = hunk?.lines.findIndex(({ type }) => type !== 'context') ?? 0
  const line = hunk?.lines.find((one, at) => at >= first && one.newNumber !== null)
  return { undo: undo.hunks, since: since.hunks, line: line?.newNumber ?? hunk?.newStart ?? 1 }
}

function changedOldLines({ lines }: Hunk): readonly number[] {
  return lines.flatMap(({ type, oldNumber }) => (type === 'context' ? [] : (oldNumber ?? [])))
}

async function toPlanned(
  { path, now, bytes, mode, reason, isMerged }: FileRevert,
  directory: string,
): Promise<PlannedRevert> {
  const { type, hunks, added, removed } = await diffContents(now?.bytes ?? null, bytes)
  const label = fileLabel(path, directory)
  const isDeleted = bytes === null
  const modes =
    now === null ? null : describeModes({ mode: now.stats.mode & 0o7777, modeAfter: mode })
  return {
    path,
    label,
    hunks,
    added,
    removed,
    isBinary: type !== 'text',
    isDeleted,
    isMerged,
    modes,
    reason,
  }
}
