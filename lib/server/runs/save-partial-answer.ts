import { ignoreUserError } from '../../util/user-error.ts'
import type { AnswerBody } from './answer.ts'
import type { Loop } from './loop-context.ts'

/** Milliseconds of an answer that are lost at most when the process is killed. */
const SAVE_INTERVAL_MS = 500

interface PartialSaver {
  /** The answer has grown. */
  grown(): void
  stop(): void
}

/** Saves the answer from time to time while it arrives. A locked database or a full disk is tried again later. */
export function createPartialSaver(
  { storage, run }: Pick<Loop, 'storage' | 'run'>,
  { stepId, messageId }: { readonly stepId: string; readonly messageId: string },
  body: () => AnswerBody,
): PartialSaver {
  let timer: NodeJS.Timeout | null = null
  const save = (): void => {
    timer = null
    if (storage.isLocked()) return
    try {
      storage.partialAnswers.put(run.record.id, { stepId, messageId, body: body() })
    } catch (thrown) {
      ignoreUserError(thrown)
    }
  }
  return {
    grown() {
      timer ??= setTimeout(save, SAVE_INTERVAL_MS).unref()
    },
    stop: () => clearTimeout(timer ?? undefined),
  }
}
