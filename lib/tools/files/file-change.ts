import { createHash } from 'node:crypto'
import { basename, dirname } from 'node:path'
import { ignoreErrno, isErrno } from '../../fs/errno.ts'
import { makeRealDirectory } from '../../fs/real-place.ts'
import { rebaseText } from '../../util/rebase-text.ts'
import { applySelectionSteps, changedLineCount, hunkDecisions } from '../../util/select-changes.ts'
import type { Steps } from '../../util/steps.ts'
import {
  type Diff,
  diffSteps,
  formatUnifiedDiff,
  hunkHeader,
  unifiedDiffSteps,
} from '../../util/unified-diff.ts'
import { ignoreUserError, messageOf, UserError } from '../../util/user-error.ts'
import {
  BYTE_ORDER_MARK_REMARK,
  CRLF_REMARK,
  changedSinceRead,
  changedSinceShown,
  changeNotDivisible,
  changeNotRecorded,
  conversionRemark,
  encodingRemark,
  HARD_LINKS_REMARK,
  modifiedWhileEdited,
  NOT_UTF8_REMARK,
  notEditable,
  realPathRemark,
  replacesBinaryRemark,
  UNCHANGED_REMARK,
} from '../messages/file-changes.ts'
import { notEncodable } from '../messages/files.ts'
import { changeEdited, changePartlyApplied } from '../messages/reviews.ts'
import type {
  OutdatedBy,
  Preview,
  ProposedText,
  TextEdit,
  ToolAnswer,
  ToolContext,
} from '../tool.ts'
import {
  MISSING_FILE,
  readRegularFile,
  replaceFile,
  type StoredFile,
  versionAt,
  versionOf,
  writeTarget,
} from './files.ts'
import { requireJudged } from './judged-path.ts'
import { pathLabel } from './paths.ts'
import { assertNoLoneSurrogate } from './replace-text.ts'
import { runInSlices } from './run-in-slices.ts'
import {
  decodeText,
  encodeText,
  isBinary,
  isUnicode,
  missingCharacter,
  showable,
  type TextContent,
} from './text-encoding.ts'

/** A change of one file that was requested: Write, Edit, MultiEdit and NotebookEdit differ only in `compute`. */
export interface FileEdit {
  readonly tool: string
  /** Absolute, as given by the agent. */
  readonly path: string
  /** The new content, from the current one. Throws a `UserError` when the change is impossible. */
  compute(before: StoredFile | null): FileEditResult
  /** See `Preview`. */
  readonly isIndivisible?: boolean
}

export interface FileEditResult {
  readonly bytes: Buffer
  /** What the agent reads after the change. */
  readonly message: string
}

const MAX_EDITABLE_FILE_BYTES = 50 * 1_048_576

/** The diff that the user approves. Records what was shown, so that `applyChange` makes exactly this change. */
export async function previewChange(edit: FileEdit, context: ToolContext): Promise<Preview> {
  const plan = await (context.edited === null ? planChange : planShown)(edit, context)
  const diff = await diffOf(plan)
  context.files.noteShown(context.callId, {
    path: plan.target,
    version: plan.version,
    change: await nameOf(diff),
    outcome: versionOf(plan.outcome.bytes),
  })
  return {
    type: 'diff',
    path: pathLabel(edit.path, context.workspace),
    created: plan.before === null,
    ...diff,
    remark: remarkOn(plan, edit.path),
    ...(isIndivisible(edit, plan) ? { isIndivisible: true } : {}),
  }
}

/**
 * Who has modified the file since its change was shown, so that another change would be made; null when the shown one would be made.
 * What is shown then is made to the file as it is now.
 */
export async function outdatedBy(edit: FileEdit, context: ToolContext): Promise<OutdatedBy | null> {
  const { files, callId } = context
  const shown = files.shown(callId)
  if (shown === undefined) return null
  const target = await writeTarget(edit.path)
  return files.withLock(target, async () => {
    const version = await versionAt(target)
    if (shown.path === target && shown.version === version) return null
    if (files.wasWrittenByTool(target, version)) {
      const plan = await planChange(edit, context).catch(ignoreUserError)
      if (plan === null) return 'tool'
      if ((await nameOf(await diffOf(plan))) === shown.change) return null
      const isShown = shown.path === target && versionOf(plan.outcome.bytes) === shown.outcome
      return isShown ? 'toolWithin' : 'tool'
    }
    files.noteRead(target, version)
    return 'others'
  })
}

/** The content of the file after the change, for the user to edit. */
export async function proposeText(edit: FileEdit, context: ToolContext): Promise<ProposedText> {
  const { outcome } = await planShown(edit, context)
  const { text, isWellFormed } = decodeText(outcome.bytes)
  const path = pathLabel(edit.path, context.workspace)
  if (!isWellFormed || isBinary(outcome.bytes)) throw new UserError(notEditable(path))
  return { text, fileName: basename(edit.path) }
}

