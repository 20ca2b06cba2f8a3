import { shownQuestions } from '../state/answer-form.ts'
import { visibleCompletion } from '../state/completion.ts'
import type { RootState } from '../state/state.ts'
import type { VimState } from '../state/vim.ts'
import { type KeyContext, type Keymap, keyFor } from './keymap.ts'

/** The contexts in which keys are looked up, the most specific first. */
export function activeContexts(state: RootState): readonly KeyContext[] {
  const { overlay, focus, page, memory, approval, vim, finding, conversations } = state.workbench
  if (overlay?.type === 'page' && overlay.question !== undefined) {
    return ['question', 'help', 'global']
  }
  if (overlay !== null && isUntouchedFirstList(state))
    return [...NO_MODEL, ...OVERLAY_CONTEXTS[overlay.type]]
  if (overlay !== null) return OVERLAY_CONTEXTS[overlay.type]
  // The next character belongs to a command such as `r`.
  if (vim?.awaits !== undefined && writesInModes(state)) return ['insert', 'text', 'global']
  const mode = vim === null ? [] : MODE_CONTEXTS[vim.mode]
  const message = [...mode, ...composerContexts(state), 'text', 'global'] as const
  if (visibleCompletion(state) !== null) return ['completion', ...message]
  if (focus === 'composer') return isWithoutModel(state) ? [...NO_MODEL, ...message] : message
  if (focus === 'conversation' && finding !== null) return ['find', 'text', 'global']
  if (focus === 'conversations' && conversations.isFinding)
    return ['conversationsFind', 'text', 'global']
  if (focus === 'memory' && memory.merging !== null) return ['memoryMerge', 'global']
  if (focus === 'memory' && memory.editing !== null)
    return [...mode, 'memoryEditor', 'text', 'global']
  if (focus === 'memory' && page === 'memory' && memory.archival !== null)
    return ['archival', 'global']
  if (focus === 'approval' && approval.editing !== null)
    return [...mode, 'approvalEditor', 'text', 'global']
  if (focus === 'approval' && shownQuestions(state) !== null) {
    return approval.writing === null
      ? ['approvalQuestion', 'global']
      : [...mode, 'approvalAnswer', 'text', 'global']
  }
  if (focus === 'memory' && page === 'memory' && memory.page.column !== 'blocks') {
    return [memory.page.column === 'text' ? 'memoryText' : 'memoryHistory', 'memory', 'global']
  }
  if (focus === 'conversation' && isWithoutModel(state)) return [...NO_MODEL, focus, 'global']
  return [focus, 'global']
}

function composerContexts({ session }: RootState): readonly KeyContext[] {
  return session.turn.type === 'running' ? ['working', 'composer'] : ['composer']
}

const NO_MODEL = ['noModel'] as const

/** While there is no model and nothing is written, a letter is a key. */
function isWithoutModel({ session, workbench }: RootState): boolean {
  return session.start === 'noModel' && session.agent === null && workbench.composer.text === ''
}

/** The list that opened automatically: the key that the screen below it names is not for its filter. */
function isUntouchedFirstList(state: RootState): boolean {
  const { overlay } = state.workbench
  if (overlay?.type !== 'picker' || overlay.begun !== '') return false
  return overlay.query.text === '' && isWithoutModel(state)
}

function writesInModes({ workbench: { focus, memory, approval } }: RootState): boolean {
  if (focus === 'memory') return memory.merging === null && memory.editing !== null
  return focus === 'composer' || (focus === 'approval' && approval.editing !== null)
}

/** The modes of vim apply where text of several lines is written. */
const MODE_CONTEXTS = {
  insert: ['insert'],
  normal: ['normal'],
  visual: ['visual', 'normal'],
  visualLine: ['visual', 'normal'],
} as const satisfies Record<VimState['mode'], readonly KeyContext[]>

const OVERLAY_CONTEXTS = {
  picker: ['picker', 'text', 'global'],
  prompt: ['prompt', 'text', 'global'],
  rule: ['ruleDialog', 'global'],
  question: ['question', 'global'],
  unsavedBlock: ['unsavedBlock', 'global'],
  help: ['help', 'text', 'global'],
  page: ['help', 'global'],
  learned: ['learned', 'global'],
} as const satisfies Record<string, readonly KeyContext[]>

/**
 * The key that a hint of a pane shows. A dialog or suggestions do not change it: they have their own keys.
 */
export function hintKey(keymap: Keymap, state: RootState, command: string): string | null {
  return (
    keyFor(keymap, hintContexts(state), command) ?? keyFor(keymap, activeContexts(state), command)
  )
}

const hinted = new WeakMap<RootState, readonly KeyContext[]>()

function hintContexts(state: RootState): readonly KeyContext[] {
  const known = hinted.get(state)
  if (known !== undefined) return known
  const workbench = { ...state.workbench, overlay: null, completion: null }
  const contexts = [...activeContexts({ ...state, workbench }), 'approval', 'composer'] as const
  hinted.set(state, contexts)
  return contexts
}

/** The contexts of the focused pane below a dialog. */
export function contextsBelow(state: RootState): readonly KeyContext[] {
  return activeContexts({ ...state, workbench: { ...state.workbench, overlay: null } })
}

/** A command that the focused pane or dialog binds itself, and its key. */
export interface OwnKey {
  readonly keys: string
  readonly command: string
}

/** The keys of the focused pane or dialog, without those of text editing and those that work everywhere. */
export function ownKeys(keymap: Keymap, state: RootState): readonly OwnKey[] {
  const contexts = activeContexts(state)
  const known = ownKeysOf.get(keymap) ?? new Map<string, readonly OwnKey[]>()
  ownKeysOf.set(keymap, known)
  const question = contexts.join()
  const before = known.get(question)
  if (before !== undefined) return before
  const keys = findOwnKeys(keymap, contexts)
  known.set(question, keys)
  return keys
}

/** The number of lists of contexts is small. */
const ownKeysOf = new WeakMap<Keymap, Map<string, readonly OwnKey[]>>()

function findOwnKeys(keymap: Keymap, contexts: readonly KeyContext[]): readonly OwnKey[] {
  const own = contexts.filter((context) => context !== 'text' && context !== 'global')
  const commands = new Set(own.flatMap((context) => [...keymap.contexts[context].values()]))
  return [...commands].flatMap((command) => {
    const keys = keyFor(keymap, contexts, command)
    return keys === null ? [] : [{ keys, command }]
  })
}

/** True when characters are inserted instead of looked up in the keymap. */
export function acceptsText(state: RootState): boolean {
  return editsText(state) && !activeContexts(state).includes('normal')
}

/** True when there is a text that a paste is inserted into. */
export function editsText(state: RootState): boolean {
  return activeContexts(state).includes('text')
}
