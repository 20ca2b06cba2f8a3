import type { Hono } from 'hono'
import * as z from 'zod'
import { HttpError } from '../errors.ts'
import { booleanParameter, describeEndpoint } from '../http/endpoint.ts'
import { newId } from '../ids.ts'
import { blockNotAttached, labelNotFound, labelTaken } from '../messages/api.ts'
import type { AgentRecord, BlockAuthor, BlockRecord } from '../records.ts'
import { assertId, describeAgent, requireAgent, requireBlock, type Service } from '../service.ts'
import { valueTag } from '../value-tag.ts'
import { toBlockJson } from '../wire/records.ts'
import { requestAuthor } from './block-author.ts'
import { assertUnchanged, entityTag, isNotModified } from './block-tags.ts'
import { containsText, hasTags, isUnmatchable, texts, unmatchable } from './filters.ts'
import { fullListQuery, pageQuery, paginate } from './paging.ts'

const DEFAULT_BLOCK_LIMIT = 100_000

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

export function createBlock(body: z.output<typeof blockShape>, at: string): BlockRecord {
  return {
    id: newId('block'),
    label: body.label,
    value: body.value ?? '',
    limit: body.limit ?? DEFAULT_BLOCK_LIMIT,
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

  const change = (
    body: z.output<typeof updateShape>,
    { author, ifMatch, find }: BlockChange,
  ): BlockRecord =>
    storage.transaction(() => {
      const block = find()
      assertUnchanged(block, ifMatch)
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
      storage.blocks.save(changed, author)
      if (changed.label !== block.label) {
        for (const agent of storage.agents.usingBlock(block.id)) {
          assertUniqueLabels(blocksOf(service, agent.id))
        }
      }
      return changed
    })

  const create = describeEndpoint({
    summary: 'Create a memory block',
    body: blockShape,
    response: 'block',
  })
  app.post('/v1/blocks', create, ({ req, json }) => {
    const block = createBlock(req.valid('json'), now().toISOString())
    storage.blocks.insert(block, requestAuthor(req))
    return json(toBlockJson(block))
  })
  const list = describeEndpoint({
    summary: 'List memory blocks',
    query: listQuery,
    response: ['block'],
  })
  app.get('/v1/blocks', list, ({ req, json }) => {
    const query = req.valid('query')
    const blocks = storage.blocks
      .list(query.label ?? null, MAX_BLOCKS)
      .filter((block) => matchesFilters(service, block, query))
    return json(paginate(blocks, query).map(toBlockJson))
  })
  const countBlocks = describeEndpoint({ summary: 'Count memory blocks', response: 'count' })
  app.get('/v1/blocks/count', countBlocks, ({ json }) =>
    json(storage.blocks.list(null, MAX_BLOCKS).length),
  )
  const one = '/v1/blocks/:block_id'
  app.get(
    one,
    describeEndpoint({ summary: 'Retrieve a memory block', response: 'block' }),
    ({ req, json }) => {
      const block = requireBlock(service, req.param('block_id'))
      return json(toBlockJson(block), 200, { etag: valueTag(block.value) })
    },
  )
  const update = describeEndpoint({
    summary: 'Update a memory block',
    body: updateShape,
    response: 'block',
  })
  app.patch(one, update, ({ req, json }) =>
    json(
      toBlockJson(
        change(req.valid('json'), {
          ...changeOf(req),
          find: () => requireBlock(service, req.param('block_id')),
        }),
      ),
    ),
  )
  app.delete(
    one,
    describeEndpoint({ summary: 'Delete a memory block', response: 'nothing' }),
    ({ req, json }) => {
      const block = requireBlock(service, req.param('block_id'))
      storage.transaction(() => {
        const agents = storage.agents.usingBlock(block.id)
        for (const agent of agents) detachBlock(service, agent, block.id)
        const ids = agents.map(({ id }) => id)
        storage.blocks.remove(block.id, requestAuthor(req), now().toISOString(), ids)
      })
      return json(null)
    },
  )
  const users = describeEndpoint({
    summary: 'List the agents that use a memory block',
    query: pageQuery,
    response: ['agent'],
  })
  app.get(`${one}/agents`, users, ({ req, json }) => {
    const { id } = requireBlock(service, req.param('block_id'))
    const page = { ...req.valid('query'), order: req.valid('query').order ?? ('desc' as const) }
    const agents = paginate(storage.agents.usingBlock(id), page)
    return json(agents.map((agent) => describeAgent(service, agent)))
  })

  const ofAgent = '/v1/agents/:agent_id/core-memory/blocks'
  const listOfAgent = describeEndpoint({
    summary: 'List the memory blocks of an agent',
    query: fullListQuery,
    response: ['block'],
  })
  app.get(ofAgent, listOfAgent, ({ req, json, body }) => {
    const agentId = assertId('agent', req.param('agent_id'))
    // A client that asks again and again whether a block has changed costs no reading of blocks.
    const etag = entityTag(storage, agentId)
    if (isNotModified(req, etag)) return body(null, 304, { etag })
    const blocks = blocksOf(service, agentId)
    return json(paginate(blocks, req.valid('query')).map(toBlockJson), 200, { etag })
  })
  const byLabel = `${ofAgent}/:block_label` as const
  app.get(
    byLabel,
    describeEndpoint({
      summary: 'Retrieve a memory block of an agent by its label',
      response: 'block',
    }),
    ({ req, json }) =>
      json(
        toBlockJson(requireBlockByLabel(service, req.param('agent_id'), req.param('block_label'))),
      ),
  )
  const updateLabelled = describeEndpoint({
    summary: 'Update a memory block of an agent by its label',
    body: updateShape,
    response: 'block',
  })
  app.patch(byLabel, updateLabelled, ({ req, json }) => {
    const { agent_id: agentId, block_label: label } = req.param()
    const find = () => requireBlockByLabel(service, agentId, label)
    return json(toBlockJson(change(req.valid('json'), { ...changeOf(req), find })))
  })
  const attach = describeEndpoint({
    summary: 'Attach a memory block to an agent',
    response: 'agent',
  })
  app.patch(`${ofAgent}/attach/:block_id`, attach, ({ req, json }) => {
    const agentId = req.param('agent_id')
    storage.transaction(() => {
      const agent = requireAgent(service, agentId)
      const block = requireBlock(service, req.param('block_id'))
      const others = blocksOf(service, agentId).filter(({ id }) => id !== block.id)
      assertUniqueLabels([...others, block])
      storage.agents.save({ ...agent, blockIds: [...new Set([...agent.blockIds, block.id])] })
    })
    return json(describeAgent(service, requireAgent(service, agentId)))
  })
  const detach = describeEndpoint({
    summary: 'Detach a memory block from an agent',
    response: 'agent',
  })
  app.patch(`${ofAgent}/detach/:block_id`, detach, ({ req, json }) => {
    const agentId = req.param('agent_id')
    storage.transaction(() => {
      const agent = requireAgent(service, agentId)
      const blockId = assertId('block', req.param('block_id'))
      if (!agent.blockIds.includes(blockId)) {
        throw new HttpError(404, blockNotAttached(blockId, agent.id))
      }
      detachBlock(service, agent, blockId)
    })
    return json(describeAgent(service, requireAgent(service, agentId)))
  })
}

interface BlockChange {
  readonly author: BlockAuthor
  /** The tag of the value that is to be replaced; any value when absent. */
  readonly ifMatch: string | undefined
  find(): BlockRecord
}

function changeOf(req: {
  header(name: string): string | undefined
}): Pick<BlockChange, 'author' | 'ifMatch'> {
  return { author: requestAuthor(req), ifMatch: req.header('if-match') }
}

const count = z.coerce.number().int()

const listQuery = pageQuery.extend({
  label: z.string().optional(),
  label_search: z.string().optional(),
  value_search: z.string().optional(),
  description_search: z.string().optional(),
  tags: texts,
  match_all_tags: booleanParameter.optional(),
  connected_to_agents_count_gt: count.optional(),
  connected_to_agents_count_lt: count.optional(),
  connected_to_agents_count_eq: z.array(count).optional(),
  templates_only: booleanParameter.optional(),
  /** The name of a template. */
  name: z.string().optional(),
  ...unmatchable.shape,
})

function matchesFilters(
  { storage }: Service,
  block: BlockRecord,
  query: z.output<typeof listQuery>,
): boolean {
  if (isUnmatchable(query) || query.templates_only === true || query.name !== undefined)
    return false
  const agents = (): number => storage.agents.usingBlock(block.id).length
  const { connected_to_agents_count_eq: equal } = query
  const { connected_to_agents_count_gt: above, connected_to_agents_count_lt: below } = query
  return (
    containsText(block.label, query.label_search) &&
    containsText(block.value, query.value_search) &&
    containsText(block.description, query.description_search) &&
    hasTags(block.tags, query.tags, query.match_all_tags) &&
    (above === undefined || agents() > above) &&
    (below === undefined || agents() < below) &&
    (equal === undefined || equal.includes(agents()))
  )
}

/** Larger than any real list. */
const MAX_BLOCKS = 100_000

function detachBlock({ storage }: Service, agent: AgentRecord, blockId: string): void {
  storage.agents.save({ ...agent, blockIds: agent.blockIds.filter((id) => id !== blockId) })
}

function blocksOf(service: Service, agentId: string): readonly BlockRecord[] {
  return requireAgent(service, agentId).blockIds.flatMap(
    (id) => service.storage.blocks.get(id) ?? [],
  )
}

function requireBlockByLabel(service: Service, agentId: string, label: string): BlockRecord {
  const block = blocksOf(service, agentId).find((one) => one.label === label)
  if (block !== undefined) return block
  throw new HttpError(404, labelNotFound(label, agentId))
}

/** Throws a 409 for two blocks of the same label, because the model addresses blocks by label. */
export function assertUniqueLabels(blocks: readonly BlockRecord[]): void {
  const labels = blocks.map(({ label }) => label)
  const duplicate = labels.find((label, index) => labels.indexOf(label) !== index)
  if (duplicate === undefined) return
  throw new HttpError(409, labelTaken(duplicate))
}
