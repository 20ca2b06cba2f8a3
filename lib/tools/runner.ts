import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { delimiter } from 'node:path'
import { isErrno } from '../fs/errno.ts'
import { resolvePath } from '../fs/resolve-path.ts'
import type { PermissionSubject } from '../permissions/types.ts'
import { messageOf, UserError } from '../util/user-error.ts'
import { createFileVersions } from './files/file-versions.ts'
import { TOOLS } from './index.ts'
import { type Journal, openJournal } from './journal/journal.ts'
import { openWorkTree, type WorkTree } from './journal/work-tree.ts'
import { callRepeated, INTERRUPTED, SYMLINK_CHANGED, unknownTool } from './messages/calls.ts'
import { noReport } from './messages/reviews.ts'
import { directoryGone } from './messages/shell.ts'
import { parseArguments } from './parse-arguments.ts'
import { createShellManager, type ShellManager } from './process/shell-manager.ts'
import type { UnattendedCommand } from './process/shell-process.ts'
import { type UnattendedKind, unattendedEnvironment } from './process/unattended-environment.ts'
import type {
  ChangeSelection,
  OutdatedBy,
  Preview,
  ProposedText,
  QuestionAnswer,
  TextEdit,
  Tool,
  ToolAnswer,
  ToolContext,
} from './tool.ts'
import type { Workspace } from './workspace.ts'

/** One call with checked arguments: `run` does what `label`, `subject` and `preview` show. */
export interface PreparedCall {
  readonly callId: string
  readonly tool: Tool
  readonly label: string
  readonly subject: PermissionSubject
  /** The resolved paths of the subject when it was prepared: `run` compares with them when the approval names none. */
  readonly targets: Promise<readonly string[]>
  /** `resolved`: the real paths that were judged, of which alone it may read. */
  preview(resolved?: readonly string[]): Promise<Preview>
  /** Who has modified what the preview was about, so that it has to be shown again; null when it need not. */
  outdatedBy(): Promise<OutdatedBy | null>
  /** The text that the user can edit; null when the call can only be approved as it is. */
  propose(): Promise<ProposedText | null>
  /** Whether it was run before, also by another process: then it is not run again. */
  wasRun(): Promise<boolean>
  /** Runs what `approval` approves, if nothing that it depends on has changed since. */
  run(
    signal: AbortSignal,
    output: (text: string) => void,
    approval?: CallApproval,
  ): Promise<ToolAnswer>
}

/** The command and paths that an approval covers. */
export interface CallApproval {
  /** For a command line that runs without the approval of the user: the command that runs, and whether it only reads. */
  readonly unattended?: {
    readonly text: string
    readonly kind: UnattendedKind
    readonly located?: string
  }
  /** The resolved paths that were checked, in the order of the subject. */
  readonly resolved?: readonly string[]
  /** Absent when the complete change is approved. */
  readonly selection?: ChangeSelection
  /** What the user answered to the questions of the call. */
  readonly answers?: readonly QuestionAnswer[]
}

export interface ToolCallRequest {
  readonly callId: string
  readonly turnId: string
  /** Some models number their calls from one for each agent, so call ids are unique only within an agent. */
  readonly agentId?: string
  readonly name: string
  /** Raw JSON text. */
  readonly args: string
  /** What the user made of the proposed text: the call does this instead. */
  readonly edited?: TextEdit
}

export interface Runner {
  readonly tools: readonly Tool[]
  /** Returns the answer for the agent when the name is unknown or the arguments are invalid. */
  prepare(
    call: ToolCallRequest,
  ):
    | { readonly ok: true; readonly prepared: PreparedCall }
    | { readonly ok: false; readonly answer: ToolAnswer }
  /** The label of a call in one line; empty when the tool is unknown or the arguments are invalid. */
  labelOf(name: string, args: string): string
  readonly journal: Journal
  readonly shells: ShellManager
  /** Records what command lines change. */
  readonly workTree: WorkTree
  /** The directories in which a line that runs without approval finds its programs. */
  programDirectories(kind: UnattendedKind): readonly string[]
  close(): Promise<void>
}

