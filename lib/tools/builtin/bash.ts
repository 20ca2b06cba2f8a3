import * as z from 'zod'
import { commandEdited } from '../messages/reviews.ts'
import {
  backgroundStarted,
  COMMAND_INTERRUPTED,
  commandFailed,
  commandTimedOut,
  exitCode,
  killedBySignal,
  NO_BACKGROUND_COMMANDS,
  NO_OUTPUT,
  outputFileRemark,
  processesKilled,
  WRITTEN_BY_OTHERS,
} from '../messages/shell.ts'
import type { ShellResult } from '../process/shell-manager.ts'
import type { Tool, ToolAnswer, ToolContext } from '../tool.ts'

const DEFAULT_TIMEOUT_MS = 120_000
const MAX_TIMEOUT_MS = 600_000

const parameters = z.object({
  command: z.string().describe('The shell command'),
  timeout: z
    .number()
    .optional()
    .describe(`Timeout in milliseconds (default ${DEFAULT_TIMEOUT_MS}, maximum ${MAX_TIMEOUT_MS})`),
  description: z.string().optional().describe('What it does, in five to ten words, for the user'),
  run_in_background: z
    .boolean()
    .optional()
    .describe('Run in the background; read its output with BashOutput, kill it with KillBash'),
})

type BashArgs = z.infer<typeof parameters>

export const bash: Tool<BashArgs> = {
  name: 'Bash',
  access: 'execute',
  description:
    'Runs a command with bash in the project directory. Each call is a new shell: the working directory and the environment do not persist. Standard input is empty. All processes are killed when the call ends, so use run_in_background for servers and watchers. Prefer Read, Grep, Glob and LS to cat, grep, find and ls.',
  parameters,
  label: (args) => args.command,
  subject: (args) => ({
    type: 'command',
    command: args.command,
    ...(args.run_in_background === true ? { isInBackground: true } : {}),
  }),
  preview: async (args) => ({
    type: 'command',
    command: args.command,
    description: args.description ?? null,
    background: args.run_in_background === true,
    timeoutMs: timeoutOf(args),
  }),
  editing: {
    propose: async ({ command }) => ({ text: command, fileName: 'command.sh' }),
    revise: (args, command) => ({ ...args, command }),
  },
  async run(args, context) {
    const answered = await runCommand(args, context)
    if (context.edited === null) return answered
    return { ...answered, text: commandEdited(args.command) + answered.text }
  },
}

async function runCommand(args: BashArgs, context: ToolContext): Promise<ToolAnswer> {
  const { command } = args
  if (command.trim() === '/bashes')
    return { status: 'success', text: listShells(context.shells.list()) }
  const started = context.unattended ?? command
  if (args.run_in_background === true) {
    const { id } = await context.shells.start(started, context.callId, command)
    return { status: 'success', text: backgroundStarted(id) }
  }
  const { callId, signal } = context
  const output = (text: string): void => context.output(text)
  const timeoutMs = timeoutOf(args)
  return answer(
    command,
    timeoutMs,
    await context.shells.run({ command: started, callId, timeoutMs, signal, output }),
  )
}

function timeoutOf({ timeout = DEFAULT_TIMEOUT_MS }: BashArgs): number {
  return Math.min(Math.max(timeout, 1), MAX_TIMEOUT_MS)
}

function listShells(
  shells: readonly { id: string; command: string; status: { type: string } }[],
): string {
  if (shells.length === 0) return NO_BACKGROUND_COMMANDS
  return shells.map(({ id, command, status }) => `${id}: ${command} (${status.type})`).join('\n')
}

function answer(command: string, timeoutMs: number, result: ShellResult): ToolAnswer {
  const { stdout, stderr } = result
  const failure = failureOf(result, command, timeoutMs)
  const said = failure === null ? [stdout, stderr] : [stdout, failure, stderr.trimEnd()]
  const text = said.filter((part) => part !== '').join('\n') || NO_OUTPUT
  return {
    status: failure === null ? 'success' : 'error',
    text: text + notes(result) + (SHOWS_GITHUB.test(command) ? WRITTEN_BY_OTHERS : ''),
    ...(stdout === '' ? {} : { stdout: [stdout] }),
    ...(stderr === '' ? {} : { stderr: [stderr] }),
  }
}

/** What `gh` shows was written by anybody. */
const SHOWS_GITHUB = /(^|[;|&(\n])\s*([\w/]*\/)?gh\s/

function failureOf(
  { end, stderr }: ShellResult,
  command: string,
  timeoutMs: number,
): string | null {
  if (end.type === 'timedOut') return commandTimedOut(timeoutMs)
  if (end.type === 'cancelled') return COMMAND_INTERRUPTED
  if (end.signal !== null) return killedBySignal(end.signal)
  if (end.code === 0) return null
  return stderr.trim() === ''
    ? `${exitCode(end.code)}\n${commandFailed(command)}`
    : exitCode(end.code)
}

function notes({ leftovers, fileRemark }: ShellResult): string {
  const left = leftovers === 0 ? '' : processesKilled(leftovers)
  return left + (fileRemark === null ? '' : outputFileRemark(fileRemark))
}
