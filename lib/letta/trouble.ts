import { APIConnectionError, APIError } from '@letta-ai/letta-client'
import { Problem } from '../problem.ts'
import { isRecord, text } from './decode.ts'

/**
 * What the SDK throws, as one clear line with the next step; `clean` takes keys out of the server's words. Bugs and aborts pass
 * through unchanged.
 */
export function troubleOf(
  thrown: unknown,
  server: string,
  clean: (text: string) => string,
): unknown {
  if (thrown instanceof APIConnectionError) {
    return new Problem(`Failed to connect to Letta server ${server}`, {
      hint: 'Is it running? Check LETTA_BASE_URL and the network.',
      cause: thrown,
    })
  }
  if (!(thrown instanceof APIError) || thrown.status === undefined) return thrown
  const said = clean(detailOf(thrown.error) || thrown.message)
  return new Problem(`${server} answered ${thrown.status}: ${said}`, {
    ...(hintFor(thrown.status) ?? {}),
    cause: thrown,
  })
}

function hintFor(status: number): { hint: string } | undefined {
  if (status === 401 || status === 403) {
    return {
      hint: 'Give another key: letta login, or /connect. LETTA_API_KEY of the environment wins over it.',
    }
  }
  return status === 402
    ? { hint: 'Your plan is used up: open an agent you already have.' }
    : undefined
}

/** The server's own words: `detail` is a string, a record with a message, or a list of complaints. */
function detailOf(body: unknown): string {
  if (!isRecord(body)) return ''
  const { detail, message } = body
  if (typeof detail === 'string') return detail
  if (isRecord(detail)) return text(detail['message'])
  return Array.isArray(detail) ? JSON.stringify(detail) : text(message)
}

export function isStatus(thrown: unknown, ...statuses: readonly number[]): boolean {
  return (
    thrown instanceof APIError && thrown.status !== undefined && statuses.includes(thrown.status)
  )
}
