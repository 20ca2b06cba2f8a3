import { changedMeanwhile } from '../messages/memory-history.ts'
import { flash, type WorkbenchContext } from './workbench-command.ts'

/**
 * Writes a value in place of the one that was shown, merged with what others have changed meanwhile; nothing, with a message, when
 * they have changed the same lines. A draft of the block stays.
 */
export async function writeBlock(
  context: WorkbenchContext,
  {
    label,
    before,
    after,
  }: { readonly label: string; readonly before: string; readonly after: string },
): Promise<boolean> {
  const result = await context.session.memory.edit(label, after, before)
  if (result.type === 'saved') return true
  flash(context, changedMeanwhile(label))
  return false
}
