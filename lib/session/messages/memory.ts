import { changedLines } from '../../util/quantities.ts'
import { commandReference } from '../../util/references.ts'
import { toTerminalRow } from '../../util/sanitize.ts'
import type { BlockVersion, ChangeAuthor, ChangeOrigin } from '../state/memory.ts'

/** Memory blocks and their history. */

type NamedProperties = Pick<BlockVersion, 'label' | 'limit' | 'description' | 'readOnly'>

/** What differs between two states of a block apart from its text: `limit 100000 → 77`. */
export function propertyChanges(
  before: NamedProperties | undefined,
  after: NamedProperties,
): readonly string[] {
  if (before === undefined) return []
  const isReadOnly = after.readOnly === true
  return [
    ...(before.label === after.label
      ? []
      : [`label ${toTerminalRow(before.label)} → ${toTerminalRow(after.label)}`]),
    ...(before.limit === after.limit ? [] : [`limit ${before.limit} → ${after.limit}`]),
    ...((before.description ?? '') === (after.description ?? '')
      ? []
      : [`description: ${toTerminalRow(after.description ?? '') || 'none'}`]),
    ...(before.readOnly === undefined || (before.readOnly === true) === isReadOnly
      ? []
      : [isReadOnly ? 'read-only' : 'writable']),
  ]
}

export function authorName(
  by: ChangeAuthor,
  { isOther, isElsewhere, agentName, tool, client }: ChangeOrigin & { isElsewhere?: boolean },
): string {
  if (isElsewhere === true) {
    return by === 'agent'
      ? 'the agent in another conversation'
      : `${CHANGED_BY[by]} in another session`
  }
  if (by === 'agent') {
    const other =
      agentName === undefined ? 'another agent' : `the agent ${toTerminalRow(agentName)}`
    return `${isOther ? other : 'the agent'}${tool ? ` (${tool})` : ''}`
  }
  if (by === 'elsewhere' && client !== undefined) return `another client (${toTerminalRow(client)})`
  return `${CHANGED_BY[by]}${isOther && by !== 'letta' ? ' in another client' : ''}`
}

/** Who changed a block. */
const CHANGED_BY: Readonly<Record<ChangeAuthor, string>> = {
  agent: 'the agent',
  user: 'you',
  skills: 'the skills directory',
  import: 'an import',
  restore: 'a restore',
  letta: 'letta',
  elsewhere: 'another client',
  unknown: 'an unknown author',
}

/** One line after a turn. */
export function memoryLearned(
  blocks: readonly { readonly label: string; readonly added: number; readonly removed: number }[],
): string {
  const changes = blocks.map((block) => `${block.label} ${changedLines(block)}`)
  return `memory changed: ${changes.join(', ')} · ${commandReference('memory.learned')} reviews it`
}

export function memoryNotReloaded(reason: string): string {
  return `Failed to reload memory: ${reason}`
}
