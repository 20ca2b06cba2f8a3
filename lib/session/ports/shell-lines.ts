import type { ShellResult } from '../../tools/process/shell-manager.ts'
import { messageOf, UserError } from '../../util/user-error.ts'
import { redactKeys } from '../redact-keys.ts'
import type { SessionContext } from '../session-context.ts'

/** Command lines that the user types and that run without a decision: the user is the one who runs them. */
export interface ShellLinesPort {
  /** Runs a command line in the directory of the project. `isShared`: the agent reads it with the next message. */
  run(command: string, isShared: boolean): void
  /** Ends the command lines that run; false when none does. */
  cancel(): boolean
}

/** The user ends a command line. This is the longest time that a timer can wait. */
const NO_TIMEOUT_MS = 2 ** 31 - 1

export function createShellLines(context: SessionContext): ShellLinesPort {
  const { store } = context
  const running = new Set<AbortController>()
  const execute = async (
    id: string,
    command: string,
    signal: AbortSignal,
  ): Promise<ShellEnding> => {
    const { runner } = context.base
    try {
      const output = (text: string): void => store.dispatch({ type: 'shellLine.output', id, text })
      const run = { command, callId: id, timeoutMs: NO_TIMEOUT_MS, signal, output }
      const origin = { callId: id, turnId: id, tool: 'Bash', source: 'userShell', command } as const
      const result = await runner.workTree.around(origin, () => runner.shells.run(run))
      return await endingOf(context, result)
    } catch (thrown) {
      if (!(thrown instanceof UserError)) throw thrown
      return { code: null, text: messageOf(thrown) }
    }
  }
  return {
    run(command, isShared) {
      const { newId, now } = context.base
      const id = newId()
      const abort = new AbortController()
      running.add(abort)
      store.dispatch({ type: 'shellLine.started', id, command, isShared, at: now() })
      void execute(id, command, abort.signal)
        .then((ending) => store.dispatch({ type: 'shellLine.finished', id, ...ending, at: now() }))
        .finally(() => running.delete(abort))
    },
    cancel() {
      for (const abort of running) abort.abort()
      return running.size > 0
    },
  }
}

interface ShellEnding {
  /** Null when a signal ended it, or when it did not start. */
  readonly code: number | null
  readonly text: string
}

async function endingOf(
  { base, environment }: SessionContext,
  { end, stdout, stderr }: ShellResult,
): Promise<ShellEnding> {
  const output = [stdout, stderr].filter((part) => part !== '').join('\n')
  const keys = { ...environment, ...base.settings.user.env }
  const facts = { bounds: base.bounds, environment: keys }
  // The agent reads the output, too.
  const { text } = await redactKeys({ status: 'success', text: output }, { type: 'nothing' }, facts)
  return { code: end.type === 'exited' ? end.code : null, text }
}
