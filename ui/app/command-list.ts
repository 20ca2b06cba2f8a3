import type { Choice, Command } from '../../lib/commands/command.ts'
import { SESSION_COMMANDS } from '../../lib/commands/index.ts'
import { needsAgent } from '../../lib/commands/session-command.ts'
import { filledPrompt, type UserPrompt } from '../../lib/prompts/user-prompts.ts'
import { WORKBENCH_COMMANDS } from '../commands/index.ts'
import { SLASH_NAMES } from '../commands/slash-names.ts'
import type { ListedCommand, WorkbenchContext } from '../commands/workbench-command.ts'
import { COMMAND_TITLES, PROMPT_SOURCES } from '../messages/commands.ts'
import type { RootState } from '../state/state.ts'

/** A command of the workbench, of the session or of a prompt file: all are run in the same way. */
export interface RunnableCommand extends ListedCommand {
  run(context: WorkbenchContext, argument: string): void | Promise<void>
  choices?(context: WorkbenchContext): readonly Choice[] | Promise<readonly Choice[]>
}

/** The commands that are always there. `state`: as it is when `unavailable` is called. */
export function listCommands(state: () => RootState): readonly RunnableCommand[] {
  const screen = WORKBENCH_COMMANDS.map((command) =>
    runnable<RootState, WorkbenchContext>(
      { ...command, title: COMMAND_TITLES[command.id] },
      state,
      (context) => context,
    ),
  )
  const session = SESSION_COMMANDS.map((command) =>
    runnable(
      command,
      () => state().session,
      (context) => ({ session: context.session }),
    ),
  )
  return [...screen, ...session]
}

/** The ids that a keymap may name. */
export function commandIds(): readonly string[] {
  return [...WORKBENCH_COMMANDS, ...SESSION_COMMANDS].map(({ id }) => id)
}

/** Prompts of the user and the project: running one sends its text. */
export function listPrompts(
  prompts: readonly UserPrompt[],
  state: () => RootState,
): readonly RunnableCommand[] {
  return prompts.map((prompt) => ({
    id: `prompt:${prompt.name}`,
    title: prompt.description,
    slash: prompt.name,
    argument: prompt.text.includes('$ARGUMENTS') ? { name: 'arguments', required: false } : null,
    hidden: false,
    source: PROMPT_SOURCES[prompt.source],
    unavailable: () => needsAgent(state().session),
    run: ({ session }, argument) => session.turns.send(filledPrompt(prompt, argument)),
  }))
}

function runnable<State, Context>(
  command: Command<State, Context>,
  state: () => State,
  narrow: (context: WorkbenchContext) => Context,
): RunnableCommand {
  const { id, title, argument = null, hidden = false } = command
  return {
    id,
    title,
    slash: SLASH_NAMES[id] ?? null,
    argument,
    hidden,
    source: null,
    unavailable: () => command.unavailable?.(state()) ?? null,
    run: (context, given) => command.run(narrow(context), given),
    choices: (context) => command.choices?.(narrow(context)) ?? [],
  }
}
