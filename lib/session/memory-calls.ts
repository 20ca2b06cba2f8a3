import type { GatewayBlocks } from '../client/gateway/blocks.ts'
import type { ChangeDetails } from '../client/gateway/change-header.ts'
import type { PendingCall } from '../client/gateway/pending-calls.ts'
import type { Reply } from '../client/stream/stream.ts'
import { findSources } from '../memory/find-sources.ts'
import { type MemoryWrite, parseMemoryCall } from '../memory/memory-calls.ts'
import { cleanMerge } from '../memory/merge.ts'
import { findOutsideLines, findRepetition, type OutsideText } from '../memory/provenance.ts'
import { findNewSecret } from '../memory/secrets.ts'
import { BlockConflict, updateBlock } from '../memory/update-block.ts'
import { decide } from '../permissions/decide.ts'
import { suggest } from '../permissions/suggest.ts'
import type { CallDanger, PermissionRequest, Policy, Verdict } from '../permissions/types.ts'
import { ask, deny } from '../permissions/verdicts.ts'
import type { ChangeSelection, Preview, TextEdit } from '../tools/tool.ts'
import { decodeArguments } from '../util/decode-arguments.ts'
import { isRecord } from '../util/is-record.ts'
import { applySelection, changedLineCount } from '../util/select-changes.ts'
import { diffHunks, formatUnifiedDiff, withFinalLineFeed } from '../util/unified-diff.ts'
import { messageOf, UserError } from '../util/user-error.ts'
import { asLeftWaiting } from './approval-request.ts'
import type { ApprovalRequest } from './events.ts'
import { PREVIEW_FAILED } from './messages/approvals.ts'
import {
  MEMORY_PART_CONFLICT,
  memoryChangeRejected,
  memoryEdited,
  memoryMerged,
  memoryPartlySaved,
  memorySecret,
  REVIEW_REQUESTED,
  repeatsOutsideText,
} from './messages/memory-review.ts'
import { outsideTexts, userTexts } from './outside-texts.ts'
import type { MemoryBasis } from './state/entry.ts'
import type { MemoryBlock, MemoryItem } from './state/memory.ts'
import type { SessionState } from './state/session-state.ts'

/**
 * Calls of the tools by which an agent changes its memory. The server runs them; where it asks for approval, this decides by the
 * rules, by what the text contains and where it comes from.
 */
export interface MemoryCallPorts {
  /** The blocks of the agent now. */
  blocks(): Promise<readonly MemoryBlock[]>
  readonly gateway: { readonly blocks: Pick<GatewayBlocks, 'retrieve' | 'change'> }
  checks(): MemoryChecks
}

export interface MemoryChecks {
  /** Text from outside asks. */
  readonly provenance: boolean
  /** Keys and tokens are refused. */
  readonly secrets: boolean
  /** Files that the user has attached to messages of the running turn. */
  readonly attached?: readonly OutsideText[]
}

export interface MemoryCall {
  readonly call: PendingCall
  readonly write: MemoryWrite
  readonly request: ApprovalRequest
  /** The change that was shown; null when no value is shown. */
  readonly change: {
    readonly block: MemoryBlock | null
    readonly before: string
    readonly after: string
  } | null
  /** Whether the server will refuse it, whatever is decided about the other calls of its answer. */
  readonly canOnlyFail: boolean
}

interface MemoryCallContext {
  readonly ports: MemoryCallPorts
  readonly state: SessionState
  readonly policy: Policy
  /** The calls were left by an earlier session, in which they may have been asked about. */
  readonly stale?: boolean
}

/** The memory calls among these, by their ids. Each is shown as a change of what the previous ones leave. */
export async function prepareMemoryCalls(
  context: MemoryCallContext,
  calls: readonly PendingCall[],
): Promise<ReadonlyMap<string, MemoryCall>> {
  const writes = calls.flatMap((call) => {
    const write = parseMemoryCall(call.tool, call.args)
    return write === null ? [] : [{ call, write }]
  })
  const prepared = new Map<string, MemoryCall>()
  if (writes.length === 0) return prepared
  const blocks = await context.ports.blocks()
  const values = new Map(blocks.map(({ label, value }) => [label, value]))
  const changed = new Set<string>()
  for (const { call, write } of writes) {
    const change = changeOf(write, blocks, values)
    if (change !== null) values.set(write.labels[0] ?? '', change.after)
    // What an earlier call leaves depends on what is decided about it.
    const isFirst = !write.labels.some((label) => changed.has(label))
    for (const label of write.labels) changed.add(label)
    const made = { call, write, change, canOnlyFail: isFirst && failsOn(blocks, write) }
    prepared.set(call.callId, { ...made, request: await composeRequest(context, made) })
  }
  return prepared
}

