import type { MemoryBlock } from '../../session/state/memory.ts'
import { UserError } from '../../util/user-error.ts'
import { agentNotFound } from '../messages.ts'
import type { AgentDetails, BlockDraft, Gateway, ToolDraft } from './gateway.ts'

/** Ids of memory blocks that outlive one agent, by label; stored in the settings. */
type BlockIds = Readonly<Record<string, string>>

export interface BlockReport {
  readonly label: string
  /** `recreated`: an id was stored, but the block no longer existed on the server. */
  readonly origin: 'reused' | 'created' | 'recreated'
  readonly block: MemoryBlock
}

/** The memory blocks of a new agent: stored ones are shared, missing ones are created. `fresh` creates all of them. */
export async function ensureBlocks(
  gateway: Gateway,
  drafts: readonly BlockDraft[],
  stored: BlockIds,
  fresh: boolean,
): Promise<readonly BlockReport[]> {
  return Promise.all(drafts.map((draft) => readyBlock(gateway, draft, stored, fresh)))
}

async function readyBlock(
  gateway: Gateway,
  draft: BlockDraft,
  stored: BlockIds,
  fresh: boolean,
): Promise<BlockReport> {
  const { label } = draft
  const id = fresh ? undefined : stored[label]
  const known = id === undefined ? null : await gateway.block(id)
  if (known !== null) return { label, origin: 'reused', block: known }
  const block = await gateway.createBlock(draft)
  return { label, origin: id === undefined ? 'created' : 'recreated', block }
}

/** The named agent does not exist: the user is asked what to do instead. */
export class UnknownAgent extends UserError {
  override readonly name = 'UnknownAgent'
}

/** An agent that the user or the settings name; one that the server does not know is never replaced silently. */
export async function openKnownAgent(
  gateway: Gateway,
  id: string,
  source: 'given' | 'stored',
): Promise<AgentDetails> {
  const agent = await gateway.agent(id)
  if (agent !== null) return agent
  const { message, hint } = agentNotFound(id, source, gateway.url)
  throw new UnknownAgent(message, { hint })
}

/** Registers or updates local tools on the server; returns their ids by name. */
export async function registerTools(
  gateway: Gateway,
  tools: readonly ToolDraft[],
): Promise<ReadonlyMap<string, string>> {
  const ids = await Promise.all(tools.map((tool) => gateway.registerTool(tool)))
  return new Map(tools.map((tool, index) => [tool.name, ids[index] ?? '']))
}

/**
 * Attaches the local tools that the agent lacks and requires approval for their calls; returns their names. Other tools stay as
 * they are.
 */
export async function linkTools(
  gateway: Gateway,
  agent: AgentDetails,
  tools: readonly ToolDraft[],
): Promise<readonly string[]> {
  const attached = new Set(agent.tools)
  const missing = tools.filter((tool) => !attached.has(tool.name))
  const ids = await registerTools(gateway, missing)
  for (const id of ids.values()) await gateway.attachTool(agent.id, id)
  // Without an approval rule the server would run a local tool.
  const bare = tools.filter(({ name }) => attached.has(name) && !agent.approvalRules.includes(name))
  for (const { name } of bare) await gateway.setApproval(agent.id, name, true)
  return missing.map((tool) => tool.name)
}

/** Detaches the tools with these names and removes their approval rules; returns the names that were attached. */
export async function unlinkTools(
  gateway: Gateway,
  agent: AgentDetails,
  names: readonly string[],
): Promise<readonly string[]> {
  const attached = agent.toolIds.filter((tool) => names.includes(tool.name))
  for (const tool of attached) await gateway.detachTool(agent.id, tool.id)
  if (names.some((name) => agent.approvalRules.includes(name))) {
    // Some servers remove the rule with the tool, others do not.
    const left = (await gateway.agent(agent.id))?.approvalRules ?? []
    for (const name of names)
      if (left.includes(name)) await gateway.setApproval(agent.id, name, false)
  }
  return attached.map((tool) => tool.name)
}
