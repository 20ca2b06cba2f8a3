import { serverName } from '../client/backend.ts'
import type { BlockProperties } from '../client/gateway/blocks.ts'
import type { MemoryHistory } from '../memory/history.ts'
import {
  blockDeleted,
  invalidLimit,
  LABEL_REQUIRED,
  labelInUse,
  limitBelowSize,
} from '../memory/messages.ts'
import { blockDrafts } from '../prompts/index.ts'
import { PROJECT_LABELS } from '../settings/remembered-ids.ts'
import { countCodePoints } from '../util/code-points.ts'
import { ignoreUserError, UserError } from '../util/user-error.ts'
import type { Services } from './services.ts'
import type { BlockPlace, MemoryBlock } from './state/memory.ts'
import type { SessionState } from './state/session-state.ts'

/** What a user does with blocks, apart from their text. */
export interface BlockActions {
  /** Creates an empty block and attaches it to the agent. */
  create(label: string): Promise<void>
  /**
   * Brings back a block that the agent has lost, last seen with the text `before`: attached again where it still exists, else
   * restored with its history where the server stores it, or else created with its place in the settings. Returns the text that
   * an edit of the block is based on.
   */
  regain(label: string, before: string): Promise<string>
  change(blockId: string, change: BlockProperties): Promise<void>
  /** The block stays on the server, and with the other agents that have it. */
  detach(blockId: string): Promise<void>
  /** Deletes the block, also from the other agents that have it. */
  remove(blockId: string): Promise<void>
  attach(blockId: string): Promise<void>
  /** Gives the block to another agent, or takes it from one that has it. */
  share(blockId: string, otherAgentId: string): Promise<void>
  unshare(blockId: string, otherAgentId: string): Promise<void>
  /** Query: whether another agent has a different block with the label, so that it cannot get this one. */
  isLabelTaken(otherAgentId: string, blockId: string): Promise<boolean>
  /** Query: all other agents of the server, and whether they have the block. */
  otherAgents(blockId: string): Promise<readonly SharingAgent[]>
  /** Query: the blocks of the server that the agent lacks, with the names of the agents that have them. */
  attachable(): Promise<readonly AttachableBlock[]>
  /** Query: the names of the other agents that have the block, and whether it can be restored after it was deleted. */
  reach(blockId: string): Promise<BlockReach>
}

export interface SharingAgent {
  readonly id: string
  readonly name: string
  readonly hasBlock: boolean
}

export interface AttachableBlock {
  readonly block: MemoryBlock
  /** Null when it was not asked: of many blocks only the first ones are. */
  readonly agents: readonly string[] | null
}

/** Each of them is a request. */
const MAX_ASKED_BLOCKS = 60

export interface BlockReach {
  readonly agents: readonly string[]
  readonly isRestorable: boolean
  readonly place: BlockPlace
}

