import type { Letta } from '@letta-ai/letta-client'
import * as z from 'zod'
import { valueTag } from '../../server/value-tag.ts'
import type { ChangeAuthor, MemoryBlock } from '../../session/state/memory.ts'
import { isStatus } from '../errors.ts'
import { blockAnswer, pageAnswer } from './answers.ts'
import { type ChangeDetails, changeHeader } from './change-header.ts'
import { absentFor, nullIfMissing, type Requests } from './requests.ts'

export interface BlockDraft {
  readonly label: string
  readonly value: string
  readonly description: string
  /** Characters; default: the server's own limit. */
  readonly limit?: number
  /** Marks the block as one that letta maintains. */
  readonly managed?: true
  /** Stored as the author; default: the user, or letta when it maintains the block. */
  readonly by?: ChangeAuthor
}

export interface BlockProperties {
  readonly label?: string
  readonly description?: string
  /** Characters. */
  readonly limit?: number
  readonly readOnly?: boolean
}

export interface BlockUpdate extends ChangeDetails {
  readonly value: string
  readonly by: ChangeAuthor
  /** The value that it replaces; any value when absent. */
  readonly expected?: string
}

/** The memory blocks of a server, and of its agents. */
export interface GatewayBlocks {
  /** Null when the block does not exist. */
  retrieve(id: string): Promise<MemoryBlock | null>
  create(draft: BlockDraft): Promise<MemoryBlock>
  /** All blocks of the server, those of other agents included. */
  list(): Promise<readonly MemoryBlock[]>
  ofAgent(agentId: string): Promise<readonly MemoryBlock[]>
  /** The agent's blocks, and a tag of the list; null when they are as they were when the server returned this tag. */
  changedOfAgent(
    agentId: string,
    tag: string | null,
  ): Promise<{ readonly blocks: readonly MemoryBlock[]; readonly tag: string | null } | null>
  /**
   * Null when the value is no longer `expected`, on a server that checks this. `by` is stored as the author where versions are
   * stored.
   */
  change(id: string, change: BlockUpdate): Promise<MemoryBlock | null>
  /** Changes what is not the value. */
  setProperties(id: string, change: BlockProperties): Promise<MemoryBlock>
  /** Marks a block of another program, after approval, as one that letta maintains. */
  markManaged(id: string): Promise<void>
  attach(agentId: string, id: string): Promise<void>
  detach(agentId: string, id: string): Promise<void>
  delete(id: string): Promise<void>
  /** The agents that have the block. */
  agentsOf(id: string): Promise<readonly { readonly id: string; readonly name: string }[]>
}

const MAX_LISTED_BLOCKS = 500

const BLOCK_PAGE = pageAnswer(blockAnswer)

/** `clientId` is stored as the program that changed a block. */
export function gatewayBlocks(
  client: Letta,
  { call, read }: Requests,
  clientId: string,
): GatewayBlocks {
  return {
    async retrieve(id) {
      const block = await read(() => nullIfMissing(client.blocks.retrieve(id)), blockAnswer)
      return block === null ? null : toBlock(block)
    },
    async create({ managed, by = managed === true ? 'letta' : 'user', ...draft }) {
      const metadata = managed === true ? { metadata: MANAGED } : {}
      const headers = changeHeader(by, clientId)
      return toBlock(
        await call(client.blocks.create({ ...draft, ...metadata }, { headers }), blockAnswer),
      )
    },
    async list() {
      const page = await call(client.blocks.list({ limit: MAX_LISTED_BLOCKS }))
      return page.items.map(toBlock)
    },
    async ofAgent(agentId) {
      const ask = async () => client.agents.blocks.list(agentId, { limit: 100 })
      const page = await read(ask, BLOCK_PAGE)
      return page.items.map(toBlock)
    },
    async changedOfAgent(agentId, tag) {
      const headers = tag === null ? {} : { 'if-none-match': tag }
      const list = client.agents.blocks.list(agentId, { limit: 100 }, { headers })
      const answer = await call(
        absentFor(list.withResponse(), (thrown) => isStatus(thrown, 304)),
        z.looseObject({ data: BLOCK_PAGE }),
      )
      if (answer === null) return null
      return { blocks: answer.data.items.map(toBlock), tag: answer.response.headers.get('etag') }
    },
    async change(id, { value, by, expected, ...details }) {
      const match = expected === undefined ? {} : { 'if-match': valueTag(expected) }
      const headers = { ...changeHeader(by, clientId, details), ...match }
      const block = await call(
        absentFor(client.blocks.update(id, { value }, { headers }), (thrown) =>
          isStatus(thrown, 412),
        ),
        blockAnswer,
      )
      return block === null ? null : toBlock(block)
    },
    async setProperties(id, { label, description, limit, readOnly }) {
      const body = {
        ...(label === undefined ? {} : { label }),
        ...(description === undefined ? {} : { description }),
        ...(limit === undefined ? {} : { limit }),
        ...(readOnly === undefined ? {} : { read_only: readOnly }),
      }
      const headers = changeHeader('user', clientId)
      return toBlock(await call(client.blocks.update(id, body, { headers })))
    },
    async markManaged(id) {
      const block = await call(client.blocks.retrieve(id), blockAnswer)
      const metadata = { ...block.metadata, ...MANAGED }
      const headers = changeHeader('letta', clientId)
      await call(client.blocks.update(id, { metadata }, { headers }))
    },
    attach: async (agentId, id) =>
      void (await call(client.agents.blocks.attach(id, { agent_id: agentId }))),
    detach: async (agentId, id) =>
      void (await call(client.agents.blocks.detach(id, { agent_id: agentId }))),
    delete: async (id) =>
      void (await call(client.blocks.delete(id, { headers: changeHeader('user', clientId) }))),
    async agentsOf(id) {
      const page = await call(client.blocks.agents.list(id, { limit: 100 }))
      return page.items.map(({ id: agentId, name }) => ({ id: agentId, name }))
    },
  }
}

/** The metadata by which a block is recognized that letta has created. Only such a block is written without approval. */
const MANAGED = { managed_by: 'letta-workbench' }

export function isManaged(metadata: unknown): boolean {
  return Object(metadata).managed_by === MANAGED.managed_by
}

export type BlockState = Awaited<ReturnType<Letta['blocks']['retrieve']>>

type BlockFields = Pick<
  BlockState,
  'id' | 'label' | 'value' | 'limit' | 'description' | 'read_only'
>

const DEFAULT_LIMIT = 100_000

export function toBlock(block: BlockFields): MemoryBlock {
  return {
    id: block.id,
    label: block.label ?? '',
    value: block.value,
    limit: block.limit ?? DEFAULT_LIMIT,
    description: block.description ?? null,
    readOnly: block.read_only ?? false,
  }
}
