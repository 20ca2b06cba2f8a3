import { randomUUID } from 'node:crypto'
import { ANSWER_IN_MESSAGE, ANSWER_TO_YANK } from '../messages/approvals.ts'
import type { RootStore } from './render-scheduler.ts'

/** Says where the words are that were written to questions which are no longer asked. */
export function reportLeftAnswers(root: RootStore): void {
  let { left } = root.state.workbench.approval
  root.subscribe(({ workbench: { approval } }) => {
    if (approval.left === left) return
    left = approval.left
    const text = left?.isKilled === true ? ANSWER_TO_YANK : ANSWER_IN_MESSAGE
    const notice = { type: 'notice.posted', level: 'info', text, hint: null } as const
    // After the other listeners have seen the event that ended the questions.
    queueMicrotask(() => root.dispatch({ ...notice, id: randomUUID() }))
  })
}
