import { judgeParts } from '../permissions/command-parts.ts'
import { findDangers } from '../permissions/dangerous-calls.ts'
import { type CallDecision, decide } from '../permissions/decide.ts'
import { reasons } from '../permissions/messages.ts'
import { suggest } from '../permissions/suggest.ts'
import type { PermissionRequest, Policy, Verdict } from '../permissions/types.ts'
import { ask } from '../permissions/verdicts.ts'
import type { PreparedCall } from '../tools/runner.ts'
import type { Preview } from '../tools/tool.ts'
import type { ApprovalRequest } from './events.ts'
import { PREVIEW_FAILED } from './messages/approvals.ts'
import { LEFT_PENDING } from './messages/turns.ts'

export function permissionRequest({ tool, subject }: PreparedCall): PermissionRequest {
  return { tool: tool.name, access: tool.access, subject }
}

/** The reason why a call can only fail, which the user is not asked about. */
interface Impossible {
  readonly type: 'impossible'
  readonly reason: string
}

/** The verdict comes before the preview: a preview reads files, and must not reveal the content of those that are denied. */
export async function createApprovalRequest(
  policy: Policy,
  prepared: PreparedCall,
  { verdict, resolved }: CallDecision,
): Promise<{ readonly type: 'request'; readonly request: ApprovalRequest } | Impossible> {
  const { callId, label } = prepared
  const request = permissionRequest(prepared)
  const preview =
    verdict.decision === 'deny'
      ? NO_PREVIEW
      : withPrinted(await previewOf(prepared, resolved), verdict)
  if (preview.type === 'impossible' && (await mayRead(policy, request, resolved))) return preview
  const isAsked = verdict.decision === 'ask'
  const shown = isAsked ? await withParts(policy, preview).catch(() => preview) : preview
  const dangers = isAsked ? await findDangers(policy.bounds, request) : []
  // What is dangerous is approved each time.
  const suggestion = isAsked && dangers.length === 0 ? await suggest(policy, request) : null
  const careful = dangers.length === 0 ? {} : { dangers }
  const { access } = prepared.tool
  const asked = { callId, label, preview: shown, verdict, access, suggestion, ...careful }
  return { type: 'request', request: asked }
}

const NO_PREVIEW: Preview = { type: 'arguments', text: '' }

/** The call would wait again at each start: a fault in its preview must not make the conversation unusable. */
async function previewOf(prepared: PreparedCall, resolved: readonly string[]): Promise<Preview> {
  try {
    return await prepared.preview(resolved)
  } catch {
    return { type: 'arguments', text: PREVIEW_FAILED }
  }
}

/** Adds the command that actually runs to the preview, when it differs from the agent's text. */
function withPrinted(preview: Preview, { runs }: Verdict): Preview {
  if (preview.type !== 'command' || runs === undefined || runs === preview.command) return preview
  return { ...preview, runs }
}

/** A single command that neither writes nor connects is reviewed by its line. */
async function withParts(policy: Policy, preview: Preview): Promise<Preview> {
  if (preview.type !== 'command') return preview
  const parts = await judgeParts(policy, preview.command)
  const isPlain = parts.every(({ writes, connects }) => writes.length + connects.length === 0)
  return parts.length < 2 && isPlain ? preview : { ...preview, parts }
}

/**
 * The reason why a call must fail can reveal a file's content: it is given only where reading the file requires no approval, neither
 * by its name nor where that led.
 */
async function mayRead(
  policy: Policy,
  { subject }: PermissionRequest,
  resolved: readonly string[],
): Promise<boolean> {
  const subjects = subject.type === 'paths' ? [subject, { ...subject, paths: resolved }] : [subject]
  const verdicts = await Promise.all(
    subjects.map((one) => decide(policy, { tool: 'Read', access: 'read', subject: one })),
  )
  return verdicts.every(({ decision }) => decision === 'allow')
}

/** A call from an earlier session may have run already: only the user can approve it. Asking the user twice does no harm. */
export function asLeftWaiting(verdict: Verdict): Verdict {
  if (verdict.decision === 'deny') return verdict
  if (verdict.because === reasons.alwaysAsks) return verdict
  return ask(LEFT_PENDING)
}