/** Whether the edit is impossible. One that changes nothing is not: others can change the block before it is made. */
function failsOn(blocks: readonly MemoryBlock[], { labels: [label], edit }: MemoryWrite): boolean {
  if (label === undefined || edit === null) return false
  const block = blocks.find((one) => one.label === label)
  return edit.isNew === (block !== undefined) || edit.apply(block?.value ?? '') === null
}

function changeOf(
  { labels: [label], edit }: MemoryWrite,
  blocks: readonly MemoryBlock[],
  values: ReadonlyMap<string, string>,
): MemoryCall['change'] {
  if (label === undefined || edit === null || edit.isNew === values.has(label)) return null
  const before = values.get(label) ?? ''
  const after = edit.apply(before)
  if (after === null || after === before) return null
  return { block: blocks.find((block) => block.label === label) ?? null, before, after }
}

async function composeRequest(
  { ports, state, policy, stale = false }: MemoryCallContext,
  { call, write, change, canOnlyFail }: Omit<MemoryCall, 'request'>,
): Promise<ApprovalRequest> {
  const asked = memoryRequest(call, write)
  const judged = await decide(policy, asked)
  const isReviewed = state.reviewedMessage !== null && policy.mode !== 'bypassPermissions'
  const reviewed =
    isReviewed && judged.decision === 'allow' ? ask(REVIEW_REQUESTED, judged.part) : judged
  const byRules = stale ? asLeftWaiting(judged) : reviewed
  const byText = await checkText(ports.checks(), examinedText(call, change), state)
  const isSure = byRules.decision === 'deny' || byText === null
  const mayAsk = byText?.decision === 'deny' || policy.mode !== 'bypassPermissions'
  const verdict = isSure || !mayAsk ? byRules : byText
  const isOfRules = verdict === byRules && verdict.decision === 'ask'
  return {
    callId: call.callId,
    label: write.labels.join(' → '),
    preview: verdict.decision === 'deny' ? NO_PREVIEW : shownChange(call, write, change),
    // The server refuses a change that is impossible: a person need not be asked about it.
    verdict: isOfRules && canOnlyFail ? asAllowed(verdict) : verdict,
    // A rule would allow all texts from outside.
    suggestion: isOfRules ? await suggest(policy, asked) : null,
    // Approved with a second key, and never together with other calls.
    ...(verdict === byText && verdict.decision === 'ask'
      ? { dangers: [toDanger(verdict, ports.checks(), change, state)] }
      : {}),
  }
}

function toDanger(
  { because, part }: Verdict,
  { attached = [] }: MemoryChecks,
  change: TextChange | null,
  state: SessionState,
): CallDanger {
  const danger = { because, parts: part === null ? [] : [part] }
  if (change === null) return danger
  const outside = [...attached, ...outsideTexts(state)]
  const lines = Object.keys(findOutsideLines(change.after, outside, knownTexts(state)))
  return { ...danger, lines }
}

/** What the user wrote, and what memory contains. */
function knownTexts(state: SessionState): readonly string[] {
  return [...userTexts(state), ...state.memory.map(({ block }) => block.value)]
}

/** Characters of memory with which a change is examined. */
const MAX_KNOWN_CHARACTERS = 200_000

/** What a change may complete: the descriptions and the values of the blocks. */
function textsOfMemory({ memory }: SessionState): readonly string[] {
  const texts: string[] = []
  let left = MAX_KNOWN_CHARACTERS
  for (const { block } of memory) {
    const text = `${block.description ?? ''}\n${block.value}`
    left -= text.length
    if (left >= 0) texts.push(text)
  }
  return texts
}

/**
 * A call that was allowed by rules, judged by those that apply now, and with text that calls of the same answer have read meanwhile;
 * null when it is still allowed.
 */
