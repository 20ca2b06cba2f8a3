import type { Hono } from 'hono'
import * as z from 'zod'
import { endpoint } from '../http/endpoint.ts'
import type { AgentRecord, ToolRecord, ToolRule } from '../records.ts'
import { agentOf, type Service, toolOf } from '../service.ts'
import { toolJson } from '../wire/records.ts'
import { pageOf, wholeQuery } from './paging.ts'

export function agentToolRoutes(app: Hono, service: Service): void {
  const { storage } = service

  const change = (agentId: string, changed: (agent: AgentRecord) => Partial<AgentRecord>): void =>
    storage.together(() => {
      const agent = agentOf(service, agentId)
      storage.agents.save({ ...agent, ...changed(agent) })
    })

  const ofAgent = '/v1/agents/:agent_id/tools'
  const list = endpoint({
    summary: 'List the tools of an agent',
    query: wholeQuery,
    answer: ['tool'],
  })
  app.get(ofAgent, list, ({ req, json }) => {
    const { toolIds } = agentOf(service, req.param('agent_id'))
    const tools = toolIds.flatMap((id) => storage.tools.get(id) ?? [])
    return json(pageOf(tools, req.valid('query')).map(toolJson))
  })

  const attach = endpoint({ summary: 'Give an agent a tool', answer: 'nothing' })
  app.patch(`${ofAgent}/attach/:tool_id`, attach, ({ req, json }) => {
    const tool = toolOf(service, req.param('tool_id'))
    change(req.param('agent_id'), (agent) => ({
      toolIds: [...new Set([...agent.toolIds, tool.id])],
      toolRules: withApprovalRules(agent.toolRules, [tool]),
    }))
    return json(null)
  })

  // Its approval rule goes with it: left behind, it would pause calls of a tool that is gone.
  const detach = endpoint({ summary: 'Take a tool from an agent', answer: 'nothing' })
  app.patch(`${ofAgent}/detach/:tool_id`, detach, ({ req, json }) => {
    const tool = toolOf(service, req.param('tool_id'))
    change(req.param('agent_id'), (agent) => ({
      toolIds: agent.toolIds.filter((id) => id !== tool.id),
      toolRules: agent.toolRules.filter((rule) => !isApprovalOf(rule, tool.name)),
    }))
    return json(null)
  })

  const approval = endpoint({
    summary: 'Let calls of a tool wait for an approval, or not',
    body: z.object({ requires_approval: z.boolean() }),
    answer: 'nothing',
  })
  app.patch(`${ofAgent}/approval/:tool_name`, approval, ({ req, json }) => {
    const name = req.param('tool_name')
    const { requires_approval } = req.valid('json')
    change(req.param('agent_id'), ({ toolRules }) => {
      const others = toolRules.filter((rule) => !isApprovalOf(rule, name))
      return { toolRules: requires_approval ? [...others, approvalOf(name)] : others }
    })
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
    .map((tool) => approvalOf(tool.name))
  return [...rules, ...more]
}

function approvalOf(name: string): ToolRule {
  return { tool_name: name, type: 'requires_approval', prompt_template: null }
}

function isApprovalOf(rule: ToolRule, name: string): boolean {
  return rule.type === 'requires_approval' && rule.tool_name === name
}
