import { openCompletion } from './completion.ts'
import type { Context } from './keymap.ts'
import type { RootState } from './state.ts'

/** The contexts that keys are looked up in now, the most particular first. */
export function contextsOf(state: RootState): readonly Context[] {
  const { overlay, focus, memory } = state.workbench
  if (overlay !== null) return OVERLAY_CONTEXTS[overlay.kind]
  if (openCompletion(state) !== null) return ['completion', 'composer', 'text', 'global']
  if (focus === 'composer') return ['composer', 'text', 'global']
  if (focus === 'memory' && memory.editing !== null) return ['memoryEditor', 'text', 'global']
  return [focus, 'global']
}

const OVERLAY_CONTEXTS = {
  picker: ['picker', 'text', 'global'],
  prompt: ['prompt', 'text', 'global'],
  question: ['question', 'global'],
  help: ['help', 'global'],
  page: ['help', 'global'],
} as const satisfies Record<string, readonly Context[]>

/** Where hints look for keys: here, then in panes that are in sight. What is only offered for a word changes none of them. */
export function hintContexts(state: RootState, command: string): readonly Context[] {
  const isOffer = command.startsWith('completion.')
  const here = contextsOf(state).filter((context) => isOffer || context !== 'completion')
  return [...here, 'approval', 'composer']
}

/** True when plain characters are typed rather than looked up. */
export function takesText(state: RootState): boolean {
  return contextsOf(state).includes('text')
}