export async function judgeAgain(
  memory: MemoryCall,
  context: MemoryCallContext,
): Promise<MemoryCall | null> {
  const fails = memory.canOnlyFail && failsOn(await context.ports.blocks(), memory.write)
  const again = { ...memory, canOnlyFail: fails }
  const request = await composeRequest(context, again)
  return request.verdict.decision === 'allow' ? null : { ...again, request }
}

/** The lines that a call adds which repeat text from outside, with their sources. `edited`: what the user has made of it. */
export function outsideLinesOf(
  { call, change }: MemoryCall,
  edited: string | undefined,
  { provenance, attached = [] }: MemoryChecks,
  state: SessionState,
): Readonly<Record<string, string>> {
  if (!provenance) return {}
  const { after } =
    change !== null && edited !== undefined ? { after: edited } : examinedText(call, change)
  return findOutsideLines(after, [...attached, ...outsideTexts(state)], knownTexts(state))
}

/** Whether the block has another value than when its change was shown. */
export async function isModified(
  gateway: MemoryCallPorts['gateway'],
  { change }: MemoryCall,
): Promise<boolean> {
  if (change?.block == null) return false
  const current = await gateway.blocks.retrieve(change.block.id)
  return current !== null && current.value !== change.block.value
}

export function memoryRequest({ tool }: PendingCall, { labels }: MemoryWrite): PermissionRequest {
  return { tool, access: 'write', subject: { type: 'memory', labels } }
}

const NO_PREVIEW: Preview = { type: 'arguments', text: '' }

function asAllowed(verdict: Verdict): Verdict {
  return { ...verdict, decision: 'allow' }
}

/** What the change adds, judged by its text: null when nothing is wrong with it. */
async function checkText(
  { provenance, secrets, attached = [] }: MemoryChecks,
  { before, after }: TextChange,
  state: SessionState,
): Promise<Verdict | null> {
  const secret = secrets ? await findNewSecret(before, after, textsOfMemory(state)) : null
  if (secret !== null) return deny(memorySecret(secret))
  if (!provenance) return null
  const outside = [...attached, ...outsideTexts(state)]
  const repetition = findRepetition(after, outside, knownTexts(state))
  if (repetition === null) return null
  return ask(repeatsOutsideText(repetition.source), repetition.text)
}

/** All texts of a call whose change is not known, or is thought to be impossible: the server decides that. */
function examinedText({ args }: PendingCall, change: MemoryCall['change']): TextChange {
  const decoded = decodeArguments(args)
  if (change === null) {
    return { before: '', after: decoded === null ? args : textsIn(decoded).join('\n') }
  }
  // The description of a block is in the prompt too, and the label of a new one.
  const { description = '', path = '' } = decoded ?? {}
  const about = [description, change.block === null ? path : ''].flatMap(textsIn)
  return { before: change.before, after: [change.after, ...about].join('\n') }
}

/** The strings of a value, at any depth. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value === '' ? [] : [value]
  return isRecord(value) || Array.isArray(value) ? Object.values(value).flatMap(textsIn) : []
}

interface TextChange {
  readonly before: string
  readonly after: string
}

/** A change that the user has edited, judged again by its text; null when nothing is wrong with it. */
export async function judgeMemoryText(
  checks: MemoryChecks,
  change: TextChange,
  state: SessionState,
): Promise<{ readonly verdict: Verdict; readonly dangers: readonly CallDanger[] } | null> {
  const verdict = await checkText(checks, change, state)
  return verdict === null ? null : { verdict, dangers: [toDanger(verdict, checks, change, state)] }
}

/** A fault in the preview must not make the conversation of a call that waits unusable. */
function shownChange(...shown: Parameters<typeof previewOf>): Preview {
  try {
    return previewOf(...shown)
  } catch {
    return { type: 'arguments', text: PREVIEW_FAILED }
  }
}

function previewOf(
  { args }: PendingCall,
  { labels: [label = ''], edit }: MemoryWrite,
  change: MemoryCall['change'],
): Preview {
  if (change === null) return { type: 'arguments', text: args }
  const created = edit?.isNew === true
  return {
    type: 'diff',
    path: label,
    created,
    ...diffHunks(withFinalLineFeed(change.before), withFinalLineFeed(change.after)),
    remark: null,
    ...(created ? { isIndivisible: true } : {}),
  }
}

