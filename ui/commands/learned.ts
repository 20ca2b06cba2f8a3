import { needsAgent } from '../../lib/commands/session-command.ts'
import { learnedBlocks } from '../../lib/session/state/selectors.ts'
import type { WorkbenchCommandId } from '../messages/commands.ts'
import {
  allReviewed,
  discardedHunk,
  LEARNED_TITLE,
  NOTHING_DISCARDED,
  NOTHING_LEARNED,
} from '../messages/memory-history.ts'
import { type LearnedHunk, learnedHunks, nextUndecided, selectedHunk } from '../state/learned.ts'
import type { OverlayOf } from '../state/state.ts'
import { learnedScroll } from '../view/panes/overlay.ts'
import { showBlockLine } from './memory-page.ts'
import { openOverlay } from './open-overlay.ts'
import { flash, type WorkbenchCommand, type WorkbenchContext } from './workbench-command.ts'
import { writeBlock } from './write-block.ts'

/** What the session has learned: each change is accepted, or discarded by a write that is a version itself. */
export const LEARNED_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'memory.learned',
    unavailable: ({ session }) => needsAgent(session),
    run(context) {
      const { state } = context.root
      if (learnedBlocks(state.session).length === 0) {
        flash(context, NOTHING_LEARNED)
        return
      }
      openOverlay(context, {
        type: 'learned',
        title: LEARNED_TITLE,
        selected: nextUndecided(state, 0) ?? 0,
        scroll: 0,
        discarded: null,
      })
    },
  },
  onCard('learned.next', (context, card) => select(context, card.at + 1, card)),
  onCard('learned.previous', (context, card) => select(context, card.at - 1, card)),
  onCard('learned.pageDown', (context, card) => scroll(context, card, 1)),
  onCard('learned.pageUp', (context, card) => scroll(context, card, -1)),
  onCard('learned.accept', (context, { hunk, at }) => {
    if (hunk === undefined) return
    context.root.dispatch({ type: 'learned.accepted', keys: [hunk.key] })
    continueFrom(context, at + 1)
  }),
  onCard('learned.acceptAll', (context, { hunks }) => {
    context.root.dispatch({ type: 'learned.accepted', keys: hunks.map(({ key }) => key) })
    continueFrom(context, 0)
  }),
  onCard('learned.discard', async (context, { hunk, at }) => {
    if (hunk === undefined) return
    const { label, value } = hunk.item.block
    const after = hunk.without()
    if (!(await writeBlock(context, { label, before: value, after }))) return
    const discarded = { label, before: value, after }
    context.root.dispatch({ type: 'learned.discarded', discarded })
    continueFrom(context, at)
    flash(context, discardedHunk(label))
  }),
  onCard('learned.undo', async (context, { overlay }) => {
    const { discarded } = overlay
    if (discarded === null) {
      flash(context, NOTHING_DISCARDED)
      return
    }
    const { label, before, after } = discarded
    if (await writeBlock(context, { label, before: after, after: before })) {
      context.root.dispatch({ type: 'learned.discarded', discarded: null })
    }
  }),
  onCard('learned.open', (context, { hunk }) => {
    if (hunk === undefined) return
    context.root.dispatch({ type: 'overlay.closed' })
    const last = hunk.item.block.value.split('\n').length - 1
    showBlockLine(context, hunk.item.block.label, Math.min(last, hunk.hunk.newStart - 1))
  }),
]

interface Card {
  readonly overlay: OverlayOf<'learned'>
  readonly hunks: readonly LearnedHunk[]
  readonly hunk: LearnedHunk | undefined
  /** Its index. */
  readonly at: number
}

function onCard(
  id: WorkbenchCommandId,
  run: (context: WorkbenchContext, card: Card) => void | Promise<void>,
): WorkbenchCommand {
  return {
    id,
    hidden: true,
    run(context) {
      const { session, workbench } = context.root.state
      const { overlay } = workbench
      if (overlay?.type !== 'learned') return undefined
      const hunks = learnedHunks(session)
      const at = selectedHunk(hunks, overlay)
      return run(context, { overlay, hunks, at, hunk: hunks[at] })
    },
  }
}

function select({ root }: WorkbenchContext, to: number, { hunks }: Card): void {
  const hunk = Math.max(0, Math.min(hunks.length - 1, to))
  root.dispatch({ type: 'learned.selected', hunk })
}

function scroll({ root, renderOptions }: WorkbenchContext, { overlay }: Card, by: 1 | -1): void {
  const { page, last } = learnedScroll(root.state, overlay, renderOptions().styles)
  const to = Math.max(0, Math.min(last, overlay.scroll + by * page))
  root.dispatch({ type: 'learned.scrolled', scroll: to })
}

/** To the next change that is neither accepted nor discarded; closed when there is none. */
function continueFrom(context: WorkbenchContext, from: number): void {
  const { root } = context
  const next = nextUndecided(root.state, from)
  if (next !== null) {
    root.dispatch({ type: 'learned.selected', hunk: next })
    return
  }
  const { overlay } = root.state.workbench
  // An undo stays possible.
  if (overlay?.type === 'learned' && overlay.discarded !== null) return
  root.dispatch({ type: 'overlay.closed' })
  flash(context, allReviewed(learnedHunks(root.state.session).length))
}
