import type { ExportedConversation } from './exported-conversation.ts'

/** One JSON object a line: first the conversation, then its entries in order. */
export function toJsonLines({ entries, heading, ...conversation }: ExportedConversation): string {
  const lines = [{ type: 'conversation', ...conversation }, ...entries]
  return `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`
}
