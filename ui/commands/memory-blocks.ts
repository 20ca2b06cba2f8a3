import { needsAgent } from '../../lib/commands/session-command.ts'
import type { MemoryBlock } from '../../lib/session/state/memory.ts'
import { countCodePoints } from '../../lib/util/code-points.ts'
import { timeAgo } from '../../lib/util/time-ago.ts'
import type { WorkbenchCommandId } from '../messages/commands.ts'
import {
  agentHasLabel,
  attachableDetail,
  attachBlockQuestion,
  BLOCK_PROMPTS,
  CREATE_BLOCK,
  deleteBlockQuestion,
  detachBlockQuestion,
  draftSize,
  NO_OTHER_AGENTS,
  NOTHING_DELETED_BEFORE,
  NOTHING_TO_ATTACH,
  readOnlyChanged,
  SHARING,
  shareBlockQuestion,
  THIS_AGENT,
  unshareBlockQuestion,
} from '../messages/memory.ts'
import type { BlockSharing, PickerAction, PromptAction } from '../state/overlay-actions.ts'
import { shortCount } from '../view/panes/format.ts'
import { onBlock } from './block-command.ts'
import { openOverlay, openPicker, openPrompt } from './open-overlay.ts'
import { flash, type WorkbenchCommand, type WorkbenchContext } from './workbench-command.ts'

type Property = Extract<PromptAction, { type: 'memory.setProperty' }>

/** Blocks apart from their text: create, describe, share and delete them. */
export const MEMORY_BLOCK_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'memory.create',
    unavailable: ({ session }) => needsAgent(session),
    run: (context) => openPrompt(context, { ...CREATE_BLOCK, action: { type: 'memory.create' } }),
  },
  promptCommand('memory.rename', 'label'),
  promptCommand('memory.describe', 'description'),
  promptCommand('memory.setLimit', 'limit'),
  onBlock('memory.toggleReadOnly', async (context, { block }) => {
    const readOnly = !block.readOnly
    await context.session.memory.blocks.change(block.id, { readOnly })
    flash(context, readOnlyChanged(block.label, readOnly))
  }),
  onBlock('memory.detach', async (context, { block }) => {
    const { agents } = await context.session.memory.blocks.reach(block.id)
    openOverlay(context, {
      type: 'question',
      ...detachBlockQuestion(block.label, agents),
      action: { type: 'memory.detach', blockId: block.id },
    })
  }),
  onBlock('memory.delete', async (context, { block }) => {
    const reach = await context.session.memory.blocks.reach(block.id)
    openOverlay(context, {
      type: 'question',
      ...deleteBlockQuestion(block.label, reach.agents, reach.isRestorable),
      action: { type: 'memory.delete', blockId: block.id },
    })
  }),
  {
    id: 'memory.attach',
    unavailable: ({ session }) => needsAgent(session),
    async run(context) {
      const blocks = await context.session.memory.blocks.attachable()
      if (blocks.length === 0) {
        flash(context, NOTHING_TO_ATTACH)
        return
      }
      const items = blocks.map(({ block: { id, label, value, description }, agents }) => ({
        title: label,
        detail: attachableDetail(
          shortCount(countCodePoints(value)),
          agents,
          description || value.slice(0, 60),
        ),
        current: false,
        action: { type: 'memory.reviewAttach', blockId: id, label } as const,
      }))
      openPicker(context, BLOCK_PROMPTS.attach, items)
    },
  },
  onBlock('memory.share', async (context, { block }) => {
    const agents = await context.session.memory.blocks.otherAgents(block.id)
    if (agents.length === 0) {
      flash(context, NO_OTHER_AGENTS)
      return
    }
    const having = agents.filter(({ hasBlock }) => hasBlock).map(({ name }) => name)
    const items = agents.map(({ id, name, hasBlock }) => ({
      title: name,
      detail: hasBlock ? SHARING.hasBlock : '',
      current: hasBlock,
      action: {
        type: 'memory.reviewSharing',
        sharing: { blockId: block.id, agentId: id, isShared: !hasBlock },
        names: { label: block.label, agent: name, having },
      } as const,
    }))
    openPicker(context, SHARING.title(block.label), items)
  }),
  {
    id: 'memory.restoreDeleted',
    unavailable: ({ session }) => needsAgent(session),
    async run(context) {
      const deleted = await context.session.memory.deleted()
      const { session, workbench } = context.root.state
      const drafts = Object.entries(workbench.memory.drafts).flatMap(([label, { text }]) => {
        if (session.memory.some(({ block }) => block.label === label)) return []
        const detail = draftSize(countCodePoints(text))
        const action = { type: 'memory.continueDraft', label } as const
        return [{ title: label, detail, current: false, action }]
      })
      if (deleted.length === 0 && drafts.length === 0) {
        flash(context, NOTHING_DELETED_BEFORE)
        return
      }
      const items = deleted.map((version) => ({
        title: version.label,
        detail: timeAgo(Math.max(0, context.now() - version.at)),
        current: false,
        action: { type: 'memory.reviewRestore', version } as const,
      }))
      openPicker(context, BLOCK_PROMPTS.restoreDeleted, [...drafts, ...items])
    },
  },
]

