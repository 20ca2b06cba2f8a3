import type { Choice } from '../../lib/commands/command.ts'
import { needsAgent } from '../../lib/commands/session-command.ts'
import { PICKER_TITLES } from '../messages/dialogs.ts'
import { alreadyUsesModel, switchedModel } from '../messages/notices.ts'
import { shortCount } from '../view/panes/format.ts'
import { openPicker } from './open-overlay.ts'
import type { WorkbenchCommand, WorkbenchContext } from './workbench-command.ts'

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
]

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
