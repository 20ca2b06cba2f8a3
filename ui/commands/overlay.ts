import { PRESSED_TOO_EARLY, READ_TO_END } from '../messages/approvals.ts'
import type { WorkbenchCommandId } from '../messages/commands.ts'
import { createEditor, EMPTY_EDITOR, insert } from '../state/editor.ts'
import type { QuestionAction } from '../state/overlay-actions.ts'
import { matchingPickerItems } from '../state/selectors.ts'
import { isDialogSeen } from '../state/shown-approval.ts'
import type { Overlay, OverlayOf, PickerItem } from '../state/state.ts'
import { isEndVisible, lastScroll, visibleHeight } from '../view/panes/overlay.ts'
import { stepBack } from './connect.ts'
import { openFoundMessages } from './message-search.ts'
import { nextProvider, toggleFavorite } from './models.ts'
import { performAccepted, performAnswer, performPicked } from './overlay-actions.ts'
import { flash, type WorkbenchCommand, type WorkbenchContext } from './workbench-command.ts'

export const OVERLAY_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'help.open',
    run: ({ root }) =>
      root.dispatch({
        type: 'overlay.opened',
        overlay: { type: 'help', query: EMPTY_EDITOR, scroll: 0 },
      }),
  },
  {
    id: 'overlay.close',
    hidden: true,
    run(context) {
      const { overlay } = context.root.state.workbench
      const step = overlay === null ? null : stepBack(context, overlay)
      if (step === null) {
        // At once, because the next key is for what is below the dialog.
        context.root.dispatch({ type: 'overlay.closed' })
        if (overlay?.type === 'picker') returnText(context, overlay)
      }
      return step ?? undefined
    },
  },
  selectItem('picker.next', 1),
  selectItem('picker.previous', -1),
  {
    id: 'picker.nextProvider',
    hidden: true,
    run({ root, now }) {
      const { overlay } = root.state.workbench
      if (overlay?.type !== 'picker' || overlay.items[0]?.action.type !== 'model.set') return
      root.dispatch({ type: 'text.edited', editor: createEditor(nextProvider(overlay)), at: now() })
    },
  },
  { id: 'picker.toggleFavorite', hidden: true, run: toggleFavorite },
  scroll('help.down', () => 1),
  scroll('help.up', () => -1),
  scroll('help.pageDown', (page) => page),
  scroll('help.pageUp', (page) => -page),
  scroll('help.start', () => Number.NEGATIVE_INFINITY),
  scroll('help.end', () => Number.POSITIVE_INFINITY),
  {
    id: 'picker.choose',
    hidden: true,
    async run(context) {
      const { overlay } = context.root.state.workbench
      if (overlay?.type !== 'picker') return
      const item = matchingPickerItems(overlay)[overlay.selected]
      if (item === undefined) {
        const typed = overlay.query.text.trim()
        if (typed !== '') await useTyped(context, overlay.items[0]?.action.type, typed)
        return
      }
      context.root.dispatch({ type: 'overlay.closed' })
      await performPicked(context, item.action)
    },
  },
  {
    id: 'prompt.accept',
    hidden: true,
    run: acceptPrompt,
  },
  answer('question.yes', true),
  answer('question.no', false),
]

/** A text that matches nothing in a list that opened automatically, or by a letter, was meant as a message. */
function returnText({ root, now }: WorkbenchContext, list: OverlayOf<'picker'>): void {
  const { query, begun } = list
  const isSearch = query.text === '' || matchingPickerItems(list).length > 0
  if (begun === undefined || isSearch) return
  const editor = insert(root.state.workbench.composer, `${begun}${query.text}`)
  root.dispatch({ type: 'focus.moved', to: 'composer' })
  root.dispatch({ type: 'text.edited', editor, at: now() })
}

