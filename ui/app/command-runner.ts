import type { Choice } from '../../lib/commands/command.ts'
import { SESSION_COMMANDS } from '../../lib/commands/index.ts'
import { needsAgent } from '../../lib/commands/session-command.ts'
import { filledPrompt, type UserPrompt } from '../../lib/prompts/user-prompts.ts'
import { UserError } from '../../lib/util/user-error.ts'
import { WORKBENCH_COMMANDS } from '../commands/index.ts'
import type { ListedCommand, WorkbenchContext } from '../commands/workbench-command.ts'
import type { RootState } from '../state/state.ts'

/** What a runner needs of the workbench; `run` and `commands` it brings itself. */
export type CommandRunnerPorts = Omit<WorkbenchContext, 'run' | 'commands'>

export interface CommandRunner {
  readonly commands: readonly ListedCommand[]
  /** Runs a command; why it can't be done now, or what went wrong, is told on the screen. */
  run(id: string, argument?: string): void
  /** Does what no command stands for, such as scrolling by the wheel, with the same handling of errors. */
  perform(work: (context: WorkbenchContext) => void | Promise<void>): void
  /** What the argument of a slash command may be: nothing when it may be anything, or cannot be told now. */
  choices(slash: string): Promise<readonly Choice[]>
}

/** One border for all commands: nothing a command throws as a `Problem` leaves the workbench. */
export function createCommandRunner(ports: CommandRunnerPorts): CommandRunner {
  const tables = listCommands(() => ports.root.state)
  const all = (): readonly ListedCommand[] => [...tables, ...listPrompts(ports.root.state)]
  const tell = (thrown: unknown): void => {
    if (!(thrown instanceof UserError)) throw thrown
    const text = messageWithHint(thrown)
    ports.root.dispatch({ type: 'flash.shown', level: 'warning', text })
  }
  const run = (id: string, argument = ''): void => {
    const reason =
      all()
        .find((command) => command.id === id)
        ?.unavailable() ?? null
    if (reason !== null) {
      ports.root.dispatch({ type: 'flash.shown', level: 'info', text: reason })
      return
    }
    perform((context) => start(context, id, argument))
  }
  const perform: CommandRunner['perform'] = (work) => {
    try {
      const running = work({ ...ports, run, commands: all() })
      if (running instanceof Promise) running.catch(tell)
    } catch (thrown) {
      tell(thrown)
    }
  }
  return {
    get commands() {
      return all()
    },
    run,
    perform,
    async choices(slash) {
      const own = WORKBENCH_COMMANDS.find((command) => command.slash === slash)
      const shared = SESSION_COMMANDS.find((command) => command.slash === slash)
      try {
        if (own !== undefined)
          return (await own.choices?.({ ...ports, run, commands: all() })) ?? []
        return (await shared?.choices?.({ session: ports.session })) ?? []
      } catch (thrown) {
        if (thrown instanceof UserError) return []
        throw thrown
      }
    },
  }
}

function start(context: WorkbenchContext, id: string, argument: string): void | Promise<void> {
  const own = WORKBENCH_COMMANDS.find((command) => command.id === id)
  if (own !== undefined) return own.run(context, argument)
  const shared = SESSION_COMMANDS.find((command) => command.id === id)
  if (shared !== undefined) return shared.run({ session: context.session }, argument)
  const prompt = context.root.state.workbench.prompts.find((one) => promptId(one) === id)
  if (prompt !== undefined) return context.session.turns.send(filledPrompt(prompt, argument))
  throw new UserError(`There is no command "${id}".`)
}

function messageWithHint({ message, hint }: UserError): string {
  if (hint === undefined) return message
  return `${message}${/[.!?:…]$/.test(message) ? '' : '.'} ${hint}`
}

/** Every command, with the reason why it can't be done in the state of the moment. */
export function listCommands(state: () => RootState): readonly ListedCommand[] {
  const own = WORKBENCH_COMMANDS.map((command) => ({
    ...describeCommand(command),
    unavailable: () => command.unavailable?.(state()) ?? null,
  }))
  const shared = SESSION_COMMANDS.map((command) => ({
    ...describeCommand(command),
    unavailable: () => command.unavailable?.(state().session) ?? null,
  }))
  return [...own, ...shared]
}

/** The ids that a keymap may name. */
export function commandIds(): readonly string[] {
  return [...WORKBENCH_COMMANDS, ...SESSION_COMMANDS].map(({ id }) => id)
}

const SOURCES = { user: 'yours', project: 'this project’s' } as const

function promptId({ name }: UserPrompt): string {
  return `prompt:${name}`
}

/** The user's own prompts and the project's, as commands: what they do is to be sent. */
function listPrompts({ session, workbench }: RootState): readonly ListedCommand[] {
  return workbench.prompts.map((prompt) => ({
    id: promptId(prompt),
    title: prompt.description,
    slash: prompt.name,
    argument: prompt.text.includes('$ARGUMENTS') ? { name: 'arguments', required: false } : null,
    hidden: false,
    source: SOURCES[prompt.source],
    unavailable: () => needsAgent(session),
  }))
}

function describeCommand(command: {
  readonly id: string
  readonly title: string
  readonly slash?: string
  readonly argument?: { readonly name: string; readonly required: boolean }
  readonly hidden?: boolean
}): Omit<ListedCommand, 'unavailable'> {
  const { id, title, slash, argument, hidden } = command
  return {
    id,
    title,
    slash: slash ?? null,
    argument: argument ?? null,
    hidden: hidden ?? false,
    source: null,
  }
}
