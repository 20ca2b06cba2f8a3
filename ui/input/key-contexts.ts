import { visibleCompletion } from '../state/completion.ts'
import type { RootState } from '../state/state.ts'
import { type KeyContext, type Keymap, keyFor } from './keymap.ts'

/** The contexts that keys are looked up in now, the most particular first. */
export function activeContexts(state: RootState): readonly KeyContext[] {
  const { overlay, focus, memory } = state.workbench
  if (overlay !== null) return OVERLAY_CONTEXTS[overlay.type]
  if (visibleCompletion(state) !== null) return ['completion', 'composer', 'text', 'global']
  if (focus === 'composer') return ['composer', 'text', 'global']
  if (focus === 'memory' && memory.editing !== null) return ['memoryEditor', 'text', 'global']
  return [focus, 'global']
}

const OVERLAY_CONTEXTS = {
  picker: ['picker', 'text', 'global'],
  prompt: ['prompt', 'text', 'global'],
  question: ['question', 'global'],
  job: ['question', 'global'],
  help: ['help', 'global'],
  page: ['help', 'global'],
} as const satisfies Record<string, readonly KeyContext[]>

/**
 * The key that a hint names. What lies over the panes, or is offered for a word, changes no hint of theirs: it has keys of its
 * own.
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

/** True when plain characters are typed rather than looked up. */
export function acceptsText(state: RootState): boolean {
  return activeContexts(state).includes('text')
}
