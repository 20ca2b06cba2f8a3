import { findTyped } from '../commands/find.ts'
import type { WorkbenchContext } from '../commands/workbench-command.ts'
import type { RootStore } from './render-scheduler.ts'

/** Searches again whenever the text to find in the conversation has changed. */
export function startFinding(
  root: RootStore,
  perform: (action: (context: WorkbenchContext) => Promise<void>) => void,
): void {
  let before = ''
  root.subscribe(({ workbench: { finding } }, { type }) => {
    const query = finding?.query.text ?? ''
    const isTyped = type === 'text.edited' && finding !== null && query !== before
    before = query
    if (isTyped) perform(findTyped)
  })
}
