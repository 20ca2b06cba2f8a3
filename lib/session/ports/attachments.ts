import { firstImage, inspectAttachments, type ShownImage } from '../attachments.ts'
import type { SessionContext } from '../session-context.ts'
import type { Attachment } from '../state/queue.ts'

/** The files that go with a message. */
export interface AttachmentsPort {
  /** Query: what a message that the person types would attach, and what of it cannot be sent. */
  inspect(text: string): Promise<readonly Attachment[]>
  /** Query: the first image that the message would attach; null for none that a terminal can show. */
  image(text: string): Promise<ShownImage | null>
}

export function createAttachments(context: SessionContext): AttachmentsPort {
  return {
    inspect: (text) => inspectAttachments(context.base, text),
    image: (text) => firstImage(context.base, text),
  }
}