/** The outcome with the text of the user, whose change is made to what the file contains by now. */
function edited(
  { path, outcome }: { readonly path: string; readonly outcome: FileEditResult },
  target: string,
  change: TextEdit,
): FileEditResult {
  const like = decodeText(outcome.bytes)
  const plain = (text: string): string =>
    like.newline === 'mixed' ? text : text.replaceAll('\r\n', '\n')
  const text = rebaseText(change.proposed, plain(change.text), like.text)
  if (text === null || !like.isWellFormed) throw new UserError(changedSinceShown(target))
  assertNoLoneSurrogate(text)
  const missing = missingCharacter(text, like.encoding)
  if (missing !== null) throw new UserError(notEncodable(path, missing, like.encoding))
  return {
    bytes: encodeText(text, like),
    message: changeEdited(path, formatUnifiedDiff(path, showable(like.text), showable(text))),
  }
}

function isIndivisible(edit: FileEdit, { before }: ChangePlan): boolean {
  return edit.isIndivisible === true || (before !== null && isBinary(before.bytes))
}

export async function applyChange(edit: FileEdit, context: ToolContext): Promise<ToolAnswer> {
  return context.files.withLock(await writeTarget(edit.path), async () => {
    const plan = await planChange(edit, context)
    await refuseUnseen(plan, context)
    const { target, before } = plan
    const outcome = context.selection === null ? plan.outcome : await selected(edit, plan, context)
    const { callId, turnId } = context
    const madeFolder = await makeRealDirectory(dirname(target))
    const proposed = proposedPart(plan, outcome)
    const own = proposed === null ? {} : { proposed }
    const facts = { callId, turnId, tool: edit.tool, path: target, before, after: outcome.bytes }
    const change = { ...facts, ...own }
    const entry = await context.journal.record({ ...change, madeFolder }).catch(unrecorded)
    try {
      const stats = before?.stats ?? null
      await replaceFile(target, { bytes: outcome.bytes, expected: plan.version, stats })
    } catch (thrown) {
      if ('id' in entry) await context.journal.forget(entry.id)
      throw thrown
    }
    if ('id' in entry) await context.journal.confirm(entry.id).catch(ignoreErrno())
    context.files.noteWritten(target, versionOf(outcome.bytes))
    const remark = 'remark' in entry ? entry.remark : ''
    return { status: 'success', text: outcome.message + remark }
  })
}

/** What remains of the planned change after the user rejected lines of it. */
async function selected(
  edit: FileEdit,
  plan: ChangePlan,
  context: ToolContext,
): Promise<FileEditResult> {
  const { selection, workspace } = context
  const { rejectedLines, comment } = selection ?? { rejectedLines: [] }
  const { old, now, like } = comparedTexts(plan)
  const { hunks } = await runInSlices(diffSteps(showable(old), showable(now)))
  const rejected = new Set(rejectedLines)
  if (isIndivisible(edit, plan) || rejected.size >= changedLineCount(hunks)) {
    throw new UserError(changeNotDivisible(edit.path))
  }
  const text = await runInSlices(applySelectionSteps(old, now, hunks, rejected))
  const path = pathLabel(edit.path, workspace)
  const decisions = hunkDecisions(hunks, rejected)
  const partly = changePartlyApplied(path, {
    hunks: hunks.map((hunk, at) => ({
      header: hunkHeader(hunk),
      decision: decisions[at] ?? 'applied',
    })),
    applied: await runInSlices(unifiedDiffSteps(path, showable(old), showable(text))),
    rejected: await runInSlices(unifiedDiffSteps(path, showable(text), showable(now))),
    comment: comment ?? null,
  })
  return {
    bytes: encodeText(text, like),
    message: context.edited === null ? partly : `${plan.outcome.message}\n\n${partly}`,
  }
}

/** What the agent has proposed where the user edited it, less what was rejected of it; null when it was not edited. */
function proposedPart({ proposed, outcome }: ChangePlan, applied: FileEditResult): Buffer | null {
  if (proposed === undefined) return null
  if (applied === outcome) return proposed
  const like = decodeText(proposed)
  const [from, to] = [outcome, applied].map(({ bytes }) => decodeText(bytes).text)
  const text = rebaseText(from ?? '', to ?? '', like.text)
  return text === null ? null : encodeText(text, like)
}

/** A home directory that is not writable must not prevent changes. */
function unrecorded(thrown: unknown): { readonly remark: string } {
  if (!isErrno(thrown)) throw thrown
  return { remark: changeNotRecorded(messageOf(thrown)) }
}

interface ChangePlan {
  /** Real path of the file. */
  readonly target: string
  readonly before: StoredFile | null
  readonly version: string
  readonly outcome: FileEditResult
  /** What the agent has proposed, where the outcome is that of the user. */
  readonly proposed?: Buffer
}

