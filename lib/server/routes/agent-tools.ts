import type { Hono } from 'hono'
import type { AgentRecord, ToolRecord, ToolRule } from '../records.ts'
import { agentOf, type Service, toolOf } from '../service.ts'
import { toolJson } from '../wire.ts'

export function agentToolRoutes(app: Hono, service: Service): void {
  const { storage } = service

  const change = (agentId: string, changed: (agent: AgentRecord) => Partial<AgentRecord>): void =>
    storage.together(() => {
      const agent = agentOf(service, agentId)
      storage.agents.save({ ...agent, ...changed(agent) })
    })

  app.get('/v1/agents/:id/tools', ({ req, json }) => {
    const { toolIds } = agentOf(service, req.param('id'))
    return json(toolIds.flatMap((id) => storage.tools.get(id) ?? []).map(toolJson))
  })

  app.patch('/v1/agents/:id/tools/attach/:tool', ({ req, json }) => {
    const tool = toolOf(service, req.param('tool'))
    change(req.param('id'), (agent) => ({
      toolIds: [...new Set([...agent.toolIds, tool.id])],
      toolRules: withApprovalRules(agent.toolRules, [tool]),
    }))
    return json(null)
  })

  // Its approval rule goes with it: left behind, it would pause calls of a tool that is gone.
  app.patch('/v1/agents/:id/tools/detach/:tool', ({ req, json }) => {
    const tool = toolOf(service, req.param('tool'))
    change(req.param('id'), (agent) => ({
      toolIds: agent.toolIds.filter((id) => id !== tool.id),
      toolRules: agent.toolRules.filter((rule) => !isApprovalOf(rule, tool.name)),
    }))
    return json(null)
  })
}

/** A tool that wants approval brings its rule with it. */
export function withApprovalRules(
  rules: readonly ToolRule[],
  tools: readonly ToolRecord[],
): readonly ToolRule[] {
  const more = tools
    .filter((tool) => tool.requiresApproval)
    .filter((tool) => !rules.some((rule) => isApprovalOf(rule, tool.name)))
    .map((tool) => ({ tool_name: tool.name, type: 'requires_approval', prompt_template: null }))
  return [...rules, ...more]
}

function isApprovalOf(rule: ToolRule, name: string): boolean {
  return rule.type === 'requires_approval' && rule.tool_name === name
}
