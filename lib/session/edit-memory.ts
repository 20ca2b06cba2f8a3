import path from 'node:path'
import { blockNotFound } from '../memory/messages.ts'
import { BlockConflict, updateBlock } from '../memory/update-block.ts'
import { discoverSkills } from '../skills/discover.ts'
import { skillsBlock } from '../skills/format.ts'
import { messageOf, UserError } from '../util/user-error.ts'
import { skillsBlockOutdated } from './messages.ts'
import type { Services, SessionOptions } from './services.ts'
import type { MemoryBlock, MemoryChange } from './state.ts'

/** Loads the agent's blocks again and reports those that have changed. */
export async function reloadMemory(parts: Services, by: MemoryChange['by']): Promise<void> {
  const { agent } = parts.store.state
  if (agent === null) return
  const blocks = await parts.gateway.blocks(agent.id)
  if (parts.store.state.agent?.id !== agent.id) return
  for (const block of blocks) {
    const known = parts.store.state.memory.find((item) => item.block.label === block.label)
    if (known?.block.value === block.value) continue
    parts.store.dispatch({ type: 'memory.changed', block, by, at: parts.now() })
  }
}

/** Saves the user's edit; refuses when the block has changed since it was read. */
export async function editMemory(
  parts: Services,
  label: string,
  value: string,
  before: string,
): Promise<MemoryBlock> {
  const known = parts.store.state.memory.find((item) => item.block.label === label)?.block
  if (known === undefined) throw new UserError(blockNotFound(label))
  const report = (block: MemoryBlock, by: MemoryChange['by']): void =>
    parts.store.dispatch({ type: 'memory.changed', block, by, at: parts.now() })
  try {
    const block = await updateBlock(parts.gateway, { ...known, value: before }, value)
    report(block, 'user')
    return block
  } catch (thrown) {
    if (thrown instanceof BlockConflict) report(thrown.current, 'agent')
    throw thrown
  }
}

/** Reads the skills directory and reports what it contains. */
export async function findSkills({
  options,
  store,
}: Pick<Services, 'options' | 'store'>): Promise<void> {
  const directory = skillsDirectory(options)
  // The user may name any directory with --skills; links of a repository must not lead out of it.
  const fence = options.skills === null ? { within: options.directory } : {}
  const { skills, problems } = await discoverSkills(directory, fence)
  store.dispatch({ type: 'skills.found', directory, found: skills, problems })
}

/** Brings the agent's `skills` block up to date with what was found. */
export async function updateSkillsBlock(parts: Services): Promise<void> {
  const { directory, found } = parts.store.state.skills
  const known = parts.store.state.memory.find((item) => item.block.label === 'skills')?.block
  if (known === undefined || known.readOnly) return
  const value = skillsBlock(directory, found, known.limit)
  if (known.value === value) return
  try {
    const block = await parts.gateway.changeBlock(known.id, value)
    parts.store.dispatch({ type: 'memory.changed', block, by: 'skills', at: parts.now() })
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown
    parts.notify('warning', skillsBlockOutdated(messageOf(thrown)))
  }
}

export async function refreshSkills(parts: Services): Promise<void> {
  await findSkills(parts)
  await updateSkillsBlock(parts)
}

export function skillsDirectory({ skills, directory }: SessionOptions): string {
  return skills ?? path.join(directory, '.skills')
}
