import { SESSION_COMMANDS } from '../lib/commands/index.ts'
import { Problem } from '../lib/problem.ts'
import { WORKBENCH_COMMANDS } from './commands/index.ts'
import type { ListedCommand, WorkbenchContext } from './commands/workbench-command.ts'
import type { RootState } from './state.ts'

/** What a runner needs of the workbench; `run` and `commands` it brings itself. */
export type RunnerPorts = Omit<WorkbenchContext, 'run' | 'commands'>

export interface CommandRunner {
  readonly commands: readonly ListedCommand[]
  /** Runs a command; why it can't be done now, or what went wrong, is told on the screen. */
  run(id: string, argument?: string): void
}

/** One border for all commands: nothing a command throws as a `Problem` leaves the workbench. */
export function createCommandRunner(ports: RunnerPorts): CommandRunner {
  const commands = listCommands(() => ports.root.state)
  const tell = (thrown: unknown): void => {
    if (!(thrown instanceof Problem)) throw thrown
    const text = thrown.hint === undefined ? thrown.message : `${thrown.message} ${thrown.hint}`
    ports.root.dispatch({ type: 'flash.shown', level: 'warning', text })
  }
  const run = (id: string, argument = ''): void => {
    const reason = commands.find((command) => command.id === id)?.unavailable() ?? null
    if (reason !== null) {
      ports.root.dispatch({ type: 'flash.shown', level: 'info', text: reason })
      return
    }
    try {
      const running = start({ ...ports, run, commands }, id, argument)
      if (running instanceof Promise) running.catch(tell)
    } catch (thrown) {
      tell(thrown)
    }
  }
  return { commands, run }
}

function start(context: WorkbenchContext, id: string, argument: string): void | Promise<void> {
  const own = WORKBENCH_COMMANDS.find((command) => command.id === id)
  if (own !== undefined) return own.run(context, argument)
  const shared = SESSION_COMMANDS.find((command) => command.id === id)
  if (shared !== undefined) return shared.run({ session: context.session }, argument)
  throw new Problem(`There is no command "${id}".`)
}

/** Every command, with the reason why it can't be done in the state of the moment. */
export function listCommands(state: () => RootState): readonly ListedCommand[] {
  const own = WORKBENCH_COMMANDS.map((command) => ({
    ...described(command),
    unavailable: () => command.unavailable?.(state()) ?? null,
  }))
  const shared = SESSION_COMMANDS.map((command) => ({
    ...described(command),
    unavailable: () => command.unavailable?.(state().session) ?? null,
  }))
  return [...own, ...shared]
}

function described(command: {
  readonly id: string
  readonly title: string
  readonly slash?: string
  readonly argument?: { readonly name: string; readonly required: boolean }
  readonly hidden?: boolean
}): Omit<ListedCommand, 'unavailable'> {
  const { id, title, slash, argument, hidden } = command
  return { id, title, slash: slash ?? null, argument: argument ?? null, hidden: hidden ?? false }
}