export function createBlockActions(
  open: () => Services,
  history: (services: Services) => Pick<MemoryHistory, 'isLocal' | 'deleted' | 'restore'>,
): BlockActions {
  const report = ({ store, now }: Services, block: MemoryBlock): void =>
    store.dispatch({ type: 'memory.changed', block, by: 'user', at: now() })
  const create = async (services: Services, label: string, description = ''): Promise<void> => {
    const name = checkLabel(services.store.state, label)
    const block = await services.gateway.blocks.create({ label: name, value: '', description })
    await services.gateway.blocks.attach(agentId(services), block.id)
    await rememberInPlaceOf(services, block)
    report(services, block)
  }
  return {
    create: async (label) => create(open(), label),
    async regain(label, before) {
      const services = open()
      const name = checkLabel(services.store.state, label)
      const detached = await findDetached(services, name, before)
      if (detached !== null) {
        await services.gateway.blocks.attach(agentId(services), detached.id)
        report(services, detached)
        return before
      }
      const versions = history(services)
      const deleted = (await versions.deleted(agentId(services))).find((one) => one.label === name)
      if (deleted === undefined) {
        const usual = blockDrafts().find((draft) => draft.label === name)
        await create(services, name, usual?.description)
        return ''
      }
      const block = await versions.restore(deleted)
      const { store, now } = services
      store.dispatch({ type: 'memory.changed', block, by: 'restore', at: now() })
      return block.value
    },
    async change(blockId, change) {
      const services = open()
      const { state } = services.store
      const { label, limit } = change
      const checked = label === undefined ? change : { ...change, label: checkLabel(state, label) }
      if (limit !== undefined) checkLimit(blockById(state, blockId), limit)
      report(services, await services.gateway.blocks.setProperties(blockId, checked))
    },
    async detach(blockId) {
      const services = open()
      await services.gateway.blocks.detach(agentId(services), blockId)
      services.store.dispatch({ type: 'memory.removed', blockId })
    },
    async remove(blockId) {
      const services = open()
      await services.gateway.blocks.delete(blockId)
      services.store.dispatch({ type: 'memory.removed', blockId })
    },
    async attach(blockId) {
      const services = open()
      const block = await services.gateway.blocks.retrieve(blockId)
      if (block === null) throw new UserError(blockDeleted(blockId))
      checkLabel(services.store.state, block.label)
      await services.gateway.blocks.attach(agentId(services), blockId)
      report(services, block)
    },
    share: async (blockId, other) => open().gateway.blocks.attach(other, blockId),
    unshare: async (blockId, other) => open().gateway.blocks.detach(other, blockId),
    async isLabelTaken(other, blockId) {
      const { gateway, store } = open()
      const { label } = blockById(store.state, blockId)
      const blocks = await gateway.blocks.ofAgent(other)
      return blocks.some((block) => block.label === label && block.id !== blockId)
    },
    async otherAgents(blockId) {
      const services = open()
      const { gateway } = services
      const [all, having] = await Promise.all([
        gateway.agents.list(),
        gateway.blocks.agentsOf(blockId),
      ])
      return all
        .filter(({ id }) => id !== agentId(services))
        .map(({ id, name }) => ({ id, name, hasBlock: having.some((one) => one.id === id) }))
    },
    async attachable() {
      const { gateway, store } = open()
      const own = store.state.memory.map(({ block }) => block.id)
      const blocks = (await gateway.blocks.list()).filter(({ id }) => !own.includes(id))
      const agents = await Promise.all(
        blocks.slice(0, MAX_ASKED_BLOCKS).map(({ id }) => namesOfAgents(gateway.blocks, id)),
      )
      return blocks.map((block, index) => ({ block, agents: agents[index] ?? null }))
    },
    async reach(blockId) {
      const services = open()
      const agents = await services.gateway.blocks.agentsOf(blockId)
      const others = agents.filter(({ id }) => id !== agentId(services))
      return {
        agents: others.map(({ name }) => name),
        isRestorable: !(await history(services).isLocal(blockId)),
        place: placeOf(services, blockId),
      }
    },
  }
}

/** Null for a block that was deleted meanwhile. */
async function namesOfAgents(
  blocks: Services['gateway']['blocks'],
  id: string,
): Promise<readonly string[] | null> {
  const agents = await blocks.agentsOf(id).catch(ignoreUserError)
  return agents?.map(({ name }) => name) ?? null
}

/** The block that was detached: of those with its label and text, the one that the settings name, or else the only one. */
async function findDetached(
  { settings, options, gateway }: Services,
  label: string,
  before: string,
): Promise<MemoryBlock | null> {
  const saved = settings.on(serverName(options.backend)).blockIds[label]
  const blocks = await gateway.blocks.list()
  const alike = blocks.filter((block) => block.label === label && block.value === before)
  const [block, ...others] = alike
  return alike.find(({ id }) => id === saved) ?? (others.length === 0 ? (block ?? null) : null)
}

/** The settings name the new block where they named one of its label that does not exist any more. */
async function rememberInPlaceOf(
  { settings, options, gateway }: Services,
  { id, label }: MemoryBlock,
): Promise<void> {
  const saved = settings.on(serverName(options.backend))
  const before = saved.blockIds[label]
  if (before === undefined || (await gateway.blocks.retrieve(before)) !== null) return
  await saved.rememberBlocks({ [label]: id })
}

function placeOf({ settings, options }: Services, blockId: string): BlockPlace {
  const saved = Object.entries(settings.on(serverName(options.backend)).blockIds)
  const label = saved.find(([, id]) => id === blockId)?.[0]
  if (label === undefined) return 'agent'
  return PROJECT_LABELS.has(label) ? 'project' : 'user'
}

function agentId({ store }: Services): string {
  return store.state.agent?.id ?? ''
}

function blockById({ memory }: SessionState, id: string): MemoryBlock {
  const block = memory.find((item) => item.block.id === id)?.block
  if (block === undefined) throw new UserError(blockDeleted(id))
  return block
}

/** The agent addresses blocks by label. */
function checkLabel({ memory }: SessionState, label: string): string {
  const name = label.trim()
  if (name === '') throw new UserError(LABEL_REQUIRED)
  if (memory.some(({ block }) => block.label === name)) throw new UserError(labelInUse(name))
  return name
}

function checkLimit({ label, value }: MemoryBlock, limit: number): void {
  if (!Number.isInteger(limit) || limit < 1) throw new UserError(invalidLimit(label))
  const length = countCodePoints(value)
  if (limit < length) throw new UserError(limitBelowSize(label, length, limit))
}
