import type { ProviderEndpoint } from './dialect.ts'

/** A text for people without the key, without parts of it that a vendor quotes, without logins in URLs. */
export function redacted(text: string, { key }: Pick<ProviderEndpoint, 'key'>): string {
  const whole = key === null || key.length < 4 ? text : text.replaceAll(spelt(key), '[key]')
  return whole
    .replace(/\b(sk|pk|key|rk)-[\w*.-]{6,}/g, '[key]')
    .replace(/\bbearer\s+\S+/gi, 'Bearer [key]')
    .replace(/\/\/[^/\s@]+@/g, '//')
}

/** The key, whatever white space has become of that in it: an error puts it on one line. */
function spelt(key: string): RegExp {
  const parts = key.split(/\s+/).map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))
  return new RegExp(parts.join('\\s+'), 'g')
}
