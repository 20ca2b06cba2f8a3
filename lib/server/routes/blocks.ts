import type { Hono } from 'hono'
import * as z from 'zod'
import { HttpError } from '../errors.ts'
import { endpoint } from '../http/endpoint.ts'
import { newId } from '../ids.ts'
import type { AgentRecord, BlockRecord } from '../records.ts'
import { agentOf, blockOf, checkId, describeAgent, type Service } from '../service.ts'
import { blockJson } from '../wire/records.ts'
import { pageOf, pageQuery, wholeQuery } from './paging.ts'

const DEFAULT_LIMIT = 100_000

const fields = {
  value: z.string(),
  limit: z.int().positive().nullish(),
  description: z.string().nullish(),
  read_only: z.boolean().nullish(),
  tags: z.array(z.string()).nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
}

export const blockShape = z.looseObject({
  label: z.string().min(1),
  ...fields,
  value: z.string().nullish(),
})
const updateShape = z
  .looseObject({ ...fields, label: z.string().min(1), value: z.string() })
  .partial()

export function newBlock(body: z.output<typeof blockShape>, at: string): BlockRecord {
  return {
    id: newId('block'),
    label: body.label,
    value: body.value ?? '',
    limit: body.limit ?? DEFAULT_LIMIT,
    description: body.description ?? null,
    readOnly: body.read_only ?? false,
    tags: body.tags ?? [],
    metadata: body.metadata ?? {},
    createdAt: at,
    updatedAt: at,
  }
}