async function planChange(edit: FileEdit, context: ToolContext): Promise<ChangePlan> {
  const target = await writeTarget(edit.path)
  // Before it is read: the reason why a change is impossible can show a line of the file.
  requireJudged(target, context)
  const before = await readRegularFile(target, MAX_EDITABLE_FILE_BYTES)
  const version = before?.version ?? MISSING_FILE
  const known = context.files.lastKnown(target)
  if (known !== undefined && known !== version) {
    throw new UserError(changedSinceRead(edit.path, before !== null))
  }
  const outcome = edit.compute(before)
  if (context.edited === null) return { target, before, version, outcome }
  const path = pathLabel(edit.path, context.workspace)
  return {
    target,
    before,
    version,
    outcome: edited({ path, outcome }, target, context.edited),
    proposed: outcome.bytes,
  }
}

/** For the person who edits what was shown: where the file was modified since, the error of the call would name another cause. */
async function planShown(edit: FileEdit, context: ToolContext): Promise<ChangePlan> {
  try {
    return await planChange(edit, context)
  } catch (thrown) {
    if (!(thrown instanceof UserError) || !(await isModifiedSinceShown(edit, context))) throw thrown
    const own = await planChange(edit, { ...context, edited: null }).catch(ignoreUserError)
    const path = pathLabel(edit.path, context.workspace)
    const isConflict = messageOf(thrown) === changedSinceShown(await writeTarget(edit.path))
    throw own === null || isConflict ? new UserError(modifiedWhileEdited(path)) : thrown
  }
}

async function isModifiedSinceShown(edit: FileEdit, context: ToolContext): Promise<boolean> {
  const shown = context.files.shown(context.callId)
  if (shown === undefined) return false
  const target = await writeTarget(edit.path)
  return shown.path !== target || shown.version !== (await versionAt(target))
}

/**
 * The file must be the one that was shown. An earlier call of a tool may have changed another part of it in the meantime: that is
 * allowed as long as exactly the lines that were shown are removed and added.
 */
async function refuseUnseen(plan: ChangePlan, context: ToolContext): Promise<void> {
  const shown = context.files.shown(context.callId)
  if (shown === undefined) return
  if (shown.path === plan.target) {
    if (shown.version === plan.version) return
    const ours = context.files.wasWrittenByTool(plan.target, plan.version)
    if (ours && (await nameOf(await diffOf(plan))) === shown.change) return
  }
  throw new UserError(changedSinceShown(plan.target))
}

async function diffOf(plan: ChangePlan): Promise<Diff> {
  const { old, now } = comparedTexts(plan)
  return runInSlices(diffSteps(showable(old), showable(now)))
}

interface ComparedTexts {
  readonly old: string
  readonly now: string
  /** How a text between the two is encoded. */
  readonly like: TextContent
}

function comparedTexts({ before, outcome }: ChangePlan): ComparedTexts {
  const old = before === null || isBinary(before.bytes) ? null : decodeText(before.bytes)
  const now = decodeText(outcome.bytes)
  const same = old === null || old.newline === now.newline
  if (same) return { old: old?.text ?? '', now: now.text, like: now }
  return { old: withReturns(old), now: withReturns(now), like: { ...now, newline: '\n' } }
}

function withReturns({ text, newline }: TextContent): string {
  return newline === '\r\n' ? text.replaceAll('\n', '\r\n') : text
}

async function nameOf(diff: Diff): Promise<string> {
  return runInSlices(nameSteps(diff))
}

/** Lines that are hashed as one text. */
const HASHED_LINES = 1_000

function* nameSteps({ hunks }: Diff): Steps<string> {
  const hash = createHash('sha256')
  let lines: string[] = []
  for (const hunk of hunks) {
    for (const { type, text } of hunk.lines) {
      if (type === 'context') continue
      lines.push(`${type} ${text}\n`)
      if (lines.length < HASHED_LINES) continue
      hash.update(lines.join(''))
      lines = []
      yield
    }
  }
  return hash.update(lines.join('')).digest('hex')
}

function remarkOn({ target, before, version, outcome }: ChangePlan, path: string): string | null {
  const remarks: string[] = []
  if (target !== path) remarks.push(realPathRemark(target))
  if (versionOf(outcome.bytes) === version) remarks.push(UNCHANGED_REMARK)
  if (before !== null) {
    const content = decodeText(before.bytes)
    if (isBinary(before.bytes)) remarks.push(replacesBinaryRemark(before.bytes.length))
    else if (!content.isWellFormed) remarks.push(NOT_UTF8_REMARK)
    else if (isConverted(content, outcome.bytes)) remarks.push(conversionRemark(content.encoding))
    else if (content.encoding !== 'utf-8') remarks.push(encodingRemark(content.encoding))
    if (content.newline === '\r\n') remarks.push(CRLF_REMARK)
    if (content.bom) remarks.push(BYTE_ORDER_MARK_REMARK)
    if (before.stats.nlink > 1) remarks.push(HARD_LINKS_REMARK)
  }
  return remarks.length === 0 ? null : remarks.join('; ')
}

/** Whether a text that an older encoding cannot contain is stored as UTF-8 in its place. */
function isConverted({ encoding }: TextContent, after: Buffer): boolean {
  if (isUnicode(encoding)) return false
  return decodeText(after).encoding === 'utf-8' && after.some((byte) => byte > 0x7f)
}
