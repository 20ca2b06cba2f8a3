import { visibleCompletion } from '../state/completion.ts'
import type { RootState } from '../state/state.ts'
import { type KeyContext, type Keymap, keyFor } from './keymap.ts'

/** The contexts in which keys are looked up, the most specific first. */
export function activeContexts(state: RootState): readonly KeyContext[] {
  const { overlay, focus, memory, approval } = state.workbench
  if (overlay?.type === 'page' && overlay.question !== undefined) {
    return ['question', 'help', 'global']
  }
  if (overlay !== null) return OVERLAY_CONTEXTS[overlay.type]
  if (visibleCompletion(state) !== null) return ['completion', 'composer', 'text', 'global']
  if (focus === 'composer') return ['composer', 'text', 'global']
  if (focus === 'memory' && memory.merging !== null) return ['memoryMerge', 'global']
  if (focus === 'memory' && memory.editing !== null) return ['memoryEditor', 'text', 'global']
  if (focus === 'approval' && approval.editing !== null) {
    return ['approvalEditor', 'text', 'global']
  }
  return [focus, 'global']
}

const OVERLAY_CONTEXTS = {
  picker: ['picker', 'text', 'global'],
  prompt: ['prompt', 'text', 'global'],
  question: ['question', 'global'],
  help: ['help', 'global'],
  page: ['help', 'global'],
} as const satisfies Record<string, readonly KeyContext[]>

/**
 * The key that a hint of a pane shows. A dialog or suggestions do not change it: they have their own keys.
 */
export function hintKey(keymap: Keymap, state: RootState, command: string): string | null {
  const workbench = { ...state.workbench, overlay: null, completion: null }
  const below: readonly KeyContext[] = [
    ...activeContexts({ ...state, workbench }),
    'approval',
    'composer',
  ]
  return keyFor(keymap, below, command) ?? keyFor(keymap, activeContexts(state), command)
}

/** True when characters are inserted instead of looked up in the keymap. */
export function acceptsText(state: RootState): boolean {
  return activeContexts(state).includes('text')
}
