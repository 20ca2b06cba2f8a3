import path from 'node:path'
import { BlockConflict, updateBlock } from '../memory/update-block.ts'
import { createDeniedFileFilter } from '../permissions/paths/denied-file-filter.ts'
import { discoverSkills } from '../skills/discover.ts'
import { skillsBlock } from '../skills/format.ts'
import type { SkillsSource } from '../skills/skill.ts'
import { messageOf, UserError } from '../util/user-error.ts'
import { loadRules } from './create-services.ts'
import {
  foreignSkillsBlock,
  NO_FOREIGN_SKILLS_BLOCK,
  SKILLS_NOT_TRUSTED,
  skillsBlockOutdated,
  skillsBlockReplaced,
} from './messages/skills.ts'
import { policyOf } from './policy.ts'
import type { Services, SessionOptions } from './services.ts'
import { type ChangeAuthor, type MemoryBlock, SKILLS_LABEL } from './state/memory.ts'
import type { SessionState } from './state/session-state.ts'

/** Reads the skills directory and reports what it contains. */
export async function findSkills({
  options,
  store,
  settings,
  bounds,
}: Pick<Services, 'options' | 'store' | 'settings' | 'bounds'>): Promise<void> {
  const directory = skillsDirectory(options)
  const source = skillsSource({ options, settings })
  // The user may name any directory with --skills; links of a repository must not lead out of it.
  const fence = options.skills === null ? { within: options.directory } : {}
  const filter = createDeniedFileFilter(policyOf({ store, bounds }))
  const readable = filter === null ? {} : { readable: filter }
  const { skills, problems } = await discoverSkills(directory, { ...fence, ...readable })
  store.dispatch({ type: 'skills.found', directory, found: skills, problems, source })
}

/** The agent's `skills` block when letta maintains it; null for a read-only one and one of another program. */
function maintainedBlock(state: SessionState): MemoryBlock | null {
  const block = state.memory.find((item) => item.block.label === SKILLS_LABEL)?.block
  if (block === undefined || block.readOnly) return null
  return state.managedBlocks.includes(block.id) ? block : null
}

/** A `skills` block that letta has not created, and what letta would write into it; null when there is nothing to approve. */
export function foreignSkills(
  state: SessionState,
): { readonly block: MemoryBlock; readonly value: string } | null {
  const block = state.memory.find((item) => item.block.label === SKILLS_LABEL)?.block
  if (block === undefined || block.readOnly || state.managedBlocks.includes(block.id)) return null
  const value = blockOf(state, block.limit)
  return value === block.value ? null : { block, value }
}

/**
 * The list of skills that is sent with the next message, because no block of the agent contains it; null when a block does, or
 * there are no skills.
 */
export function skillsToSend(state: SessionState): string | null {
  if (state.skills.found.length === 0 || maintainedBlock(state) !== null) return null
  return blockOf(state, MAX_SENT_CHARACTERS)
}

const MAX_SENT_CHARACTERS = 20_000

/**
 * Brings the agent's `skills` block up to date with what was found. A block of another program is only written with the user's
 * approval or the flag for it; otherwise it stays as it is, which is reported once.
 */
export async function updateSkillsBlock(parts: Services): Promise<void> {
  const { store, options, notify } = parts
  reportUntrusted(parts)
  const foreign = foreignSkills(store.state)
  if (foreign !== null && options.updateSkillsBlock) return adoptSkillsBlock(parts)
  if (foreign !== null) {
    const { message, hint } = foreignSkillsBlock(store.state.skills.found.length > 0)
    if (!isReported(store.state, message)) notify('warning', message, hint)
    return
  }
  const block = maintainedBlock(store.state)
  if (block === null) return
  await writeSkills(parts, block, blockOf(store.state, block.limit))
}

function reportUntrusted({ store, notify }: Services): void {
  const { found, source } = store.state.skills
  const { message, hint } = SKILLS_NOT_TRUSTED
  if (source !== 'untrusted' || found.length === 0 || isReported(store.state, message)) return
  notify('info', message, hint, 'now')
}

function isReported({ settled, current }: SessionState, message: string): boolean {
  return [...settled, ...current].some((one) => one.type === 'notice' && one.text === message)
}

function blockOf({ skills }: SessionState, limit: number): string {
  return skillsBlock(skills.directory, skills.found, { limit, source: skills.source })
}

/** A directory that the user names is the user's word; one in the project is what its authors wrote. */
function skillsSource({ options, settings }: Pick<Services, 'options' | 'settings'>): SkillsSource {
  const directory = skillsDirectory(options)
  const isNamed = options.skills !== null
  if (isNamed && !directory.startsWith(`${options.directory}/`)) return 'user'
  return isNamed || options.demo || settings.describesSkills ? 'project' : 'untrusted'
}

/** Replaces the block of another program, which the user has approved, and maintains it from now on. */
export async function adoptSkillsBlock(parts: Services): Promise<void> {
  const foreign = foreignSkills(parts.store.state)
  if (foreign === null) throw new UserError(NO_FOREIGN_SKILLS_BLOCK)
  const { block, value } = foreign
  if (!(await writeSkills(parts, block, value))) return
  await parts.gateway.blocks.markManaged(block.id)
  parts.store.dispatch({ type: 'memory.managed', blockId: block.id })
}

/** False when the server refused, which is reported to the user. */
async function writeSkills(parts: Services, block: MemoryBlock, value: string): Promise<boolean> {
  if (block.value === value) return true
  try {
    const [newest] = (await parts.gateway.versions.list(block.id, NEWEST)) ?? []
    const saved = await updateBlock(parts.gateway.blocks, block, value, 'skills')
    parts.store.dispatch({ type: 'memory.changed', block: saved, by: 'skills', at: parts.now() })
    if (newest !== undefined && !OWN_AUTHORS.has(newest.by)) {
      const { message, hint } = skillsBlockReplaced(newest.version)
      parts.notify('warning', message, hint)
    }
    return true
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown
    if (thrown instanceof BlockConflict && thrown.current.value === value) {
      // A session that was started at the same time has written the same list.
      const block = thrown.current
      parts.store.dispatch({ type: 'memory.changed', block, by: 'skills', at: parts.now() })
      return true
    }
    parts.notify('warning', skillsBlockOutdated(messageOf(thrown)))
    return false
  }
}

/** What anybody else has written into the block is in its history only, once the list is written again. */
const OWN_AUTHORS: ReadonlySet<ChangeAuthor> = new Set(['skills', 'letta', 'unknown'])

const NEWEST = { limit: 1, before: null } as const

export async function refreshSkills(parts: Services): Promise<void> {
  // The first skill of a directory is also the first that it can be trusted with.
  loadRules(parts)
  await findSkills(parts)
  await updateSkillsBlock(parts)
}

export function skillsDirectory({ skills, directory }: SessionOptions): string {
  return skills ?? path.join(directory, '.skills')
}
