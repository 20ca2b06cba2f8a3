import { DRAFT_RESTORED } from '../messages/notices.ts'
import type { RootState } from '../state/state.ts'
import { isEmpty, type MessageDrafts, type UnsentText } from './message-drafts.ts'
import type { RootStore } from './render-scheduler.ts'

/** Milliseconds after a key until the text is on the disk. A queued message is written at once. */
const SAVE_DELAY_MS = 250

interface MessageDraftSaverPorts {
  readonly root: RootStore
  readonly drafts: MessageDrafts
  report(problem: string): void
}

/**
 * Stores the text of the message and the queue while they change, and restores what earlier processes have left when their
 * agent is opened. Returns a function that stops it, when everything is stored.
 */
export function startMessageDraftSaver({
  root,
  drafts,
  report,
}: MessageDraftSaverPorts): () => Promise<void> {
  let timer: NodeJS.Timeout | null = null
  let hasFailed = false
  let working: Promise<void> = Promise.resolve()
  let { queue, text } = partsOf(root.state)
  let isFirst = true

  const enqueue = (work: () => Promise<void>): void => {
    working = working.then(work).catch((thrown: unknown) => {
      if (!(thrown instanceof Error)) throw thrown
      if (!hasFailed) report(thrown.message)
      hasFailed = true
    })
  }
  const save = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    enqueue(() => drafts.save(root.state.session.agent?.id ?? null, unsentOf(root.state)))
  }
  const restore = async (agentId: string): Promise<void> => {
    // The text of another agent stays where it is while a person writes.
    if (!isFirst && root.state.workbench.composer.text !== '') return
    isFirst = false
    const found = (await drafts.takeOver(agentId)).filter((one) => !isEmpty(one))
    if (found.length > 0) {
      root.dispatch({ type: 'drafts.found', texts: [...new Set(found.map(joined))] })
      root.dispatch({ type: 'flash.shown', level: 'info', text: DRAFT_RESTORED })
      await drafts.save(agentId, unsentOf(root.state))
    }
    await drafts.confirm()
  }
  const stop = root.subscribe((state, event) => {
    if (event.type === 'agent.opened') enqueue(() => restore(event.agent.id))
    const parts = partsOf(state)
    const isQueued = parts.queue !== queue
    const isEdited = parts.text !== text
    ;({ queue, text } = parts)
    if (isQueued) save()
    else if (isEdited) timer ??= setTimeout(save, SAVE_DELAY_MS)
  })
  return async () => {
    stop()
    save()
    enqueue(drafts.release)
    await working
  }
}

function partsOf({ session, workbench }: RootState) {
  return { queue: session.queue, text: workbench.composer.text }
}

function unsentOf(state: RootState): UnsentText {
  const { queue, text } = partsOf(state)
  return { queue: queue.map((message) => message.text), text }
}

/** One text to look at again: nothing of it is sent automatically. */
function joined({ queue, text }: UnsentText): string {
  return [...queue, text].filter((one) => one.trim() !== '').join('\n\n')
}
