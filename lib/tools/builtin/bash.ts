import * as z from 'zod'
import type { ShellResult } from '../process/shell-manager.ts'
import type { Tool, ToolAnswer } from '../tool.ts'

const DEFAULT_MS = 120_000
const LONGEST_MS = 600_000

const parameters = z.object({
  command: z.string().describe('The shell command'),
  timeout: z
    .number()
    .optional()
    .describe(`Milliseconds until it is ended (${DEFAULT_MS}; at most ${LONGEST_MS})`),
  description: z.string().optional().describe('What it does, in five to ten words, for the user'),
  run_in_background: z
    .boolean()
    .optional()
    .describe('Start it and go on; read it with BashOutput, end it with KillBash'),
})

type Args = z.infer<typeof parameters>

export const bash: Tool<Args> = {
  name: 'Bash',
  access: 'execute',
  description:
    'Runs a command with bash in the project folder. Each call is a fresh shell: folder and variables do not carry over. Nothing can be typed in. All processes end with the call, so use run_in_background for servers and watchers. Prefer Read, Grep, Glob and LS to cat, grep, find and ls.',
  parameters,
  label: (args) => args.command,
  subject: (args) => ({ type: 'command', command: args.command }),
  preview: async (args) => ({
    kind: 'command',
    command: args.command,
    description: args.description ?? null,
    background: args.run_in_background === true,
    timeoutMs: timeoutOf(args),
  }),
  async run(args, work) {
    const { command } = args
    if (command.trim() === '/bashes')
      return { status: 'success', text: listShells(work.shells.list()) }
    if (args.run_in_background === true) {
      const { id } = await work.shells.start(command, work.callId)
      return { status: 'success', text: `Command running in background with ID: ${id}` }
    }
    const { callId, signal } = work
    const output = (text: string): void => work.output(text)
    const timeoutMs = timeoutOf(args)
    return answer(
      command,
      timeoutMs,
      await work.shells.run({ command, callId, timeoutMs, signal, output }),
    )
  },
}

function timeoutOf({ timeout = DEFAULT_MS }: Args): number {
  return Math.min(Math.max(timeout, 1), LONGEST_MS)
}

function listShells(
  shells: readonly { id: string; command: string; status: { at: string } }[],
): string {
  if (shells.length === 0) return '(no content)'
  return shells.map(({ id, command, status }) => `${id}: ${command} (${status.at})`).join('\n')
}

function answer(command: string, timeoutMs: number, result: ShellResult): ToolAnswer {
  const { stdout, stderr } = result
  const failure = failureOf(result, command, timeoutMs)
  const said = failure === null ? [stdout, stderr] : [stdout, failure, stderr.trimEnd()]
  const text = said.filter((part) => part !== '').join('\n') || '(Command completed with no output)'
  return {
    status: failure === null ? 'success' : 'error',
    text: text + notes(result),
    ...(stdout === '' ? {} : { stdout: [stdout] }),
    ...(stderr === '' ? {} : { stderr: [stderr] }),
  }
}

function failureOf(
  { end, stderr }: ShellResult,
  command: string,
  timeoutMs: number,
): string | null {
  if (end.at === 'timedOut')
    return `Command timed out after ${timeoutMs} ms; it was ended with all its processes.`
  if (end.at === 'cancelled')
    return 'Interrupted by user; the command was ended with all its processes.'
  if (end.signal !== null) return `Killed by signal: ${end.signal}`
  if (end.code === 0) return null
  return `Exit code: ${end.code}${stderr.trim() === '' ? `\nCommand failed: ${command}` : ''}`
}

function notes({ leftovers, fileRemark }: ShellResult): string {
  const processes = leftovers === 1 ? 'process' : 'processes'
  const left = `\n\n[${leftovers} ${processes} left in the background ended with the command; use run_in_background to keep one.]`
  return (
    (leftovers === 0 ? '' : left) +
    (fileRemark === null ? '' : `\n\n[The output file: ${fileRemark}.]`)
  )
}