export function blockRoutes(app: Hono, service: Service): void {
  const { storage, now } = service

  const change = (body: z.output<typeof updateShape>, find: () => BlockRecord): BlockRecord =>
    storage.together(() => {
      const block = find()
      const changed: BlockRecord = {
        ...block,
        label: body.label ?? block.label,
        value: body.value ?? block.value,
        limit: body.limit ?? block.limit,
        description: body.description ?? block.description,
        readOnly: body.read_only ?? block.readOnly,
        tags: body.tags ?? block.tags,
        metadata: body.metadata ?? block.metadata,
        updatedAt: now().toISOString(),
      }
      storage.blocks.save(changed)
      if (changed.label !== block.label) {
        for (const agent of storage.agents.usingBlock(block.id)) {
          refuseSameLabels(blocksOf(service, agent.id))
        }
      }
      return changed
    })

  const create = endpoint({
    summary: 'Create a memory block',
    body: blockShape,
    answer: 'block',
  })
  app.post('/v1/blocks', create, ({ req, json }) => {
    const block = newBlock(req.valid('json'), now().toISOString())
    storage.blocks.insert(block)
    return json(blockJson(block))
  })
  const list = endpoint({
    summary: 'List the memory blocks',
    query: listQuery,
    answer: ['block'],
  })
  app.get('/v1/blocks', list, ({ req, json }) => {
    const { label = null, ...page } = req.valid('query')
    return json(pageOf(storage.blocks.list(label, EVERY), page).map(blockJson))
  })
  const one = '/v1/blocks/:block_id'
  app.get(one, endpoint({ summary: 'Retrieve a memory block', answer: 'block' }), ({ req, json }) =>
    json(blockJson(blockOf(service, req.param('block_id')))),
  )
  const update = endpoint({
    summary: 'Change a memory block',
    body: updateShape,
    answer: 'block',
  })
  app.patch(one, update, ({ req, json }) =>
    json(blockJson(change(req.valid('json'), () => blockOf(service, req.param('block_id'))))),
  )
  app.delete(
    one,
    endpoint({ summary: 'Delete a memory block', answer: 'nothing' }),
    ({ req, json }) => {
      const block = blockOf(service, req.param('block_id'))
      storage.together(() => {
        for (const agent of storage.agents.usingBlock(block.id)) without(service, agent, block.id)
        storage.blocks.remove(block.id)
      })
      return json(null)
    },
  )
  const users = endpoint({
    summary: 'List the agents that have a memory block',
    answer: ['agent'],
  })
  app.get(`${one}/agents`, users, ({ req, json }) => {
    const { id } = blockOf(service, req.param('block_id'))
    const newestFirst = storage.agents.usingBlock(id).toReversed()
    return json(newestFirst.map((agent) => describeAgent(service, agent)))
  })

  const ofAgent = '/v1/agents/:agent_id/core-memory/blocks'
  const listOfAgent = endpoint({
    summary: 'List the memory of an agent',
    query: wholeQuery,
    answer: ['block'],
  })
  app.get(ofAgent, listOfAgent, ({ req, json }) => {
    const blocks = blocksOf(service, req.param('agent_id'))
    return json(pageOf(blocks, req.valid('query')).map(blockJson))
  })
  const byLabel = `${ofAgent}/:block_label` as const
  app.get(
    byLabel,
    endpoint({ summary: 'Retrieve a block by its label', answer: 'block' }),
    ({ req, json }) =>
      json(blockJson(labelled(service, req.param('agent_id'), req.param('block_label')))),
  )
  const updateLabelled = endpoint({
    summary: 'Change a block by its label',
    body: updateShape,
    answer: 'block',
  })
  app.patch(byLabel, updateLabelled, ({ req, json }) => {
    const { agent_id: agentId, block_label: label } = req.param()
    return json(blockJson(change(req.valid('json'), () => labelled(service, agentId, label))))
  })
  const attach = endpoint({ summary: 'Give an agent a memory block', answer: 'agent' })
  app.patch(`${ofAgent}/attach/:block_id`, attach, ({ req, json }) => {
    const agentId = req.param('agent_id')
    storage.together(() => {
      const agent = agentOf(service, agentId)
      const block = blockOf(service, req.param('block_id'))
      const others = blocksOf(service, agentId).filter(({ id }) => id !== block.id)
      refuseSameLabels([...others, block])
      storage.agents.save({ ...agent, blockIds: [...new Set([...agent.blockIds, block.id])] })
    })
    return json(describeAgent(service, agentOf(service, agentId)))
  })
  const detach = endpoint({ summary: 'Take a memory block from an agent', answer: 'agent' })
  app.patch(`${ofAgent}/detach/:block_id`, detach, ({ req, json }) => {
    const agentId = req.param('agent_id')
    storage.together(() => {
      const agent = agentOf(service, agentId)
      const blockId = checkId('block', req.param('block_id'))
      if (!agent.blockIds.includes(blockId)) {
        throw new HttpError(404, `No block with id '${blockId}' found for agent '${agent.id}'`)
      }
      without(service, agent, blockId)
    })
    return json(describeAgent(service, agentOf(service, agentId)))
  })
}

const listQuery = pageQuery.extend({ label: z.string().optional() })

/** More than anyone has. */
const EVERY = 100_000

function without({ storage }: Service, agent: AgentRecord, blockId: string): void {
  storage.agents.save({ ...agent, blockIds: agent.blockIds.filter((id) => id !== blockId) })
}

function blocksOf(service: Service, agentId: string): readonly BlockRecord[] {
  return agentOf(service, agentId).blockIds.flatMap((id) => service.storage.blocks.get(id) ?? [])
}

function labelled(service: Service, agentId: string, label: string): BlockRecord {
  const block = blocksOf(service, agentId).find((one) => one.label === label)
  if (block !== undefined) return block
  throw new HttpError(404, `No block with label '${label}' found for agent '${agentId}'`)
}

/** The model tells the blocks of an agent apart by their labels. */
export function refuseSameLabels(blocks: readonly BlockRecord[]): void {
  const labels = blocks.map(({ label }) => label)
  const twice = labels.find((label, index) => labels.indexOf(label) !== index)
  if (twice === undefined) return
  throw new HttpError(409, `The agent has a block with the label ${twice} already.`)
}
