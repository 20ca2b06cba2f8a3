import { toTerminalRow } from '../util/sanitize.ts'
import type { ExportedConversation, ExportFormat } from './exported-conversation.ts'
import { toHtml } from './html.ts'
import { toJsonLines } from './jsonl.ts'
import { toMarkdown } from './markdown.ts'

const FORMATS: Readonly<Record<ExportFormat, (conversation: ExportedConversation) => string>> = {
  markdown: toMarkdown,
  html: toHtml,
  jsonl: toJsonLines,
}

export function exportConversation(
  conversation: ExportedConversation,
  format: ExportFormat,
): string {
  const { agent } = conversation
  // With line feeds they could look like messages.
  return FORMATS[format]({
    ...conversation,
    heading: toTerminalRow(conversation.heading),
    agent: { ...agent, name: toTerminalRow(agent.name), model: toTerminalRow(agent.model) },
  })
}
