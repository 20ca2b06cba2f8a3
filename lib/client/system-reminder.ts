/** Marks a text that letta adds before a message, so that agent and history can distinguish it from what the user wrote. */
export function wrapSystemReminder(text: string): string {
  return `<system-reminder>\n${text}\n</system-reminder>\n\n`
}

export function stripSystemReminder(text: string): string {
  return text.replace(/^<system-reminder>\n[\s\S]*?\n<\/system-reminder>\s*/, '')
}
