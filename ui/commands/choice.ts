import { needsAgent } from '../../lib/commands/session-command.ts'
import { editorOf } from '../editor.ts'
import { shortCount } from '../panes/words.ts'
import type { PickerItem } from '../state.ts'
import type { WorkbenchCommand, WorkbenchContext } from './workbench-command.ts'

/** Commands that ask to pick one of several. */
export const CHOICE_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'model.choose',
    title: 'Choose the model',
    slash: 'model',
    argument: { name: 'model', required: false },
    unavailable: ({ session }) => needsAgent(session),
    async run(context, name) {
      if (name !== '') return context.run('model.set', name)
      pick(context, 'model.set', 'Model', await modelItems(context))
    },
  },
  {
    id: 'model.set',
    title: 'Give the agent this model',
    hidden: true,
    async run({ session }, handle) {
      await session.setModel(handle)
      session.notify('info', `The model is ${session.store.state.agent?.model ?? handle} now.`)
    },
  },
  {
    id: 'agent.choose',
    title: 'Open another agent',
    slash: 'agents',
    async run(context) {
      pick(context, 'agent.open', 'Agents', await agentItems(context))
    },
  },
  {
    id: 'agent.open',
    title: 'Open this agent',
    hidden: true,
    run: ({ session }, id) => session.openAgent({ id }),
  },
  {
    id: 'theme.choose',
    title: 'Choose the theme',
    slash: 'theme',
    run(context) {
      const { theme } = context.root.state.workbench
      const items = THEMES.map((id) => ({ id, title: id, detail: '', current: id === theme }))
      pick(context, 'theme.set', 'Theme', items)
    },
  },
  {
    id: 'theme.set',
    title: 'Take this theme',
    hidden: true,
    run: (context, name) => context.setTheme(name),
  },
]

const THEMES = ['dark', 'light', 'high-contrast']

export function pick(
  { root }: WorkbenchContext,
  purpose: string,
  title: string,
  items: readonly PickerItem[],
): void {
  const selected = Math.max(
    0,
    items.findIndex((item) => item.current),
  )
  const overlay = { kind: 'picker', purpose, title, items, query: editorOf(''), selected } as const
  root.dispatch({ type: 'overlay.opened', overlay })
}

async function modelItems({ session }: WorkbenchContext): Promise<readonly PickerItem[]> {
  const current = session.store.state.agent?.model
  const models = await session.listModels()
  return models.map(({ handle, title, contextWindow }) => ({
    id: handle,
    title: handle,
    detail: [
      title === handle ? '' : title,
      contextWindow === null ? '' : `${shortCount(contextWindow)} tokens`,
    ]
      .filter(Boolean)
      .join(' · '),
    current: handle === current,
  }))
}

async function agentItems({ session }: WorkbenchContext): Promise<readonly PickerItem[]> {
  const current = session.store.state.agent?.id
  const agents = await session.listAgents()
  return agents.map(({ id, name, model }) => ({
    id,
    title: name,
    detail: `${model} · ${id}`,
    current: id === current,
  }))
}
