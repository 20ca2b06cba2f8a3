/** Words of ours before a message, marked so that agent and history can tell them from the person's. */
export function wrapSystemReminder(text: string): string {
  return `<system-reminder>\n${text}\n</system-reminder>\n\n`
}

export function stripSystemReminder(text: string): string {
  return text.replace(/^<system-reminder>\n[\s\S]*?\n<\/system-reminder>\s*/, '')
}
