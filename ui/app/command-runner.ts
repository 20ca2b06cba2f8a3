import type { Choice } from '../../lib/commands/command.ts'
import { asSentence } from '../../lib/util/as-sentence.ts'
import { createPending } from '../../lib/util/pending.ts'
import { UserError } from '../../lib/util/user-error.ts'
import { isReadToEnd } from '../commands/overlay.ts'
import type { ListedCommand, WorkbenchContext } from '../commands/workbench-command.ts'
import { unknownCommandId } from '../messages/program.ts'
import { listCommands, listPrompts, type RunnableCommand } from './command-list.ts'

/** What a runner needs of the workbench; `run` and `commands` are its own. */
type CommandRunnerPorts = Omit<WorkbenchContext, 'run' | 'commands'>

interface CommandRunner {
  readonly commands: readonly ListedCommand[]
  /** Runs a command. The status line shows why it is unavailable, or why it failed. */
  run(id: string, argument?: string): void
  /** Whether a command can be run now. */
  isAvailable(id: string): boolean
  /** Runs work that is not a command, such as scrolling with the wheel, and reports its errors in the same way. */
  perform(work: (context: WorkbenchContext) => void | Promise<void>): void
  /** Resolves when all that runs is done. */
  settled(): Promise<void>
  /** Choices for the argument of a slash command; none for free text, for an unavailable command, or when they are unknown. */
  choices(slash: string): Promise<readonly Choice[]>
}

/** Runs commands for keys, slash input and the palette. A `UserError` of a command is shown; any other error is a bug. */
export function createCommandRunner(ports: CommandRunnerPorts): CommandRunner {
  const { root } = ports
  const state = () => root.state
  const fixed = listCommands(state)
  let { prompts } = root.state.workbench
  let all: readonly RunnableCommand[] = [...fixed, ...listPrompts(prompts, state)]
  let byId = indexOf(all)
  const commands = (): readonly RunnableCommand[] => {
    if (root.state.workbench.prompts !== prompts) {
      prompts = root.state.workbench.prompts
      all = [...fixed, ...listPrompts(prompts, state)]
      byId = indexOf(all)
    }
    return all
  }
  const find = (id: string): RunnableCommand | undefined => {
    commands()
    return byId.get(id)
  }
  const context = (): WorkbenchContext => ({ ...ports, run, commands: commands() })
  const report = (thrown: unknown): void => {
    if (!(thrown instanceof UserError)) throw thrown
    root.dispatch({ type: 'flash.shown', level: 'warning', text: messageWithHint(thrown) })
  }
  const pending = createPending()
  const perform: CommandRunner['perform'] = (work) => {
    try {
      const running = work(context())
      if (running instanceof Promise) pending.add(running).catch(report)
    } catch (thrown) {
      report(thrown)
    }
  }
  const run = (id: string, argument = ''): void => {
    const command = find(id)
    const reason = command?.unavailable() ?? null
    if (command === undefined) report(new UserError(unknownCommandId(id)))
    else if (reason === null) perform((one) => command.run(one, argument))
    else root.dispatch({ type: 'flash.shown', level: 'info', text: reason })
  }
  return {
    get commands() {
      return commands()
    },
    run,
    // Asked for each key that the last row could show, in each frame.
    isAvailable: (id) =>
      find(id)?.unavailable() === null && (id !== 'question.yes' || isReadToEnd(context())),
    perform,
    settled: pending.settled,
    async choices(slash) {
      const command = commands().find((one) => one.slash === slash)
      try {
        if (command === undefined || command.unavailable() !== null) return []
        return (await command.choices?.(context())) ?? []
      } catch (thrown) {
        if (thrown instanceof UserError) return []
        throw thrown
      }
    },
  }
}

/** The first command of an id counts. */
function indexOf(commands: readonly RunnableCommand[]): ReadonlyMap<string, RunnableCommand> {
  return new Map(commands.toReversed().map((command) => [command.id, command]))
}

function messageWithHint({ message, hint }: UserError): string {
  return hint === undefined ? message : `${asSentence(message)} ${hint}`
}
