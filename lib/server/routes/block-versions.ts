import type { Hono } from 'hono'
import * as z from 'zod'
import { countVersionLines } from '../../util/unified-diff.ts'
import { HttpError } from '../errors.ts'
import { booleanParameter, describeEndpoint, limitParameter } from '../http/endpoint.ts'
import { blockIdNotFound, blockVersionNotFound } from '../messages/api.ts'
import type { BlockVersionRecord } from '../records.ts'
import { assertId, type Service } from '../service.ts'
import { toBlockJson, toVersionJson } from '../wire/records.ts'
import { requestAuthor } from './block-author.ts'

const listQuery = z.object({
  limit: limitParameter(50),
  /** The number of a version: only those before it. */
  before: z.coerce.number().int().optional(),
  /** Only versions of this time or before it. */
  until: z.iso.datetime().optional(),
  include_values: booleanParameter.optional(),
  /** How many lines each version has changed: for a list that shows no values. */
  include_changes: booleanParameter.optional(),
})

/** The history of memory blocks. Letta server does not have these routes. */
export function blockVersionRoutes(app: Hono, service: Service): void {
  const { storage } = service

  const deleted = describeEndpoint({
    summary: 'List deleted memory blocks, the newest first',
    query: z.object({ agent_id: z.string().optional() }),
    response: ['blockVersion'],
  })
  app.get('/v1/blocks/deleted', deleted, ({ req, json }) => {
    const { agent_id: agentId } = req.valid('query')
    const versions = storage.blockVersions
      .deleted()
      .filter(({ deletedFrom }) => agentId === undefined || deletedFrom?.includes(agentId))
    return json(versions.map((version) => toVersionJson(version, true)))
  })

  const all = '/v1/blocks/:block_id/versions'
  const list = describeEndpoint({
    summary: 'List the versions of a memory block, the newest first',
    query: listQuery,
    response: ['blockVersion'],
  })
  app.get(all, list, ({ req, json }) => {
    const blockId = assertId('block', req.param('block_id'))
    const { limit, before = null, until, include_values: withValues = false } = req.valid('query')
    const { include_changes: withChanges = false } = req.valid('query')
    const times = until === undefined ? {} : { until: new Date(until).toISOString() }
    // The oldest one is compared with the version before it.
    const read = withChanges ? limit + 1 : limit
    const found = storage.blockVersions.list(blockId, { limit: read, before, ...times })
    const versions = found.slice(0, limit)
    const { versions: total, characters } = storage.blockVersions.totals(blockId)
    if (total === 0) throw new HttpError(404, blockIdNotFound(blockId))
    const headers = { 'x-total-versions': `${total}`, 'x-total-characters': `${characters}` }
    return json(
      versions.map((version, index) => ({
        ...toVersionJson(version, withValues),
        ...(withChanges ? changedLines(version, found[index + 1]) : {}),
      })),
      200,
      headers,
    )
  })
  const one = describeEndpoint({
    summary: 'Retrieve a version of a memory block',
    response: 'blockVersion',
  })
  app.get(`${all}/:version`, one, ({ req, json }) =>
    json(toVersionJson(requireVersion(service, req.param('block_id'), req.param('version')), true)),
  )
  const restore = describeEndpoint({
    summary: 'Restore a version of a memory block, also of a deleted one',
    response: 'block',
  })
  app.post(`${all}/:version/restore`, restore, ({ req, json }) => {
    const block = storage.transaction(() => {
      const version = requireVersion(service, req.param('block_id'), req.param('version'))
      const at = service.now().toISOString()
      const author = requestAuthor(req)
      const current = storage.blocks.get(version.blockId)
      if (current === null) {
        const restored = { ...version.block, updatedAt: at }
        storage.blocks.insert(restored, author)
        attachAgain(service, version.blockId)
        return restored
      }
      const { value, description, limit } = version.block
      const restored = { ...current, value, description, limit, updatedAt: at }
      storage.blocks.save(restored, author)
      return restored
    })
    return json(toBlockJson(block))
  })
}

function changedLines(version: BlockVersionRecord, previous: BlockVersionRecord | undefined) {
  const changed = { value: version.block.value, isDeletion: version.deletedFrom !== null }
  const { added, removed } = countVersionLines(changed, previous?.block.value)
  return { added_lines: added, removed_lines: removed }
}

/** A deleted block is attached again to the agents that had it, unless they have another block of its label by now. */
function attachAgain({ storage }: Service, blockId: string): void {
  const versions = storage.blockVersions.list(blockId, { limit: 2, before: null })
  const agentIds = versions.flatMap(({ deletedFrom }) => deletedFrom ?? [])
  const label = storage.blocks.get(blockId)?.label
  for (const id of agentIds) {
    const agent = storage.agents.get(id)
    if (agent === null || agent.blockIds.includes(blockId)) continue
    const labels = agent.blockIds.map((one) => storage.blocks.get(one)?.label)
    if (labels.includes(label)) continue
    storage.agents.save({ ...agent, blockIds: [...agent.blockIds, blockId] })
  }
}

function requireVersion({ storage }: Service, blockId: string, text: string): BlockVersionRecord {
  const id = assertId('block', blockId)
  const version = /^\d{1,9}$/.test(text) ? storage.blockVersions.get(id, Number(text)) : null
  if (version === null) throw new HttpError(404, blockVersionNotFound(id, text))
  return version
}
