import type { VersionRow } from '../../lib/session/ports/memory.ts'
import { diffLines } from './memory-diff.ts'
import type { WorkbenchContext } from './workbench-command.ts'

/** Milliseconds between the two writes of a move. */
const MOVE_MS = 10_000

/** The block that the newest change of this one moved lines to, or from; null when it moved none. */
export async function findMoveTarget(
  { root, session }: WorkbenchContext,
  label: string,
): Promise<string | null> {
  const newestOf = (one: string): Promise<readonly VersionRow[]> =>
    session.memory.versions(one, { limit: 2, before: null })
  const change = changedText(await newestOf(label))
  if (change === null) return null
  for (const { block } of root.state.session.memory) {
    if (block.label === label) continue
    const other = changedText(await newestOf(block.label))
    if (other === null || Math.abs(other.at - change.at) > MOVE_MS) continue
    if (other.added === change.removed && other.removed === change.added) return block.label
  }
  return null
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
