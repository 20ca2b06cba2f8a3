import { UnknownAgent } from '../../lib/client/gateway/agents.ts'
import { needsAgent } from '../../lib/commands/session-command.ts'
import { nearest } from '../../lib/util/did-you-mean.ts'
import { UserError } from '../../lib/util/user-error.ts'
import { editorOf } from '../state/editor.ts'
import type { PickerItem } from '../state/state.ts'
import { ago, shortCount } from '../view/panes/format.ts'
import type { WorkbenchCommand, WorkbenchContext } from './workbench-command.ts'

/** Commands that ask to pick one of several. */
export const CHOICE_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'model.choose',
    title: 'Choose the model',
    slash: 'model',
    argument: { name: 'model', required: false },
    choices: modelItems,
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
      const before = session.store.state.agent
      await session.setModel(handle)
      const { agent } = session.store.state
      if (agent === null) return
      const text =
        agent.model === before?.model
          ? `${agent.name} has the model ${agent.model} already.`
          : `${agent.name} answers with ${agent.model} now: the same agent, the same memory.`
      session.notify('info', text)
    },
  },
  {
    id: 'agent.choose',
    title: 'Open another agent',
    slash: 'agents',
    run: chooseAgent,
  },
  {
    id: 'agent.resume',
    title: 'Go on with another agent: by name or id, or choose',
    slash: 'resume',
    argument: { name: 'agent', required: false },
    choices: agentItems,
    run: (context, wanted) => (wanted === '' ? chooseAgent(context) : resume(context, wanted)),
  },
  {
    id: 'agent.missing',
    title: 'Choose what to open instead of an agent that the server does not know',
    hidden: true,
    async run(context) {
      const items = [MAKE_NEW, ...(await agentItems(context))]
      pick(context, 'agent.open', 'That agent is not on this server: open another', items)
    },
  },
  {
    id: 'agent.open',
    title: 'Open this agent',
    hidden: true,
    run: openAgent,
  },
]

/** Opens the one widget that all choices share. */
export function pick(
  { root }: WorkbenchContext,
  purpose: string,
  title: string,
  items: readonly PickerItem[],
  query = '',
): void {
  const selected = Math.max(
    0,
    items.findIndex((item) => item.current),
  )
  const overlay = {
    kind: 'picker',
    purpose,
    title,
    items,
    query: editorOf(query),
    selected,
  } as const
  root.dispatch({ type: 'overlay.opened', overlay })
}

async function modelItems({ session }: WorkbenchContext): Promise<readonly PickerItem[]> {
  const current = session.store.state.agent?.model
  const models = await session.listModels()
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

const MAKE_NEW: PickerItem = {
  id: 'sharing',
  title: 'Make a new agent',
  detail: 'with the memory blocks that your agents share',
  current: false,
}

async function chooseAgent(context: WorkbenchContext): Promise<void> {
  pick(context, 'agent.open', 'Agents', await agentItems(context))
}

async function agentItems({ session, now }: WorkbenchContext): Promise<readonly PickerItem[]> {
  const current = session.store.state.agent?.id
  const agents = await session.listAgents()
  return agents.map(({ id, name, model, usedAt }) => ({
    id,
    title: name,
    detail: [usedAt === null ? '' : ago(now() - usedAt), model, id].filter(Boolean).join(' · '),
    current: id === current,
  }))
}

async function openAgent({ root, session }: WorkbenchContext, id: string): Promise<void> {
  if (id === MAKE_NEW.id) return session.openAgent('sharing')
  if (session.store.state.agent?.id === id) {
    root.dispatch({ type: 'flash.shown', level: 'info', text: 'That agent is open already.' })
    return
  }
  await session.openAgent({ id }).catch((thrown: unknown) => {
    if (!(thrown instanceof UnknownAgent)) throw thrown
    throw new UserError(`There is no agent ${id} here.`, { hint: '/agents shows them all.' })
  })
}

/** The newest agent of several with the same name. */
async function resume(context: WorkbenchContext, wanted: string): Promise<void> {
  const agents = await context.session.listAgents()
  const isNamed = (name: string): boolean => name.toLowerCase() === wanted.toLowerCase()
  const agent = agents.find(({ id }) => id === wanted) ?? agents.find(({ name }) => isNamed(name))
  // An agent beyond those listed is known by its id alone.
  if (agent !== undefined || /^agent-/.test(wanted)) {
    return openAgent(context, agent?.id ?? wanted)
  }
  const near = nearest(
    wanted,
    agents.map(({ name }) => name),
  )
  throw new UserError(`No agent is called "${wanted}" here.`, {
    hint: near === null ? '/agents shows them all.' : `Did you mean ${near}?`,
  })
}
