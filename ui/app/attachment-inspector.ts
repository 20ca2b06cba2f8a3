import type { AttachmentsPort } from '../../lib/session/ports/attachments.ts'
import { parseMentions } from '../../lib/util/mentions.ts'
import { messageText } from '../state/selectors.ts'
import type { RootStore } from './render-scheduler.ts'

/** Milliseconds after a key until files are looked at. */
const DELAY_MS = 120

/** Finds out what the message that is being written attaches, once a person pauses. */
export function startAttachmentInspector(
  root: RootStore,
  attachments: () => AttachmentsPort,
  delayMs = DELAY_MS,
): void {
  let timer: NodeJS.Timeout | undefined
  let inspected = ''
  const inspect = async (): Promise<void> => {
    const text = messageText(root.state)
    const found = parseMentions(text).length === 0 ? [] : await attachments().inspect(text)
    const { attachments: shown } = root.state.workbench
    if (found.length > 0 || shown.length > 0)
      root.dispatch({ type: 'attachments.found', text, attachments: found })
  }
  root.subscribe(({ workbench }) => {
    const { text } = workbench.composer
    if (text === inspected) return
    const isConcerned = text.includes('@') || inspected.includes('@')
    inspected = text
    if (!isConcerned && workbench.attachments.length === 0) return
    clearTimeout(timer)
    // Without a file nothing is shown from now on.
    timer = setTimeout(() => void inspect(), text.includes('@') ? delayMs : 0)
  })
}
