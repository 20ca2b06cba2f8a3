import { randomUUID } from 'node:crypto'
import { openThread, pendingApprovals } from '../../lib/session/state/selectors.ts'
import type { SessionState } from '../../lib/session/state/session-state.ts'
import type { Thread } from '../../lib/util/thread.ts'
import { DRAFT_RESTORED, draftsNotStored, editsLeft, messagesLeft } from '../messages/composer.ts'
import type { AnswerForm } from '../state/answer-form.ts'
import { rejectedLinesOf } from '../state/diff-selection.ts'
import { createEditor } from '../state/editor.ts'
import { pastesIn } from '../state/pastes.ts'
import { messageText } from '../state/selectors.ts'
import type { RootState } from '../state/state.ts'
import {
  hasMessages,
  isEmpty,
  type LeftText,
  type MessageDrafts,
  type UnsentAnswers,
  type UnsentEdit,
  type UnsentReview,
  type UnsentSelection,
  type UnsentText,
} from './message-drafts.ts'
import type { RootStore } from './render-scheduler.ts'

/** Milliseconds after a key until the text is on the disk. A queued message is written at once. */
const SAVE_DELAY_MS = 250

interface MessageDraftSaverPorts {
  readonly root: RootStore
  readonly drafts: MessageDrafts
  report(problem: string): void
}

/**
 * Stores the text of the message, the queue, answers to questions and edited calls while they change, and restores what earlier
 * processes have left when their conversation is opened. The returned `store` stores everything at once, and `stop` stops it, when
 * everything is stored.
 */
export function startMessageDraftSaver({ root, drafts, report }: MessageDraftSaverPorts): {
  store(): Promise<void>
  stop(): Promise<void>
} {
  let timer: NodeJS.Timeout | null = null
  let hasFailed = false
  let working: Promise<void> = Promise.resolve()
  let { queue, others, text, forms, drafts: edits, editing, selections } = partsOf(root.state)
  let isFirst = true

  const enqueue = (work: () => Promise<void>): void => {
    working = working.then(work).catch((thrown: unknown) => {
      if (!(thrown instanceof Error)) throw thrown
      if (!hasFailed) report(draftsNotStored(thrown.message))
      hasFailed = true
    })
  }
  const store = async (): Promise<void> => {
    await drafts.save(threadOf(root.state), unsentOf(root.state), hiddenReviews(root.state))
    hasFailed = false
  }
  const save = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    enqueue(store)
  }
  const restore = async (): Promise<void> => {
    const thread = threadOf(root.state)
    if (thread === null) return
    // The text of another conversation stays where it is while a person writes.
    const isWriting = !isFirst && root.state.workbench.composer.text !== ''
    isFirst = false
    const found = (await drafts.takeOver(thread, isWriting)).filter((one) => !isEmpty(one))
    if (found.length > 0) {
      const answers = found.flatMap((one) => one.answers)
      if (answers.length > 0) root.dispatch({ type: 'answers.found', forms: answers.map(toForm) })
      restoreEdits(found.flatMap((one) => one.edits))
      const rejections = found.flatMap((one) => one.selections)
      if (rejections.length > 0) {
        root.dispatch({ type: 'selections.found', selections: rejections })
      }
      restoreMessages(found.filter(hasMessages))
      await store()
    }
    await drafts.confirm()
  }
  const restoreEdits = (found: readonly UnsentEdit[]): void => {
    if (found.length === 0) return
    root.dispatch({ type: 'edits.found', edits: found })
    const text = editsLeft(found.length)
    root.dispatch({ type: 'notice.posted', id: randomUUID(), level: 'info', text, hint: null })
  }
  const restoreMessages = (found: readonly LeftText[]): void => {
    if (found.length === 0) return
    const pastes = found.flatMap((one) => one.pastes)
    root.dispatch({ type: 'drafts.found', texts: [...new Set(found.map(joined))], pastes })
    root.dispatch({ type: 'flash.shown', level: 'info', text: DRAFT_RESTORED })
    reportLeft(found.filter((one) => one.isAbandoned || one.queue.length > 0))
  }
  const reportLeft = (left: readonly UnsentText[]): void => {
    if (left.length === 0) return
    const queued = left.reduce((sum, one) => sum + one.queue.length, 0)
    const text = messagesLeft(
      queued,
      left.some((one) => one.text.trim() !== ''),
    )
    root.dispatch({ type: 'notice.posted', id: randomUUID(), level: 'info', text, hint: null })
  }
  const unsubscribe = root.subscribe((state, event) => {
    if (OPENING_EVENTS.has(event.type)) enqueue(restore)
    const parts = partsOf(state)
    const isQueued = parts.queue !== queue || parts.others !== others
    const isSelected = parts.selections !== selections
    const isReviewed = parts.drafts !== edits || parts.editing !== editing || isSelected
    const isEdited = parts.text !== text || parts.forms !== forms || isReviewed
    ;({ queue, others, text, forms, drafts: edits, editing, selections } = parts)
    // An edit that was accepted is a part of what is asked then.
    if (isQueued || CALL_EVENTS.has(event.type)) save()
    else if (isEdited) timer ??= setTimeout(save, SAVE_DELAY_MS)
  })
  const storeAll = async (): Promise<void> => {
    unsubscribe()
    save()
    await working
  }
  return {
    store: storeAll,
    async stop() {
      await storeAll()
      enqueue(drafts.release)
      await working
    },
  }
}

