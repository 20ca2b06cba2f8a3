/** The text that a person typed: the content of a request's message without the reminder that the program put in front of it. */
export function typedText(content: unknown): string {
  const parts: readonly unknown[] = Array.isArray(content) ? content : [content]
  const text = parts
    .map((part) => (typeof part === 'string' ? part : String(Object(part).text ?? '')))
    .join('')
  return text.replace(/^<system-reminder>\n[\s\S]*?\n<\/system-reminder>\s*/, '')
}
