import type { VersionRow } from '../../lib/session/ports/memory.ts'
import type { BlockVersion } from '../../lib/session/state/memory.ts'
import { diffLines } from './memory-diff.ts'
import type { WorkbenchContext } from './workbench-command.ts'

/** Milliseconds between the two writes of a move. */
const MOVE_MS = 10_000

/**
 * The versions before the newest change of a block: of the block, and when that change has moved lines, of the other block too.
 * First the one to which lines return, so that they are in both blocks when the second write fails. Empty without such a version.
 */
export async function versionsToUndo(
  { root, session }: WorkbenchContext,
  label: string,
): Promise<readonly BlockVersion[]> {
  const newestOf = (one: string): Promise<readonly VersionRow[]> =>
    session.memory.versions(one, { limit: 2, before: null })
  const rows = await newestOf(label)
  const previous = rows[1]
  if (previous === undefined) return []
  const change = changedText(rows)
  if (change === null) return [previous]
  for (const { block } of root.state.session.memory) {
    if (block.label === label || block.readOnly) continue
    const others = await newestOf(block.label)
    const [other, before] = [changedText(others), others[1]]
    if (other === null || before === undefined) continue
    if (Math.abs(other.at - change.at) > MOVE_MS) continue
    if (other.added !== change.removed || other.removed !== change.added) continue
    return change.removed === '' ? [before, previous] : [previous, before]
  }
  return [previous]
}

/** What a change of the user has either added or removed. */
function changedText([newest, previous]: readonly VersionRow[]) {
  if (newest?.by !== 'user' || previous === undefined) return null
  const lines = diffLines(previous.value, newest.value)
  const ofSign = (sign: string): string =>
    lines
      .flatMap((line) => (line.type === 'diff' && line.sign === sign ? [line.text] : []))
      .join('\n')
  const [added, removed] = [ofSign('+'), ofSign('-')]
  return (added === '') === (removed === '') ? null : { at: newest.at, added, removed }
}