const OPENING_EVENTS: ReadonlySet<string> = new Set([
  'agent.opened',
  'conversation.opened',
  'session.shown',
])
type ApprovalScreen = RootState['workbench']['approval']

const CALL_EVENTS: ReadonlySet<string> = new Set(['approval.requested', 'approval.decided'])

function threadOf({ session }: RootState): Thread | null {
  return session.agent === null ? null : openThread(session)
}

function partsOf({ session, workbench }: RootState) {
  const { composer, approval } = workbench
  const { others } = workbench
  const { forms, drafts, editing, selections } = approval
  return { queue: session.queue, others, text: composer.text, forms, drafts, editing, selections }
}

function unsentOf(state: RootState): UnsentText {
  // Those of the conversations that are not shown as well.
  const hidden = state.workbench.others.flatMap(({ queued }) => queued)
  const queue = [...state.session.queue.map((message) => message.text), ...hidden]
  const text = messageText(state)
  const pastes = pastesIn([...queue, text].join('\n\n'), state.workbench.pastes)
  const { session, workbench } = state
  return {
    queue,
    text,
    pastes: pastes.map((paste) => paste.text),
    ...reviewOf(session, workbench.approval),
  }
}

/** A conversation that is not shown still has what was begun there. */
function hiddenReviews({ workbench }: RootState) {
  return [...workbench.hiddenScreens.values()].flatMap(({ approval, waiting }) =>
    waiting === null || waiting.agent === null
      ? []
      : [{ thread: openThread(waiting), ...reviewOf(waiting, approval) }],
  )
}

function reviewOf(session: Pick<SessionState, 'current'>, approval: ApprovalScreen): UnsentReview {
  const accepted = acceptedEdits(session)
  const edits = [...accepted, ...unfinishedEdits(approval, accepted)]
  return {
    answers: [...approval.forms].map(toUnsent).filter(hasAnswer),
    // What was typed last about a call.
    edits: [...new Map(edits.map((edit) => [edit.callId, edit])).values()],
    selections: rejections(session, approval),
  }
}

/** Those of an earlier process that are not shown yet are left as they are. */
function rejections(
  session: Pick<SessionState, 'current'>,
  { selections, leftSelections }: ApprovalScreen,
): readonly UnsentSelection[] {
  const shown = pendingApprovals(session).flatMap(({ callId, phase }) => {
    const selection = selections.get(callId)
    if (phase.type !== 'waiting' || phase.preview.type !== 'diff') return []
    if (selection === undefined || selection.rejected.size === 0) return []
    return [{ callId, rejected: rejectedLinesOf(phase.preview.hunks, selection) }]
  })
  const left = [...leftSelections].map(([callId, rejected]) => ({ callId, rejected }))
  return [...left, ...shown]
}

function acceptedEdits(session: Pick<SessionState, 'current'>): readonly UnsentEdit[] {
  return pendingApprovals(session).flatMap(({ callId, phase }) =>
    phase.type === 'waiting' && phase.edited !== undefined
      ? [{ callId, before: phase.edited.proposed, text: phase.edited.text }]
      : [],
  )
}

/** They continue what was accepted: the next process, which does not know that, begins with what the agent proposed. */
function unfinishedEdits(
  { drafts, editing }: ApprovalScreen,
  accepted: readonly UnsentEdit[],
): readonly UnsentEdit[] {
  const left = [...drafts].map(([callId, draft]) => ({ callId, ...draft }))
  const { callId = '', before = '', editor } = editing ?? {}
  const isTyped = editor !== undefined && editor.text !== before
  const edits = isTyped ? [...left, { callId, before, text: editor.text }] : left
  return edits.map((edit) => {
    const earlier = accepted.find((one) => one.callId === edit.callId)
    return earlier === undefined ? edit : { ...edit, before: earlier.before }
  })
}

function toUnsent([callId, { at, cursor, answers }]: readonly [string, AnswerForm]): UnsentAnswers {
  const drafts = answers.map(({ chosen, editor }) => ({ chosen, text: editor.text }))
  return { callId, at, cursor, drafts }
}

function toForm({ callId, at, cursor, drafts }: UnsentAnswers): readonly [string, AnswerForm] {
  const answers = drafts.map(({ chosen, text }) => ({ chosen, editor: createEditor(text) }))
  return [callId, { at, cursor, answers }]
}

function hasAnswer({ drafts }: UnsentAnswers): boolean {
  return drafts.some(({ chosen, text }) => chosen.length > 0 || text.trim() !== '')
}

/** One text to look at again: nothing of it is sent automatically. */
function joined({ queue, text }: UnsentText): string {
  return [...queue, text].filter((one) => one.trim() !== '').join('\n\n')
}
