import type { Hono } from 'hono'
import * as z from 'zod'
import { Refusal } from '../failure.ts'
import { newId } from '../ids.ts'
import type { AgentRecord, BlockRecord } from '../records.ts'
import { agentOf, blockOf, bodyOf, limitOf, type Service } from '../service.ts'
import { blockJson } from '../wire.ts'

const DEFAULT_LIMIT = 100_000

const fields = {
  value: z.string(),
  limit: z.int().positive().nullish(),
  description: z.string().nullish(),
  read_only: z.boolean().nullish(),
  tags: z.array(z.string()).nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
}

export const blockShape = z.looseObject({ label: z.string().min(1), ...fields })
const updateShape = z
  .looseObject({ ...fields, label: z.string().min(1), value: z.string() })
  .partial()

export function newBlock(body: z.output<typeof blockShape>, at: string): BlockRecord {
  return {
    id: newId('block'),
    label: body.label,
    value: body.value,
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

  const change = async (request: Request, find: () => BlockRecord): Promise<BlockRecord> => {
    const body = await bodyOf(request, updateShape)
    return storage.together(() => {
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
      return changed
    })
  }

  app.post('/v1/blocks', async ({ req, json }) => {
    const block = newBlock(await bodyOf(req.raw, blockShape), now().toISOString())
    storage.blocks.insert(block)
    return json(blockJson(block))
  })
  app.get('/v1/blocks', ({ req, json }) => {
    const blocks = storage.blocks.list(req.query('label') ?? null, limitOf(req.query('limit'), 50))
    return json(blocks.map(blockJson))
  })
  app.get('/v1/blocks/:id', ({ req, json }) => json(blockJson(blockOf(service, req.param('id')))))
  app.patch('/v1/blocks/:id', async ({ req, json }) =>
    json(blockJson(await change(req.raw, () => blockOf(service, req.param('id'))))),
  )
  app.delete('/v1/blocks/:id', ({ req, json }) => {
    const block = blockOf(service, req.param('id'))
    storage.together(() => {
      for (const agent of storage.agents.usingBlock(block.id)) without(service, agent, block.id)
      storage.blocks.remove(block.id)
    })
    return json({ message: `Block id=${block.id} successfully deleted` })
  })

  const ofAgent = '/v1/agents/:id/core-memory/blocks'
  app.get(ofAgent, ({ req, json }) => json(blocksOf(service, req.param('id')).map(blockJson)))
  app.get(`${ofAgent}/:label`, ({ req, json }) =>
    json(blockJson(labelled(service, req.param('id'), req.param('label')))),
  )
  app.patch(`${ofAgent}/:label`, async ({ req, json }) =>
    json(
      blockJson(
        await change(req.raw, () => labelled(service, req.param('id'), req.param('label'))),
      ),
    ),
  )
  app.patch(`${ofAgent}/attach/:block`, ({ req, json }) => {
    storage.together(() => {
      const agent = agentOf(service, req.param('id'))
      const block = blockOf(service, req.param('block'))
      storage.agents.save({ ...agent, blockIds: [...new Set([...agent.blockIds, block.id])] })
    })
    return json(null)
  })
  app.patch(`${ofAgent}/detach/:block`, ({ req, json }) => {
    storage.together(() => without(service, agentOf(service, req.param('id')), req.param('block')))
    return json(null)
  })
}

function without({ storage }: Service, agent: AgentRecord, blockId: string): void {
  storage.agents.save({ ...agent, blockIds: agent.blockIds.filter((id) => id !== blockId) })
}

function blocksOf(service: Service, agentId: string): readonly BlockRecord[] {
  return agentOf(service, agentId).blockIds.flatMap((id) => service.storage.blocks.get(id) ?? [])
}

function labelled(service: Service, agentId: string, label: string): BlockRecord {
  const block = blocksOf(service, agentId).find((one) => one.label === label)
  if (block === undefined) throw new Refusal(404, `Block with label ${label} not found`)
  return block
}
