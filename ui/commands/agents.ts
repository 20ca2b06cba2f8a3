import { UnknownAgent } from '../../lib/client/gateway/known-agent.ts'
import type { Choice } from '../../lib/commands/command.ts'
import { suggestionHint } from '../../lib/util/did-you-mean.ts'
import { timeAgo } from '../../lib/util/time-ago.ts'
import { UserError } from '../../lib/util/user-error.ts'
import {
  AGENT_ALREADY_OPEN,
  agentNameNotFound,
  agentsHint,
  CREATE_AGENT,
} from '../messages/agents.ts'
import { PICKER_TITLES } from '../messages/program.ts'
import type { PickerItem } from '../state/state.ts'
import { chooseAccount } from './connect.ts'
import { openPicker } from './open-overlay.ts'
import { flash, type WorkbenchCommand, type WorkbenchContext } from './workbench-command.ts'

export const AGENT_PICKER_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'agent.choose',
    argument: { name: 'agent', required: false },
    choices: agentChoices,
    run: (context, wanted) => (wanted === '' ? chooseAgent(context) : resumeAgent(context, wanted)),
  },
]

const CREATE_ITEM: PickerItem = {
  ...CREATE_AGENT,
  current: false,
  action: { type: 'agent.create' },
}

async function chooseAgent(context: WorkbenchContext): Promise<void> {
  const items = await agentItems(context)
  // Without a model there is no agent to choose until one is connected.
  if (items.length === 0 && context.root.state.session.agent === null) await chooseAccount(context)
  else openPicker(context, PICKER_TITLES.agents, items)
}

/** When the agent that was to be opened does not exist on the server. */
export async function chooseReplacementAgent(context: WorkbenchContext): Promise<void> {
  const items = [CREATE_ITEM, ...(await agentItems(context))]
  openPicker(context, PICKER_TITLES.missingAgent, items)
}

async function agentItems(context: WorkbenchContext): Promise<readonly PickerItem[]> {
  const choices = await agentChoices(context)
  return choices.map((choice) => ({
    ...choice,
    action: { type: 'agent.open', agentId: choice.id },
  }))
}

async function agentChoices({ session, now }: WorkbenchContext): Promise<readonly Choice[]> {
  const current = session.store.state.agent?.id
  const agents = await session.agents.list()
  return agents.map(({ id, name, model, usedAt }) => ({
    id,
    title: name,
    detail: [usedAt === null ? '' : timeAgo(now() - usedAt), model, id].filter(Boolean).join(' · '),
    current: id === current,
  }))
}

export async function openAgent(context: WorkbenchContext, id: string): Promise<void> {
  const { session } = context
  if (session.store.state.agent?.id === id) {
    flash(context, AGENT_ALREADY_OPEN)
    return
  }
  await session.agents.open({ id }).catch((thrown: unknown) => {
    if (!(thrown instanceof UnknownAgent)) throw thrown
    throw new UserError(agentNameNotFound(id), { hint: agentsHint() })
  })
}

/** The id of an agent by its id or name, the newest of several with the same name; null when there is none. */
export function findAgentId(
  agents: readonly { readonly id: string; readonly name: string }[],
  wanted: string,
): string | null {
  const isNamed = (name: string): boolean => name.toLowerCase() === wanted.toLowerCase()
  const agent = agents.find(({ id }) => id === wanted) ?? agents.find(({ name }) => isNamed(name))
  // The list is limited: an agent that is not in it can only be named by its id.
  return agent?.id ?? (/^agent-/.test(wanted) ? wanted : null)
}

async function resumeAgent(context: WorkbenchContext, wanted: string): Promise<void> {
  const agents = await context.session.agents.list()
  const id = findAgentId(agents, wanted)
  if (id !== null) return openAgent(context, id)
  const names = agents.map(({ name }) => name)
  throw new UserError(agentNameNotFound(wanted), {
    hint: suggestionHint(wanted, names, { otherwise: agentsHint() }),
  })
}