/** A block that is created or attached is selected, for the next key. An error leaves the prompt open. */
export async function addBlock(
  { root }: WorkbenchContext,
  add: () => Promise<unknown>,
): Promise<void> {
  const known = new Set(root.state.session.memory.map(({ block }) => block.id))
  await add()
  const added = root.state.session.memory.find(({ block }) => !known.has(block.id))
  if (added !== undefined) root.dispatch({ type: 'memory.selected', label: added.block.label })
}

/** The agents that have the block already are named before it is attached. */
export async function reviewAttach(
  context: WorkbenchContext,
  { blockId, label }: { readonly blockId: string; readonly label: string },
): Promise<void> {
  if (context.root.state.session.memory.some(({ block }) => block.label === label)) {
    flash(context, agentHasLabel(THIS_AGENT, label))
    return
  }
  const { agents } = await context.session.memory.blocks.reach(blockId)
  openOverlay(context, {
    type: 'question',
    ...attachBlockQuestion(label, agents),
    action: { type: 'memory.attach', blockId },
  })
}

export async function reviewSharing(
  context: WorkbenchContext,
  { sharing, names }: Extract<PickerAction, { type: 'memory.reviewSharing' }>,
): Promise<void> {
  const { label, agent, having } = names
  const { blocks } = context.session.memory
  if (sharing.isShared && (await blocks.isLabelTaken(sharing.agentId, sharing.blockId))) {
    flash(context, agentHasLabel(agent, label))
    return
  }
  openOverlay(context, {
    type: 'question',
    ...(sharing.isShared
      ? shareBlockQuestion(label, agent, having)
      : unshareBlockQuestion(label, agent, having)),
    action: { type: 'memory.share', ...sharing },
  })
}

export async function setSharing(
  { root, session }: WorkbenchContext,
  { blockId, agentId, isShared }: BlockSharing,
): Promise<void> {
  const { blocks } = session.memory
  await (isShared ? blocks.share(blockId, agentId) : blocks.unshare(blockId, agentId))
  const { agents, place } = await blocks.reach(blockId)
  const [sharing, places] = [{ [blockId]: agents }, { [blockId]: place }]
  root.dispatch({ type: 'memoryPage.sharingRead', sharing, places })
}

function promptCommand(id: WorkbenchCommandId, property: Property['property']): WorkbenchCommand {
  return onBlock(id, (context, { block }) =>
    openPrompt(context, {
      title: block.label,
      explanation: BLOCK_PROMPTS[property],
      text: propertyText(block, property),
      action: { type: 'memory.setProperty', property, blockId: block.id },
    }),
  )
}

function propertyText(block: MemoryBlock, property: Property['property']): string {
  return property === 'limit' ? `${block.limit}` : (block[property] ?? '')
}

/** An error leaves the prompt open. */
export async function setProperty(
  { session, root }: WorkbenchContext,
  { property, blockId }: Property,
  text: string,
): Promise<void> {
  const block = root.state.session.memory.find((item) => item.block.id === blockId)?.block
  if (block === undefined || propertyText(block, property) === text.trim()) return
  const { blocks } = session.memory
  if (property === 'label') await blocks.change(blockId, { label: text })
  if (property === 'description') await blocks.change(blockId, { description: text.trim() })
  if (property === 'limit') {
    await blocks.change(blockId, { limit: Number(text.replaceAll(/[\s_,]/g, '') || Number.NaN) })
  }
}
