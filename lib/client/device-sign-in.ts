import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { isLoopbackHost } from '../util/loopback.ts'
import { parseJson } from '../util/parse-json.ts'
import { createUserError, messageOf, UserError } from '../util/user-error.ts'
import {
  ANSWER_TOO_LONG,
  CODE_EXPIRED,
  CODE_EXPIRED_HINT,
  SIGN_IN_CANCELLED,
  SIGN_IN_DENIED,
  signInFailed,
  unexpectedAnswer,
} from './messages.ts'

/**
 * Signing in to Letta Cloud without a key: OAuth 2.0 for devices (RFC 8628), with the addresses and the client id of Letta Code.
 * The server names a code, which the person confirms in a browser on any machine; until then the program polls for tokens. The
 * access token is sent as an API key; before it expires, the refresh token is exchanged for new ones.
 */

export const SIGN_IN_URL = 'https://app.letta.com'

/** That of Letta Code. A client without a secret: it identifies the program, and is no credential. */
const CLIENT_ID = 'ci-let-724dea7e98f4af6f8f370f4b1466200c'

const REQUEST_TIMEOUT_MS = 30_000
/** Less than the time that another process waits for its turn to renew, so that it does not use the same refresh token. */
const REFRESH_TIMEOUT_MS = 10_000
/** A proxy may answer with anything, and without end. */
const MAX_ANSWER_BYTES = 262_144
/** RFC 8628, 3.5: what is added to the interval when the server asks to slow down. */
const SLOW_DOWN_MS = 5000
const MIN_INTERVAL_MS = 20
/** The request for a code is made once more after an error that may pass. */
const REPEATED_AFTER_MS = 1000
/** Answers in a row that are no OAuth answers, such as a page of a proxy. */
const MAX_FAILURES = 3

export interface DeviceCode {
  readonly deviceCode: string
  /** What the person compares or types. */
  readonly userCode: string
  /** Where the code is confirmed. */
  readonly url: string
  readonly expiresInMs: number
  readonly intervalMs: number
}

export interface Tokens {
  readonly access: string
  readonly refresh: string | null
  /** Milliseconds until the access token expires; null when the server names no time. */
  readonly expiresInMs: number | null
}

export interface DeviceSignIn {
  requestCode(signal: AbortSignal): Promise<DeviceCode>
  /** Polls until the code is confirmed. Rejects with a `UserError` when it is denied, expires, or `signal` aborts. */
  waitForTokens(code: DeviceCode, signal: AbortSignal): Promise<Tokens>
  /** Null when the server rejects the refresh token: then the person has to sign in again. */
  refresh(refreshToken: string): Promise<Tokens | null>
  /** False when the server did not confirm it. */
  revoke(refreshToken: string): Promise<boolean>
}

interface DeviceSignInOptions {
  /** The server that signs in. */
  readonly url: string
  /** Identifies this machine to the server; made at random once. */
  readonly deviceId: string
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<unknown>
}

const line = z.string().min(1).max(2048)
/** As an HTTP header can carry it. */
const token = z
  .string()
  .max(16_384)
  .regex(/^[\x21-\x7e]+$/)
const seconds = z.number().nonnegative().max(31_536_000)
/** Longer times are cut: a timer takes 24 days at most, and no code is confirmed after an hour. */
const MAX_CODE_SECONDS = 3600
const MAX_INTERVAL_SECONDS = 60

const codeShape = z.object({
  device_code: line,
  user_code: z.string().regex(/^[\x21-\x7e]{1,64}$/),
  verification_uri: line,
  verification_uri_complete: line.optional(),
  expires_in: seconds.default(900),
  interval: seconds.default(5),
})

const tokensShape = z.object({
  access_token: token,
  refresh_token: token.nullish(),
  expires_in: seconds.nullish(),
})

const errorShape = z.object({
  error: z.string().max(200),
  error_description: z.string().max(500).optional(),
})