interface RunnerOptions {
  readonly workspace: Workspace
  /** Identifies the changes of this run in the journal. */
  readonly sessionId?: string
  readonly tools?: readonly Tool[]
  /** Looked up for each call: rules change while the program runs. */
  withoutDenied?(tool: string): ToolContext['withoutDenied']
  /** Whether the user trusts the directory; looked up for each call. */
  isTrusted?(): boolean
}

export function createRunner({
  workspace,
  sessionId,
  tools = TOOLS,
  withoutDenied,
  isTrusted,
}: RunnerOptions): Runner {
  const parts = {
    workspace,
    files: createFileVersions(),
    shells: createShellManager(workspace),
    journal: openJournal(sessionId === undefined ? workspace : { ...workspace, sessionId }),
  }
  const workTree = openWorkTree({
    directory: workspace.directory,
    home: workspace.home,
    lettaDirectory: workspace.lettaDirectory,
    journal: parts.journal,
    environment() {
      const { directory, environment } = workspace
      const options = { directory, isTrusted: false, kind: 'readOnly' } as const
      return unattendedEnvironment(environment, options)
    },
    running() {
      const job = parts.shells.list().find(({ status }) => status.type === 'running')
      if (job === undefined) return null
      return { callId: '', turnId: '', tool: 'Bash', source: 'shell', command: job.command }
    },
    now: workspace.now,
  })
  const isInPlace = rememberDirectory(workspace.directory)
  const prepareUnattended = ({
    text,
    kind,
    located,
  }: NonNullable<CallApproval['unattended']>): UnattendedCommand => {
    const { directory, environment } = workspace
    const options = { directory, isTrusted: isTrusted?.() ?? false, kind, line: text }
    return {
      text,
      located: located ?? text,
      environment: unattendedEnvironment(environment, options),
    }
  }
  const named = (name: string): Tool | undefined => tools.find((tool) => tool.name === name)
  const claimed = new Set<string>()
  const claim = async (tool: Tool, key: string): Promise<boolean> => {
    // The arguments can be a complete file.
    const hash = createHash('sha256').update(key).digest('base64')
    if (claimed.has(hash)) return false
    claimed.add(hash)
    // Reading and asking twice is harmless; calls with side effects must not be repeated, not even after a restart.
    if (tool.access === 'consent') return true
    return tool.access === 'read' || parts.journal.claim(key).catch(unclaimable)
  }
  const isClaimed = async (tool: Tool, key: string): Promise<boolean> =>
    tool.access !== 'consent' && tool.access !== 'read' && parts.journal.isClaimed(key)
  return {
    tools,
    journal: parts.journal,
    shells: parts.shells,
    workTree,
    programDirectories(kind) {
      const { PATH = '' } = prepareUnattended({ text: '', kind }).environment
      return PATH.split(delimiter)
    },
    close: () => parts.shells.closeAll(),
    labelOf(name, args) {
      const tool = named(name)
      const parsed = tool === undefined ? null : parseArguments(tool, args)
      return tool === undefined || !parsed?.ok ? '' : labelOf(tool, parsed.value, workspace)
    },
    prepare(call) {
      const tool = named(call.name)
      if (tool === undefined)
        return {
          ok: false,
          answer: failed(
            unknownTool(
              call.name,
              tools.map(({ name }) => name),
            ),
          ),
        }
      const parsed = parseArguments(tool, call.args)
      if (!parsed.ok) return { ok: false, answer: failed(parsed.reason) }
      const { callId, turnId, edited = null } = call
      const args = revised(tool, parsed.value, edited)
      const subject = tool.subject(args, workspace)
      const targets = resolveTargets(subject)
      const key = JSON.stringify([call.agentId ?? '', callId, call.name, args])
      const contextOf = (
        signal: AbortSignal,
        output: (text: string) => void,
        { unattended, selection, answers, resolved }: CallApproval = {},
      ): ToolContext => {
        return {
          ...parts,
          callId,
          turnId,
          signal,
          output,
          withoutDenied: withoutDenied?.(call.name) ?? null,
          selection: selection ?? null,
          edited,
          answers: answers ?? null,
          unattended: unattended === undefined ? null : prepareUnattended(unattended),
          judged: resolved ?? null,
        }
      }
      const prepared: PreparedCall = {
        callId,
        tool,
        label: labelOf(tool, args, workspace),
        subject,
        targets,
        preview: (resolved) =>
          tool
            .preview(args, contextOf(NEVER, ignore, resolved === undefined ? {} : { resolved }))
            .catch((thrown) => impossible(errorMessage(thrown))),
        outdatedBy: async () =>
          (await tool.outdatedBy?.(args, contextOf(NEVER, ignore)).catch(() => null)) ?? null,
        propose: async () => (await tool.editing?.propose(args, contextOf(NEVER, ignore))) ?? null,
        wasRun: () => isClaimed(tool, key),
        async run(signal, output, approval) {
          if (signal.aborted) return failed(INTERRUPTED)
          if (!(await claim(tool, key))) return failed(callRepeated(call.name, callId))
          if (subject.type !== 'nothing' && !isInPlace()) {
            return failed(directoryGone(workspace.directory))
          }
          const now = await resolveTargets(subject)
          const judged = approval?.resolved ?? (await targets)
          if (now.join('\0') !== judged.join('\0')) return failed(SYMLINK_CHANGED)
          const started = async (): Promise<ToolAnswer> => {
            const answer = await tool
              .run(args, contextOf(signal, output, { ...approval, resolved: judged }))
              .catch((thrown) => failed(errorMessage(thrown)))
            return edited === null ? { ...answer, text: noReport(answer.text) } : answer
          }
          const isReading = approval?.unattended?.kind === 'readOnly'
          if (subject.type !== 'command' || isReading) return started()
          const { command } = subject
          const origin = { callId, turnId, tool: tool.name, source: 'shell', command } as const
          return workTree.around(origin, started)
        },
      }
      return { ok: true, prepared }
    },
  }
}

