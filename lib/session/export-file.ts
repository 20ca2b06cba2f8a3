import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { readThread } from '../client/gateway/read-thread.ts'
import { exportConversation } from '../export/export-conversation.ts'
import { type ExportFormat, formatOfFile } from '../export/exported-conversation.ts'
import { isErrno } from '../fs/errno.ts'
import { messageOf, UserError } from '../util/user-error.ts'
import {
  cannotExport,
  conversationName,
  exportFileExists,
  unknownExportEnding,
} from './messages/conversations.ts'
import type { Services } from './services.ts'
import type { Conversation } from './state/conversation.ts'

/** A conversation and its agent, as an export names them. */
interface ExportSubject {
  readonly agent: { readonly id: string; readonly name: string; readonly model: string } | null
  readonly conversation: Conversation
}

/**
 * Writes a conversation, the open one by default, to a file of the project, whose ending names the format. Without a name, to a Markdown file that
 * is called as the conversation. Never replaces a file. Returns the path relative to the project.
 */
export async function exportToFile(
  { gateway, store, options, now }: Services,
  name: string,
  { agent, conversation }: ExportSubject = store.state,
): Promise<string> {
  const format: ExportFormat | null = name === '' ? 'markdown' : formatOfFile(name)
  if (format === null) throw new UserError(unknownExportEnding(name))
  const thread = await gateway.threads.retrieve({
    agentId: agent?.id ?? '',
    conversationId: conversation.id,
  })
  const entries = thread === null ? [] : await readThread(gateway, thread)
  const text = exportConversation(
    {
      ...conversation,
      heading: conversationName(conversation.id, conversation.title),
      agent: { id: agent?.id ?? '', name: agent?.name ?? '', model: agent?.model ?? '' },
      entries,
      exportedAt: new Date(now()).toISOString(),
    },
    format,
  )
  const file = name === '' ? `${fileName(conversation.title)}.md` : name
  try {
    await writeFile(path.resolve(options.directory, file), text, { mode: 0o600, flag: 'wx' })
  } catch (thrown) {
    if (isErrno(thrown, 'EEXIST')) throw new UserError(exportFileExists(file))
    throw new UserError(cannotExport(file, messageOf(thrown)))
  }
  return file
}

const MAX_NAME_CHARACTERS = 60

/** `Make the layout pure` → `make-the-layout-pure` */
function fileName(title: string | null): string {
  const words = (title ?? '').toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  // A name has up to 255 bytes, a letter up to four.
  const characters = [...words.slice(0, 8).join('-')].slice(0, MAX_NAME_CHARACTERS)
  return characters.join('').replace(/-$/, '') || 'conversation'
}
