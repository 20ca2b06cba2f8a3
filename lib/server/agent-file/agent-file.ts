import * as z from 'zod'
import { secondBlock, secondLabel, unknownBlock } from '../messages/api.ts'

/**
 * Letta's agent file (`.af`): agents with their blocks, tools and messages, in which ids are names of this file only. Another
 * program wrote it, so everything is bounded, and what is not understood is left out. Memory is never left out: a file is refused whose
 * agents name blocks that it does not have once.
 */

const MAX_TEXT = 2_000_000
const text = z.string().max(MAX_TEXT)
const name = z.string().max(1000)

const toolCall = z.looseObject({
  id: name,
  function: z.looseObject({ name, arguments: text }),
})

const message = z.looseObject({
  id: name,
  role: z.string().max(20),
  content: z.unknown().optional(),
  tool_calls: z.array(toolCall).max(1000).nullish(),
  tool_call_id: name.nullish(),
  tool_returns: z.array(z.unknown()).max(1000).nullish(),
  approvals: z.array(z.unknown()).max(1000).nullish(),
  created_at: z.string().max(100).nullish(),
})
export type FileMessage = z.output<typeof message>

const block = z.looseObject({
  id: name,
  label: z.string().min(1).max(200),
  value: text,
  limit: z.int().positive().nullish(),
  description: text.nullish(),
  read_only: z.boolean().nullish(),
})

const tool = z.looseObject({
  id: name,
  name: z.string().regex(/^[\w-]{1,128}$/),
  description: text.nullish(),
  json_schema: z.record(z.string(), z.unknown()).nullish(),
  source_code: text.nullish(),
  default_requires_approval: z.boolean().nullish(),
})

const agent = z.looseObject({
  id: name,
  name: z.string().max(200).nullish(),
  description: text.nullish(),
  system: text.nullish(),
  block_ids: z.array(name).max(1000).nullish(),
  tool_ids: z.array(name).max(1000).nullish(),
  tags: z.array(z.string().max(200)).max(200).nullish(),
  llm_config: z
    .looseObject({
      handle: name.nullish(),
      model: name.nullish(),
      context_window: z.int().positive().nullish(),
    })
    .nullish(),
  in_context_message_ids: z.array(name).max(100_000).nullish(),
  messages: z.array(message).max(100_000).nullish(),
})
export type FileAgent = z.output<typeof agent>

/** What Letta's format has no place for; its server ignores it. */
const workbenchPart = z.looseObject({
  conversations: z
    .array(
      z.looseObject({
        agent_id: name,
        summary: z.string().max(1000).nullish(),
        in_context_message_ids: z.array(name).max(100_000),
        messages: z.array(message).max(100_000),
      }),
    )
    .max(10_000),
})

export const agentFileShape = z
  .looseObject({
    agents: z.array(agent).min(1).max(100),
    blocks: z.array(block).max(10_000),
    tools: z.array(tool).max(10_000),
    letta_workbench: workbenchPart.nullish(),
  })
  .superRefine(({ agents, blocks }, context) => {
    const report = (path: readonly (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path: [...path], message })
    const labels = new Map<string, string>()
    for (const [at, { id, label }] of blocks.entries()) {
      if (labels.has(id)) report(['blocks', at, 'id'], secondBlock(id))
      labels.set(id, label)
    }
    for (const [at, { block_ids: ids }] of agents.entries()) {
      const used = new Set<string>()
      for (const id of new Set(ids)) {
        const label = labels.get(id)
        const place = ['agents', at, 'block_ids']
        if (label === undefined) report(place, unknownBlock(id))
        else if (used.has(label)) report(place, secondLabel(label))
        else used.add(label)
      }
    }
  })
export type AgentFile = z.output<typeof agentFileShape>