export function createDeviceSignIn({
  url,
  deviceId,
  wait = (ms, signal) => sleep(ms, undefined, { signal }),
}: DeviceSignInOptions): DeviceSignIn {
  const client = { client_id: CLIENT_ID }
  const device = { device_id: deviceId, device_name: hostname() }
  const post = (path: string, body: object, signal: AbortSignal): Promise<Answer> =>
    postJson(new URL(path, `${url}/`), { ...client, ...body }, signal)

  return {
    async requestCode(signal) {
      const ask = () => post('api/oauth/device/code', {}, signal)
      const first = await ask().catch(toFailure)
      const isRepeated = !first.ok && isTransient(first) && !signal.aborted
      if (isRepeated) await wait(REPEATED_AFTER_MS, signal).catch(toUserError(url, signal))
      const answer = isRepeated ? await ask().catch(toFailure) : first
      if (signal.aborted) throw new UserError(SIGN_IN_CANCELLED)
      const parsed = codeShape.safeParse(answer.body)
      if (!answer.ok || !parsed.success) throw new UserError(signInFailed(url, reasonOf(answer)))
      const { device_code, user_code, expires_in, interval, ...found } = parsed.data
      const where = found.verification_uri_complete ?? found.verification_uri
      if (!isSafeUrl(where)) throw new UserError(signInFailed(url, where))
      return {
        deviceCode: device_code,
        userCode: user_code,
        // As a browser spells it: without spaces and control characters.
        url: new URL(where).href,
        expiresInMs: Math.min(expires_in, MAX_CODE_SECONDS) * 1000,
        intervalMs: Math.max(MIN_INTERVAL_MS, Math.min(interval, MAX_INTERVAL_SECONDS) * 1000),
      }
    },
    async waitForTokens({ deviceCode, expiresInMs, intervalMs }, signal) {
      const body = {
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code: deviceCode,
        ...device,
      }
      let interval = intervalMs
      let failures = 0
      for (let waited = 0; waited < expiresInMs; waited += interval) {
        await wait(interval, signal).catch(toUserError(url, signal))
        const answer = await post('api/oauth/token', body, signal).catch(toFailure)
        if (signal.aborted) throw new UserError(SIGN_IN_CANCELLED)
        const tokens = answer.ok ? toTokens(answer.body) : null
        if (tokens !== null) return tokens
        const error = errorOf(answer)
        if (error === 'access_denied') throw new UserError(SIGN_IN_DENIED)
        if (error === 'expired_token') break
        if (error === 'slow_down') interval += SLOW_DOWN_MS
        const isPending = error === 'authorization_pending' || error === 'slow_down'
        failures = isPending ? 0 : failures + 1
        if (isPending || (isTransient(answer) && failures < MAX_FAILURES)) continue
        throw new UserError(signInFailed(url, reasonOf(answer)))
      }
      throw codeExpired()
    },
    async refresh(refreshToken) {
      const body = {
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
        refresh_token_mode: 'new',
        ...device,
      }
      const signal = AbortSignal.timeout(REFRESH_TIMEOUT_MS)
      const answer = await post('api/oauth/token', body, signal).catch(toUserError(url))
      if (answer.ok) {
        const tokens = toTokens(answer.body)
        if (tokens !== null) return tokens
      }
      if (isTransient(answer)) throw new UserError(signInFailed(url, reasonOf(answer)))
      return null
    },
    async revoke(refreshToken) {
      const body = { token: refreshToken, token_type_hint: 'refresh_token' }
      const signal = AbortSignal.timeout(REFRESH_TIMEOUT_MS)
      const answer = await post('api/oauth/revoke', body, signal).catch(() => null)
      return answer?.ok === true
    },
  }
}

interface Answer {
  readonly ok: boolean
  readonly status: number
  /** Undefined when it is not JSON. */
  readonly body: unknown
  /** Why there is no answer. */
  readonly reason?: string
}

/** A request without an answer, which may succeed later. */
function toFailure(thrown: unknown): Answer {
  return { ok: false, status: 0, body: undefined, reason: networkReason(thrown) }
}

function networkReason(thrown: unknown): string {
  return messageOf(thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown)
}

/** Tokens are sent to this address only, so a redirect is an error. */
async function postJson(url: URL, body: object, signal: AbortSignal): Promise<Answer> {
  const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS)
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(body),
    redirect: 'error',
    signal: AbortSignal.any([signal, timeout]),
  })
  const text = await readText(response)
  return { ok: response.ok, status: response.status, body: parseJson(text) }
}

/** Rejects when it is longer than any answer of OAuth. */
async function readText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength
    if (bytes > MAX_ANSWER_BYTES) throw new Error(ANSWER_TOO_LONG)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function toTokens(body: unknown): Tokens | null {
  const parsed = tokensShape.safeParse(body)
  if (!parsed.success) return null
  const { access_token, refresh_token, expires_in } = parsed.data
  return {
    access: access_token,
    refresh: refresh_token ?? null,
    expiresInMs: expires_in == null ? null : expires_in * 1000,
  }
}

function errorOf({ body }: Answer): string | null {
  return errorShape.safeParse(body).data?.error ?? null
}

function reasonOf({ ok, status, body, reason }: Answer): string {
  const { data } = errorShape.safeParse(body)
  return data?.error_description ?? data?.error ?? reason ?? unexpectedAnswer(status, ok)
}

function isTransient({ ok, status, body }: Answer): boolean {
  return ok || status === 408 || status === 429 || status >= 500 || body === undefined
}

/** The address is opened in a browser, so that it must not start another program. */
function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname: host, username, password } = new URL(text)
  if (username + password !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(host))
}

function toUserError(url: string, signal?: AbortSignal): (thrown: unknown) => never {
  return (thrown) => {
    if (signal?.aborted === true) throw new UserError(SIGN_IN_CANCELLED)
    throw new UserError(signInFailed(url, networkReason(thrown)), { cause: thrown })
  }
}

function codeExpired(): UserError {
  return createUserError({ message: CODE_EXPIRED, hint: CODE_EXPIRED_HINT })
}
