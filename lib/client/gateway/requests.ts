import { setTimeout as delay } from 'node:timers/promises'
import * as z from 'zod'
import { UserError } from '../../util/user-error.ts'
import { isStatus, toUserError } from '../errors.ts'
import { invalidResponse } from '../messages.ts'

/** Runs the requests of the SDK. Errors of the server and the network are thrown as `UserError`. */
export interface Requests {
  /** `shape`: what letta needs of the answer; any JSON when absent. */
  call<Value>(work: Promise<Value>, shape?: z.ZodType): Promise<Value>
  /** Repeats a request that changes nothing, when its answer is not understood: it may have been cut off. */
  read<Value>(ask: () => Promise<Value>, shape?: z.ZodType): Promise<Value>
}

/** `clean` removes keys from what the server reports. */
export function createRequests(server: string, clean: (text: string) => string): Requests {
  const call = async <Value>(work: Promise<Value>, shape?: z.ZodType): Promise<Value> => {
    const answer = await work.catch((thrown: unknown) => {
      if (isUnreadable(thrown)) throw invalidResponseError(thrown)
      throw toUserError(thrown, server, clean)
    })
    if (Object.is(answer, ABSENT)) return null as Value
    // The SDK returns a body that is not JSON as text: another program answered.
    if (typeof answer === 'string') throw invalidResponseError()
    const parsed = shape?.safeParse(answer)
    if (parsed?.success === false) throw invalidResponseError(parsed.error)
    return answer
  }
  const invalidResponseError = (cause?: unknown): InvalidResponse => {
    const { message, hint } = invalidResponse(server)
    return new InvalidResponse(message, { hint, cause })
  }
  const read: Requests['read'] = async (ask, shape) => {
    try {
      return await call(ask(), shape)
    } catch (thrown) {
      if (!(thrown instanceof InvalidResponse)) throw thrown
      await delay(REPEAT_AFTER_MS)
      return call(ask(), shape)
    }
  }
  return { call, read }
}

/** The answer is not that of a Letta server, or was cut off. */
class InvalidResponse extends UserError {
  override readonly name = 'InvalidResponse'
}

/** Stands for what does not exist, which differs from an answer of `null`; callers of `Requests` get null for it. */
const ABSENT = Symbol('absent') as unknown as null

const REPEAT_AFTER_MS = 300

/** What does not exist. A malformed id (422) is treated like an id that does not exist (404). */
export function nullIfMissing<Value>(work: Promise<Value>): Promise<Value | null> {
  return absentFor(work, (thrown) => isStatus(thrown, 404, 422))
}

/** Answers with null where the server answers with an error that means "there is none". */
export function absentFor<Value>(
  work: Promise<Value>,
  isAbsent: (thrown: unknown) => boolean,
): Promise<Value | null> {
  return work.catch((thrown: unknown) => {
    if (isAbsent(thrown)) return ABSENT
    throw thrown
  })
}

/** The SDK passes on what its JSON parser throws, and fails with a `TypeError` on an answer of another type. */
function isUnreadable(thrown: unknown): boolean {
  return (
    thrown instanceof SyntaxError ||
    thrown instanceof z.ZodError ||
    (thrown instanceof TypeError && thrown.message !== 'terminated')
  )
}
