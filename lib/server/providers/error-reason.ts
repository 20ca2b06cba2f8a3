import { isRecord, type JsonObject } from '../../util/is-record.ts'
import { parseJson } from '../../util/parse-json.ts'
import { member } from './json-members.ts'

/** How deep a provider may wrap the error of another. */
const MAX_DEPTH = 6
/** Members that contain the reason of an error, the most specific first. */
const REASON_NAMES = [
  'error',
  'message',
  'detail',
  'msg',
  'errors',
  'error_message',
  'error_msg',
  'error_description',
  'reason',
  'title',
  'fault',
  'faultstring',
  'base_resp',
  'status_msg',
  'exception',
  'details',
  'description',
]

/** The sentence with which a provider explains an error, in whatever shape it comes; null when there is none. */
export function findReason(value: unknown, depth = 0): string | null {
  if (depth > MAX_DEPTH) return null
  if (typeof value === 'string') return reasonOfText(value, depth)
  if (Array.isArray(value)) return reasonOfList(value, depth)
  if (!isRecord(value)) return null
  const found = REASON_NAMES.map((name) => findReason(namedMember(value, name), depth + 1)).find(
    (reason) => reason !== null,
  )
  // OpenRouter wraps the error of the provider behind it.
  const inner = findReason(member(value['metadata'], 'raw'), depth + 1)
  if (inner === null || found === inner) return found ?? null
  return found === undefined || found === null ? inner : `${found}: ${inner}`
}

/** Some servers write `Message`, or `ErrorMessage`. */
function namedMember(value: JsonObject, name: string): unknown {
  if (name in value) return value[name]
  const plain = name.replaceAll('_', '')
  const key = Object.keys(value).find((one) => one.toLowerCase().replaceAll('_', '') === plain)
  return key === undefined ? undefined : value[key]
}

/** Text may itself be JSON, or the page of a proxy. */
function reasonOfText(text: string, depth: number): string | null {
  const plain = text.trim()
  if (plain === '') return null
  if (/^[[{]/.test(plain)) {
    const parsed = parseJson(plain)
    if (parsed !== undefined) return findReason(parsed, depth + 1)
  }
  return plain.startsWith('<') ? pageTitle(plain) : plain
}

/** One reason a line item, as FastAPI sends them: where, and what is wrong. */
function reasonOfList(items: readonly unknown[], depth: number): string | null {
  const reasons = items.flatMap((item) => {
    const reason = findReason(item, depth + 1)
    if (reason === null) return []
    const place = member(item, 'loc')
    return [Array.isArray(place) ? `${place.join('.')}: ${reason}` : reason]
  })
  return reasons.length === 0 ? null : [...new Set(reasons)].join('; ')
}

/** The title, the first heading, or the words of an HTML page. */
export function pageTitle(html: string): string | null {
  const [, title] = /<title[^>]*>([^<]*)/i.exec(html) ?? /<h1[^>]*>([^<]*)/i.exec(html) ?? []
  const words = (
    title ?? html.replace(/<(script|style)[\s\S]*?<\/\1>/gi, ' ').replace(/<[^>]*>/g, ' ')
  )
    .replace(/\s+/g, ' ')
    .trim()
  return words === '' ? null : words
}

/** Whether a decoded event or body reports an error, and why; null when it does not. */
export function reportedError(value: unknown): string | null {
  if (!isRecord(value)) return null
  const { error } = value
  const isNamed = value['object'] === 'error' || value['type'] === 'error'
  const hasError = error !== undefined && error !== null && error !== '' && error !== false
  const isBareError =
    value['choices'] === undefined &&
    (typeof value['detail'] === 'string' ||
      Array.isArray(value['detail']) ||
      (typeof value['message'] === 'string' &&
        (value['code'] !== undefined || value['status'] !== undefined)))
  // MiniMax reports its errors with the status 200.
  const code = Number(member(value['base_resp'], 'status_code') ?? 0)
  if (!isNamed && !hasError && !isBareError && code === 0) return null
  return findReason(value) ?? JSON.stringify(hasError ? error : value)
}