/** What a call would make of the block now, for the user to edit; null when it changes no value. */
export function proposedMemory(
  { memory }: Pick<SessionState, 'memory'>,
  { tool, args }: Pick<PendingCall, 'tool' | 'args'>,
): { readonly label: string; readonly before: string; readonly after: string } | null {
  const write = parseMemoryCall(tool, args)
  const label = write?.labels[0]
  if (write?.edit == null || write.edit.isNew || label === undefined) return null
  const before = memory.find(({ block }) => block.label === label)?.block.value
  const after = before === undefined ? null : write.edit.apply(before)
  return before === undefined || after === null ? null : { label, before, after }
}

/** The change that the text of the user makes, in place of the proposed one. */
export function editedMemoryPreview(label: string, before: string, text: string): Preview {
  const diff = diffHunks(withFinalLineFeed(before), withFinalLineFeed(text))
  return { type: 'diff', path: label, created: false, ...diff, remark: null }
}

/**
 * Saves what the user has approved of a change, or made of it, merged with what others have changed meanwhile, and reports to the
 * agent what that is.
 */
export async function savePart(
  { gateway, agentId, memory }: SavePorts,
  { call, change }: MemoryCall,
  { selection, edited, basis }: ApprovedPart,
): Promise<SavedPart> {
  const { callId, tool } = call
  const { rejectedLines = [], comment } = selection ?? {}
  const rejected = new Set(rejectedLines)
  if (change?.block == null)
    return { reply: denial(callId, memoryChangeRejected), saved: null, sources: [] }
  const { block } = change
  // What was edited or put back was shown as a change of the value at that time.
  const { before, after } = basis ?? change
  const wanted = edited?.text ?? after
  const { hunks } = diffHunks(withFinalLineFeed(before), withFinalLineFeed(wanted))
  if (rejected.size > 0 && rejected.size >= changedLineCount(hunks)) {
    return { reply: denial(callId, comment ?? memoryChangeRejected), saved: null, sources: [] }
  }
  const value = applySelection(
    withFinalLineFeed(before),
    withFinalLineFeed(wanted),
    hunks,
    rejected,
  ).replace(/\n$/, '')
  const author = { agentId, callId, tool }
  try {
    const shown = { ...block, value: before }
    const sources = findSources(memory, block.id, before, value)
    const details = { call: author, sources }
    const saved = await saveMerged(gateway, shown, value, details)
    if (rejected.size === 0 && edited === undefined && comment === undefined) {
      const reply = result(callId, 'success', memoryMerged(block.label, saved.value))
      return { reply, saved, sources }
    }
    const diff = formatUnifiedDiff(block.label, value, after)
    const report = edited === undefined ? memoryPartlySaved : memoryEdited
    const text = report(block.label, { rejected: diff, comment: comment ?? null })
    return { reply: result(callId, 'success', text), saved, sources }
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown
    const reason = thrown instanceof BlockConflict ? MEMORY_PART_CONFLICT : messageOf(thrown)
    return { reply: result(callId, 'error', reason), saved: null, sources: [] }
  }
}

interface SavePorts extends Pick<MemoryCallPorts, 'gateway'> {
  readonly agentId: string
  /** What is known of the blocks: a line may come from another one. */
  readonly memory: readonly MemoryItem[]
}

interface SavedPart {
  readonly reply: Reply
  readonly saved: MemoryBlock | null
  /** The ids of the blocks from which lines were moved or copied. */
  readonly sources: readonly string[]
}

interface ApprovedPart {
  readonly selection?: ChangeSelection
  /** What the user wrote in place of the proposed value. */
  readonly edited?: TextEdit
  readonly basis?: MemoryBasis
}

/** Somebody else may have changed other lines of the block since the change was shown. */
async function saveMerged(
  gateway: MemoryCallPorts['gateway'],
  block: MemoryBlock,
  value: string,
  details: ChangeDetails,
): Promise<MemoryBlock> {
  try {
    return await updateBlock(gateway.blocks, block, value, 'agent', details)
  } catch (thrown) {
    if (!(thrown instanceof BlockConflict)) throw thrown
    const merged = cleanMerge(block.value, value, thrown.current.value)
    if (merged === null) throw thrown
    return updateBlock(gateway.blocks, thrown.current, merged, 'agent', details)
  }
}

function denial(callId: string, reason: string): Reply {
  return { type: 'denial', callId, reason }
}

function result(callId: string, status: 'success' | 'error', text: string): Reply {
  return { type: 'result', callId, status, text, stdout: [], stderr: [], pictures: [] }
}
