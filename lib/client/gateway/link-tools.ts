import type { AgentDetails } from './agents.ts'
import type { Gateway } from './gateway.ts'
import type { ToolDraft } from './tools.ts'

/** Registers or updates local tools on the server; returns their ids by name. */
export async function registerTools(
  gateway: Pick<Gateway, 'tools'>,
  tools: readonly ToolDraft[],
): Promise<ReadonlyMap<string, string>> {
  const ids = await Promise.all(tools.map((tool) => gateway.tools.register(tool)))
  return new Map(tools.map((tool, index) => [tool.name, ids[index] ?? '']))
}

/**
 * Attaches the local tools that the agent lacks and requires approval for their calls; returns their names. Other tools stay as
 * they are.
 */
export async function linkTools(
  gateway: Pick<Gateway, 'agents' | 'tools'>,
  agent: AgentDetails,
  tools: readonly ToolDraft[],
): Promise<readonly string[]> {
  const attached = new Set(agent.tools)
  const missing = tools.filter((tool) => !attached.has(tool.name))
  const ids = await registerTools(gateway, missing)
  for (const id of ids.values()) await gateway.tools.attach(agent.id, id)
  // Without an approval rule the server would run a local tool.
  const bare = tools.filter(({ name }) => attached.has(name) && !agent.approvalRules.includes(name))
  for (const { name } of bare) await gateway.tools.setApproval(agent.id, name, true)
  return missing.map((tool) => tool.name)
}

/** Detaches the tools with these names and removes their approval rules; returns the names that were attached. */
export async function unlinkTools(
  gateway: Pick<Gateway, 'agents' | 'tools'>,
  agent: AgentDetails,
  names: readonly string[],
): Promise<readonly string[]> {
  const attached = agent.toolIds.filter((tool) => names.includes(tool.name))
  for (const tool of attached) await gateway.tools.detach(agent.id, tool.id)
  if (names.some((name) => agent.approvalRules.includes(name))) {
    // Some servers remove the rule with the tool, others do not.
    const left = (await gateway.agents.retrieve(agent.id))?.approvalRules ?? []
    for (const name of names)
      if (left.includes(name)) await gateway.tools.setApproval(agent.id, name, false)
  }
  return attached.map((tool) => tool.name)
}
