/** Words of ours before a message, marked so that agent and history can tell them from the person's. */
export function asReminder(text: string): string {
  return `<system-reminder>\n${text}\n</system-reminder>\n\n`
}

export function withoutReminder(text: string): string {
  return text.replace(/^<system-reminder>\n[\s\S]*?\n<\/system-reminder>\s*/, '')
}
