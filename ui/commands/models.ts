import type { Choice } from '../../lib/commands/command.ts'
import { needsAgent } from '../../lib/commands/session-command.ts'
import { EFFORTS, type ReasoningEffort, toEffort } from '../../lib/util/effort.ts'
import { UserError } from '../../lib/util/user-error.ts'
import { effortHelp, PICKER_TITLES } from '../messages/dialogs.ts'
import {
  alreadyHasEffort,
  alreadyUsesModel,
  effortSet,
  switchedModel,
  unknownEffort,
} from '../messages/notices.ts'
import { shortCount } from '../view/panes/format.ts'
import { openPicker } from './open-overlay.ts'
import { flash, type WorkbenchCommand, type WorkbenchContext } from './workbench-command.ts'

export const MODEL_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'model.choose',
    slash: 'model',
    argument: { name: 'model', required: false },
    choices: modelChoices,
    unavailable: ({ session }) => needsAgent(session),
    async run(context, name) {
      if (name !== '') return setModel(context, name)
      const choices = await modelChoices(context)
      const items = choices.map((choice) => ({
        ...choice,
        action: { type: 'model.set', handle: choice.id } as const,
      }))
      openPicker(context, PICKER_TITLES.model, items)
    },
  },
  {
    id: 'model.effort',
    slash: 'effort',
    argument: { name: 'level', required: false },
    choices: async ({ session }) => effortChoices(session.store.state.agent?.effort ?? null),
    unavailable: ({ session }) => needsAgent(session),
    async run(context, level) {
      if (level !== '') return setEffort(context, level)
      const choices = effortChoices(context.session.store.state.agent?.effort ?? null)
      const items = choices.map((choice) => ({
        ...choice,
        action: { type: 'effort.set', level: choice.id } as const,
      }))
      openPicker(context, PICKER_TITLES.effort, items)
    },
  },
  {
    id: 'model.nextEffort',
    unavailable: ({ session }) => needsAgent(session),
    run(context) {
      const levels = [DEFAULT_EFFORT, ...EFFORTS]
      const { agent } = context.session.store.state
      const at = levels.indexOf(agent?.effort ?? DEFAULT_EFFORT)
      return setEffort(context, levels[(at + 1) % levels.length] ?? DEFAULT_EFFORT)
    },
  },
]

const DEFAULT_EFFORT = 'default'

function effortChoices(current: ReasoningEffort | null): readonly Choice[] {
  return [DEFAULT_EFFORT, ...EFFORTS].map((level) => ({
    id: level,
    title: level,
    detail: effortHelp[level] ?? '',
    current: level === (current ?? DEFAULT_EFFORT),
  }))
}

/** `level`: one of `EFFORTS`, or `default` to leave it to the provider. */
export async function setEffort(context: WorkbenchContext, level: string): Promise<void> {
  const { session } = context
  const effort = toEffort(level)
  if (effort === null && level !== DEFAULT_EFFORT) {
    throw new UserError(unknownEffort(level, [DEFAULT_EFFORT, ...EFFORTS]))
  }
  const before = session.store.state.agent?.effort
  await session.models.setEffort(effort)
  const model = session.store.state.agent?.model ?? ''
  if (before === effort) flash(context, alreadyHasEffort(model, effort))
  else session.notify('info', effortSet(model, effort))
}

/** `handle` may be a part of the handle that only one model has. */
export async function setModel({ session }: WorkbenchContext, handle: string): Promise<void> {
  const before = session.store.state.agent
  await session.models.set(handle)
  const { agent } = session.store.state
  if (agent === null) return
  const report = agent.model === before?.model ? alreadyUsesModel : switchedModel
  session.notify('info', report(agent.name, agent.model))
}

export async function setDefaultModel(context: WorkbenchContext, handle: string): Promise<void> {
  await context.session.preferences.save('model', handle)
  await setModel(context, handle)
}

async function modelChoices({ session }: WorkbenchContext): Promise<readonly Choice[]> {
  const current = session.store.state.agent?.model
  const models = await session.models.list()
  return models.map(({ handle, title, contextWindow }) => ({
    id: handle,
    title: handle,
    detail: [
      handle.endsWith(title) ? '' : title,
      contextWindow === null ? '' : `${shortCount(contextWindow)} tokens`,
    ]
      .filter(Boolean)
      .join(' · '),
    current: handle === current,
  }))
}