/** What a list does with a text that none of its items matches. */
async function useTyped(
  context: WorkbenchContext,
  listed: PickerItem['action']['type'] | undefined,
  typed: string,
): Promise<void> {
  if (listed !== 'model.set' && listed !== 'conversation.open') return
  context.root.dispatch({ type: 'overlay.closed' })
  if (listed === 'conversation.open') await openFoundMessages(context, typed)
  // A model that is not listed can be typed.
  else await performPicked(context, { type: 'model.set', handle: typed })
}

function selectItem(id: WorkbenchCommandId, by: number): WorkbenchCommand {
  return {
    id,
    hidden: true,
    run: ({ root }) => root.dispatch({ type: 'overlay.moved', by }),
  }
}

/** `by`: rows, for a page of this many rows. */
function scroll(id: WorkbenchCommandId, by: (page: number) => number): WorkbenchCommand {
  return {
    id,
    hidden: true,
    run(context) {
      const { overlay, viewport } = context.root.state.workbench
      if (overlay?.type !== 'help' && overlay?.type !== 'page') return
      // A row of the page before stays visible.
      scrollOverlayBy(context, by(Math.max(1, visibleHeight(overlay, viewport) - 1)))
    },
  }
}

/** Scrolls help or a page of facts by rows; in a list, selects another item. */
export function scrollOverlayBy(
  { root, renderOptions, helpRows, now }: WorkbenchContext,
  by: number,
): void {
  const { overlay, viewport } = root.state.workbench
  if (overlay?.type === 'picker') {
    const to = overlay.selected + Math.sign(by)
    const isItem = to >= 0 && to < matchingPickerItems(overlay).length
    if (isItem) root.dispatch({ type: 'overlay.moved', by: Math.sign(by) })
  } else if (overlay?.type === 'help' || overlay?.type === 'page') {
    const last = lastScroll(overlay, viewport, renderOptions().styles, helpRows)
    const page = Math.max(1, visibleHeight(overlay, viewport))
    // What is asked about is to be displayed before it can be answered, all of it: no key passes over rows.
    const step = mustBeRead(askedAction(overlay)) ? Math.min(by, page) : by
    root.dispatch({ type: 'overlay.scrolled', by: step, last, at: now() })
  }
}

/** To open a file changes nothing. */
function mustBeRead(action: QuestionAction | null): boolean {
  return action !== null && action.type !== 'file.edit'
}

function askedAction(overlay: Overlay | null): QuestionAction | null {
  if (overlay?.type === 'question') return overlay.action
  return overlay?.type === 'page' ? (overlay.question?.action ?? null) : null
}

/** Whether the last row of the page that the question is about is visible. */
export function isReadToEnd({ root, renderOptions, helpRows }: WorkbenchContext): boolean {
  const { overlay, viewport } = root.state.workbench
  if (overlay?.type !== 'page') return true
  return isEndVisible(overlay, viewport, renderOptions().styles, helpRows)
}

/** The actions of prompts whose text is being examined: a second Enter would perform them twice. */
const performing = new WeakSet<object>()

/** A text that is not accepted stays in the open prompt. */
async function acceptPrompt(context: WorkbenchContext): Promise<void> {
  const { overlay } = context.root.state.workbench
  if (overlay?.type !== 'prompt' || performing.has(overlay.action)) return
  performing.add(overlay.action)
  try {
    await performAccepted(context, overlay.action, overlay.editor.text)
  } finally {
    performing.delete(overlay.action)
  }
  if (context.root.state.workbench.overlay === overlay)
    context.root.dispatch({ type: 'overlay.closed' })
}

function answer(id: WorkbenchCommandId, yes: boolean): WorkbenchCommand {
  return {
    id,
    hidden: true,
    async run(context) {
      const { overlay } = context.root.state.workbench
      const action = askedAction(overlay)
      if (action === null) return
      if (yes && action.type === 'directory.trust' && !isDialogSeen(overlay, context.now())) {
        flash(context, PRESSED_TOO_EARLY)
        return
      }
      if (yes && mustBeRead(action) && !isReadToEnd(context)) {
        flash(context, READ_TO_END)
        return
      }
      context.root.dispatch({ type: 'overlay.closed' })
      await performAnswer(context, action, yes)
    },
  }
}
