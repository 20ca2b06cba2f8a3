/** Marks a text that letta adds before a message, so that agent and history can distinguish it from what the user wrote. */
export function wrapSystemReminder(text: string): string {
  // A text that contains the end of a reminder must not end this one, in any form that a model may take for it.
  const inside = text.replaceAll(/<(\s*)\/(\s*system-reminder)/gi, '<$1\\/$2')
  return `<system-reminder>\n${inside}\n</system-reminder>\n\n`
}

export function stripSystemReminder(text: string): string {
  return text.replace(/^<system-reminder>\n[\s\S]*?\n<\/system-reminder>\s*/, '')
}

/**
 * With this begins what letta adds for a file that the user has attached; a shipped text, which a test compares.
 *
 * @internal
 */
export const ATTACHED_MARK = 'The user attached this to the message that follows.'

/** The texts of attached files in the reminder of a message; null for none. */
export function attachedTexts(text: string): string | null {
  const reminder = text.slice(0, text.length - stripSystemReminder(text).length)
  const start = reminder.indexOf(ATTACHED_MARK)
  return start < 0 ? null : reminder.slice(start)
}
