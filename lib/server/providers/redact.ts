import type { Endpoint } from './dialect.ts'

/** A text for people without the key, without parts of it that a vendor quotes, without logins in URLs. */
export function redacted(text: string, { key }: Pick<Endpoint, 'key'>): string {
  const whole = key === null || key.length < 4 ? text : text.replaceAll(key, '[key]')
  return whole
    .replace(/\b(sk|pk|key|rk)-[\w*.-]{6,}/g, '[key]')
    .replace(/\bbearer\s+\S+/gi, 'Bearer [key]')
    .replace(/\/\/[^/\s@]+@/g, '//')
}