function revised(tool: Tool, args: unknown, edited: TextEdit | null): unknown {
  return edited === null ? args : (tool.editing?.revise?.(args, edited.text) ?? args)
}

/** The returned function is false once the path leads to another directory, or to none. */
function rememberDirectory(directory: string): () => boolean {
  const identify = (): string | null => {
    const stats = statSync(directory, { throwIfNoEntry: false, bigint: true })
    return stats?.isDirectory() === true ? `${stats.dev} ${stats.ino}` : null
  }
  const first = identify()
  return () => first === null || identify() === first
}

function labelOf(tool: Tool, args: Parameters<Tool['label']>[0], workspace: Workspace): string {
  return tool.label(args, workspace).replaceAll(/\s*[\r\n]+\s*/g, ' ⏎ ')
}

/** A home directory that is not writable must not prevent calls: the claim is then valid in this process only. */
function unclaimable(thrown: unknown): boolean {
  if (!isErrno(thrown)) throw thrown
  return true
}

function resolveTargets(subject: PermissionSubject): Promise<readonly string[]> {
  return Promise.all(subject.type === 'paths' ? subject.paths.map(resolvePath) : [])
}

const NEVER = new AbortController().signal
const ignore = (): void => undefined

function failed(text: string): ToolAnswer {
  return { status: 'error', text }
}

function impossible(reason: string): Preview {
  return { type: 'impossible', reason }
}

/** The message of an error that the agent can act on; internal errors are thrown again. */
function errorMessage(thrown: unknown): string {
  if (thrown instanceof UserError || isErrno(thrown)) return messageOf(thrown)
  if (thrown instanceof Error && thrown.name === 'AbortError') return INTERRUPTED
  throw thrown
}
