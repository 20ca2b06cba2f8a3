import type { Hono } from 'hono'
import * as z from 'zod'
import { describeEndpoint } from '../http/endpoint.ts'
import type { AgentRecord, ToolRecord, ToolRule } from '../records.ts'
import { requireAgent, requireTool, type Service } from '../service.ts'
import { toToolJson } from '../wire/records.ts'
import { fullListQuery, paginate } from './paging.ts'

export function agentToolRoutes(app: Hono, service: Service): void {
  const { storage } = service

  const change = (agentId: string, changed: (agent: AgentRecord) => Partial<AgentRecord>): void =>
    storage.transaction(() => {
      const agent = requireAgent(service, agentId)
      storage.agents.save({ ...agent, ...changed(agent) })
    })

  const ofAgent = '/v1/agents/:agent_id/tools'
  const list = describeEndpoint({
    summary: 'List the tools of an agent',
    query: fullListQuery,
    response: ['tool'],
  })
  app.get(ofAgent, list, ({ req, json }) => {
    const { toolIds } = requireAgent(service, req.param('agent_id'))
    const tools = toolIds.flatMap((id) => storage.tools.get(id) ?? [])
    return json(paginate(tools, req.valid('query')).map(toToolJson))
  })

  const attach = describeEndpoint({ summary: 'Attach a tool to an agent', response: 'nothing' })
  app.patch(`${ofAgent}/attach/:tool_id`, attach, ({ req, json }) => {
    const tool = requireTool(service, req.param('tool_id'))
    change(req.param('agent_id'), (agent) => ({
      toolIds: [...new Set([...agent.toolIds, tool.id])],
      toolRules: withApprovalRules(agent.toolRules, [tool]),
    }))
    return json(null)
  })

  // The approval rule is removed too: it would otherwise pause calls of a tool that no longer exists.
  const detach = describeEndpoint({ summary: 'Detach a tool from an agent', response: 'nothing' })
  app.patch(`${ofAgent}/detach/:tool_id`, detach, ({ req, json }) => {
    const tool = requireTool(service, req.param('tool_id'))
    change(req.param('agent_id'), (agent) => ({
      toolIds: agent.toolIds.filter((id) => id !== tool.id),
      toolRules: agent.toolRules.filter((rule) => !isApprovalRule(rule, tool.name)),
    }))
    return json(null)
  })

  const approval = describeEndpoint({
    summary: 'Set whether an agent needs approval for a tool',
    body: z.object({ requires_approval: z.boolean() }),
    response: 'nothing',
  })
  app.patch(`${ofAgent}/approval/:tool_name`, approval, ({ req, json }) => {
    const name = req.param('tool_name')
    const { requires_approval } = req.valid('json')
    change(req.param('agent_id'), ({ toolRules }) => {
      const others = toolRules.filter((rule) => !isApprovalRule(rule, name))
      return { toolRules: requires_approval ? [...others, createApprovalRule(name)] : others }
    })
    return json(null)
  })
}

/** Adds the approval rules of tools that require approval by default. */
export function withApprovalRules(
  rules: readonly ToolRule[],
  tools: readonly ToolRecord[],
): readonly ToolRule[] {
  const more = tools
    .filter((tool) => tool.requiresApproval)
    .filter((tool) => !rules.some((rule) => isApprovalRule(rule, tool.name)))
    .map((tool) => createApprovalRule(tool.name))
  return [...rules, ...more]
}

function createApprovalRule(name: string): ToolRule {
  return { tool_name: name, type: 'requires_approval', prompt_template: null }
}

function isApprovalRule(rule: ToolRule, name: string): boolean {
  return rule.type === 'requires_approval' && rule.tool_name === name
}
