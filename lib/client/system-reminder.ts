/** Marks a text that letta adds before a message, so that agent and history can distinguish it from what the user wrote. */
export function wrapSystemReminder(text: string): string {
  // A text that contains the end of a reminder must not end this one.
  const inside = text.replaceAll('</system-reminder', '<\\/system-reminder')
  return `<system-reminder>\n${inside}\n</system-reminder>\n\n`
}

export function stripSystemReminder(text: string): string {
  return text.replace(/^<system-reminder>\n[\s\S]*?\n<\/system-reminder>\s*/, '')
}
