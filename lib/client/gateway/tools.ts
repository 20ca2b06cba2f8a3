import type { Letta } from '@letta-ai/letta-client'
import { toolAnswer } from './answers.ts'
import type { Requests } from './requests.ts'

/** A local tool as the server requires it: the schema for the model; the source is a stub that never runs. */
export interface ToolDraft {
  readonly name: string
  readonly description: string
  readonly parameters: Readonly<Record<string, unknown>>
}

export interface GatewayTools {
  /** Registers or updates a local tool; returns its id. */
  register(tool: ToolDraft): Promise<string>
  attach(agentId: string, toolId: string): Promise<void>
  detach(agentId: string, toolId: string): Promise<void>
  /** Sets whether calls of this tool require approval; changes no other rule. */
  setApproval(agentId: string, tool: string, required: boolean): Promise<void>
}

export function gatewayTools(client: Letta, { call }: Requests): GatewayTools {
  return {
    register: async (tool) => (await call(client.tools.upsert(toolBody(tool)), toolAnswer)).id,
    attach: async (agentId, toolId) =>
      void (await call(client.agents.tools.attach(toolId, { agent_id: agentId }))),
    detach: async (agentId, toolId) =>
      void (await call(client.agents.tools.detach(toolId, { agent_id: agentId }))),
    async setApproval(agentId, tool, required) {
      // The SDK's method sends the member under a name that servers do not know.
      const path = `/v1/agents/${encodeURIComponent(agentId)}/tools/approval/${encodeURIComponent(tool)}`
      await call(client.patch<unknown>(path, { body: { requires_approval: required } }))
    },
  }
}

function toolBody(tool: ToolDraft): Parameters<Letta['tools']['upsert']>[0] {
  const { name, description, parameters } = tool
  return {
    source_code: stubOf(tool),
    source_type: 'python',
    description,
    json_schema: { name, description, parameters },
    default_requires_approval: true,
  }
}

/** A Letta server derives a tool's name from its source. Local tools must never run there, so the stub raises. */
function stubOf({ name, parameters }: ToolDraft): string {
  const properties = Object.keys(Object(parameters['properties']))
  const wanted = parameters['required']
  const required = new Set(Array.isArray(wanted) ? wanted : [])
  const ordered = [
    ...properties.filter((key) => required.has(key)),
    ...properties.filter((key) => !required.has(key)).map((key) => `${key}=None`),
  ]
  return [
    `def ${name}(${ordered.join(', ')}):`,
    '    """Runs on the client, after approval."""',
    '    raise Exception("This tool runs on the client.")',
    '',
  ].join('\n')
}
