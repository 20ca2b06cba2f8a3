import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import { APIConnectionError, type Letta } from '@letta-ai/letta-client'
import { errnoCode } from '../../fs/errno.ts'
import { isRecord } from '../../util/is-record.ts'
import { DEFAULT_CONVERSATION, type Thread } from '../../util/thread.ts'
import { ConnectionFailure } from '../errors.ts'
import { findRunByMessage, waitUntilIdle } from '../gateway/runs.ts'
import {
  CONNECTION_LOST,
  NOT_UNDERSTOOD,
  SERVER_STOPPED_RESPONDING,
  STREAM_LOST,
  serverBusy,
} from '../messages.ts'
import {
  busyRunId,
  isGatewayFailure,
  pauseBefore,
  type RetryableResponse,
  rejectionOf,
} from '../retry.ts'
import { wrapSystemReminder } from '../system-reminder.ts'
import { MIN_REPORTED_MS, reportedWaits, type WaitToRetry } from '../waits.ts'
import { createStreamDecoder, type Decoder, parseServerError, type StreamPart } from './decode.ts'
import { jsonEvents } from './sse.ts'

/** An approval, a denial or a result for a pending call. */
export type Reply =
  | {
      readonly type: 'result'
      readonly callId: string
      readonly status: 'success' | 'error'
      readonly text: string
      readonly stdout: readonly string[]
      readonly stderr: readonly string[]
      readonly pictures: readonly { readonly mediaType: string; readonly base64: string }[]
    }
  | { readonly type: 'denial'; readonly callId: string; readonly reason: string }
  /** The server runs its own tool. */
  | { readonly type: 'approval'; readonly callId: string }

/** The content of one request to the agent: replies to all pending calls, a message, or both in this order. */
export interface TurnInput {
  readonly replies: readonly Reply[]
  readonly message: {
    readonly otid: string
    readonly text: string
    /** A system reminder that is sent before the text; the user neither wrote nor sees it. */
    readonly reminder: string | null
    readonly images?: readonly { readonly mediaType: string; readonly base64: string }[]
  } | null
}

interface StreamOptions {
  /** Background runs survive a lost connection and can be resumed. */
  readonly background: boolean
  readonly maxSteps: number | null
  /** Names this client to the embedded server; other servers ignore it. */
  readonly session?: string
  readonly approvalTools?: readonly string[]
  readonly model?: string | null
  /** The server stores the replies, and the model is not called. */
  readonly storeOnly?: boolean
  readonly patience?: Patience
  /** For waits that a person should know of. */
  readonly wait?: WaitToRetry
  /** Waits for the other run that refuses this request; otherwise that is only polled. */
  readonly whileBusy?: () => Promise<boolean>
}

/** Milliseconds. */
interface Patience {
  /** Without any data, after which a connection counts as lost. */
  readonly silence: number
  /** Before the second consecutive attempt to resume; doubled for each that follows. */
  readonly pause: number
  /** How long a run is resumed after its connection was lost. A new chunk starts the time again. */
  readonly outage: number
}

/**
 * A server sends a ping after 20 seconds without an event; after this time three are missing.
 * @internal
 */
export const PATIENCE: Patience = { silence: 70_000, pause: 250, outage: 300_000 }

type StreamBody = Parameters<Letta['agents']['messages']['stream']>[1]
type StreamedMessage = NonNullable<StreamBody['messages']>[number]

/**
 * An original Letta server (0.16.8) counts the storing of replies as a separate step, which calls no model. The embedded server
 * reads a header, because there a step is a call of the model.
 */
const STORING_STEPS = 1

/** The longest pause between two attempts, in pauses: ten seconds. */
const MAX_PAUSES = 40
/** The attempt at which an outage is reported: most connections are resumed at once. */
const REPORTED_ATTEMPT = 3
/** How many connections in a row may end at once, without an error and without anything new: about 15 seconds. */
const MAX_EMPTY_ANSWERS = 8
/** Milliseconds. A gateway may end a longer connection while a model thinks. */
const AT_ONCE_MS = 1000
const UNREPORTED = reportedWaits(() => undefined)

/**
 * Sends one request and yields the parts of its response, in order. A lost or silent connection is resumed after the last part,
 * so that each part arrives exactly once; a request that finds the server busy or unavailable is repeated. Ends after the `stop`
 * part; a stream that ends without one and cannot be resumed throws.
 */
export async function* streamTurn(
  client: Letta,
  thread: Thread,
  input: TurnInput,
  options: StreamOptions,
  signal: AbortSignal,
): AsyncGenerator<StreamPart> {
  const decoder = createStreamDecoder()
  const { session, approvalTools = [], storeOnly = false } = options
  const maxSteps = storeOnly ? STORING_STEPS : options.maxSteps
  const body: StreamBody = {
    messages: messagesOf(input),
    stream_tokens: true,
    background: options.background,
    include_pings: true,
    include_compaction_messages: true,
    ...(maxSteps === null ? {} : { max_steps: maxSteps }),
    ...(options.model ? { override_model: options.model } : {}),
  }
  const { silence, pause, outage } = options.patience ?? PATIENCE
  const { wait: waitToRetry = UNREPORTED } = options
  const headers = {
    ...(session === undefined ? {} : { 'x-letta-session': session }),
    ...(approvalTools.length === 0 ? {} : { 'x-letta-approval-tools': approvalTools.join(',') }),
    ...(storeOnly ? { 'x-letta-store-only': 'true' } : {}),
  }
  const { agentId, conversationId } = thread
  let open: Open = (request) => {
    const options = { ...request, headers }
    if (conversationId === DEFAULT_CONVERSATION) {
      return client.agents.messages.stream(agentId, body, options).asResponse()
    }
    const streaming = { ...body, streaming: true as const }
    return client.conversations.messages.create(conversationId, streaming, options).asResponse()
  }
  const patience = { pause, outage, signal }
  const message = { agentId, otid: input.message?.otid ?? null }
  let refused = 0
  let foundRunId: string | null = null
  let lostAt: number | null = null
  let empty = 0
  for (let attempt = 0; ; attempt++) {
    const before = decoder.position.seqId
    const began = performance.now()
    const limit = options.background ? silence : null
    const ended = yield* readParts(open, decoder, { signal, limit })
    if (ended.stopped) return
    const known = decoder.position.runId ?? foundRunId
    if (ended.rejection !== null && known === null) {
      refused += 1
      const wait = signal.aborted ? null : pauseBefore(refused, ended.rejection)
      if (wait === null) throw ended.thrown
      const limit = (wait * pause) / PATIENCE.pause
      const isBusy = busyRunId(ended.rejection.detail) !== null
      // Another waiting client may start its run first. The count starts again, so that this does not use up the attempts.
      if (isBusy && (await options.whileBusy?.())) refused = 0
      else if (limit >= MIN_REPORTED_MS && !isBusy) {
        const reason = serverBusy(new URL(client.baseURL).host, ended.rejection.status ?? 0)
        if (!(await waitToRetry({ reason, milliseconds: limit }, signal))) throw ended.thrown
      } else if (await waitUntilIdle(client, ended.rejection, { limit, pause, signal })) refused = 0
      // A gateway may have passed the message on before it failed: then the run exists, and a repetition would start another.
      const mayHaveArrived = options.background && isGatewayFailure(ended.rejection)
      if (mayHaveArrived) foundRunId = await findRunPatiently(client, message, patience)
      if (foundRunId === null) continue
    } else if (ended.rejection !== null && pauseBefore(1, ended.rejection) === null) {
      throw ended.thrown
    }
    const { seqId } = decoder.position
    const isEmpty = ended.thrown === null && performance.now() - began < AT_ONCE_MS
    empty = isEmpty && seqId === before ? empty + 1 : 0
    if (seqId !== before) {
      attempt = 0
      lostAt = null
    }
    lostAt ??= performance.now()
    const isTooLong = performance.now() - lostAt > patience.outage
    if (!options.background || isTooLong || empty > MAX_EMPTY_ANSWERS || signal.aborted) {
      throw signal.aborted ? signal.reason : connectionLost(ended.thrown, decoder)
    }
    if (attempt === REPORTED_ATTEMPT) yield { type: 'reconnecting' }
    if (attempt > 0) {
      const milliseconds = pause * Math.min(2 ** (attempt - 1), MAX_PAUSES)
      if (milliseconds < MIN_REPORTED_MS) await pauseFor(milliseconds, signal)
      else await waitToRetry({ reason: CONNECTION_LOST, milliseconds }, signal)
    }
    foundRunId ??= decoder.position.runId
    if (foundRunId === null && isConnectionBroken(ended.thrown)) {
      foundRunId = await findRunPatiently(client, message, patience)
    }
    const runId = foundRunId
    // The results of a turn that has begun have not reached the server: they are sent again, unlike a message, which a person can.
    if (runId === null && input.replies.length > 0 && !isConnectionBroken(ended.thrown)) continue
    if (runId === null) throw signal.aborted ? signal.reason : connectionLost(ended.thrown, decoder)
    open = (request) =>
      client.runs.messages.stream(runId, { starting_after: seqId }, request).asResponse()
  }
}

/** As `findRunByMessage`, also when the server cannot be reached for a while. */
async function findRunPatiently(
  client: Letta,
  message: Parameters<typeof findRunByMessage>[1],
  { pause, outage, signal }: { pause: number; outage: number; signal: AbortSignal },
): Promise<string | null> {
  const began = performance.now()
  for (let attempt = 0; ; attempt++) {
    const found = await findRunByMessage(client, message, { signal, pause })
    if (found !== 'unreachable') return found
    if (signal.aborted || performance.now() - began > outage) return null
    await pauseFor(pause * Math.min(2 ** attempt, MAX_PAUSES), signal)
  }
}

/** Whether the server may have received the request: with these codes no connection was made. */
function isConnectionBroken(thrown: unknown): boolean {
  for (let error: unknown = thrown; error instanceof Error; error = error.cause) {
    if (NEVER_CONNECTED.has(errnoCode(error) ?? '')) return false
  }
  return true
}

const NEVER_CONNECTED = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'UND_ERR_CONNECT_TIMEOUT',
])

type Open = (request: {
  readonly signal: AbortSignal
  readonly maxRetries: number
}) => Promise<Response>

function pauseFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  return delay(milliseconds, undefined, { signal }).catch(() => signal.throwIfAborted())
}

/**
 * When no connection was made, nothing has begun and the error stays as it is. Otherwise the message explains that the partial
 * response was saved, or that the server has sent nothing of the Letta API.
 */
function connectionLost(thrown: unknown, { position }: Decoder): unknown {
  if (thrown instanceof APIConnectionError) return thrown
  const isUnderstood = thrown !== null || position.runId !== null || position.seqId > 0
  const { message, hint } = isUnderstood ? STREAM_LOST : NOT_UNDERSTOOD
  return new ConnectionFailure(message, { hint, cause: thrown })
}

interface Ended {
  readonly stopped: boolean
  readonly thrown: unknown
  /** Set when the server rejected the request before any of its work began. */
  readonly rejection: RetryableResponse | null
}

/** Yields parts until the stream ends; returns whether it ended with a `stop` part, or the error that ended it. */
async function* readParts(
  open: Open,
  decoder: Decoder,
  { signal, limit }: { readonly signal: AbortSignal; readonly limit: number | null },
): AsyncGenerator<StreamPart, Ended> {
  let stopped = false
  const silence = watchSilence(limit, signal)
  try {
    const { body } = await open({ signal: silence.signal, maxRetries: 0 })
    if (body === null) return { stopped, thrown: null, rejection: null }
    for await (const chunk of jsonEvents(silence.hearing(body))) {
      if (isErrorBody(chunk)) {
        yield { type: 'error', error: parseServerError(chunk) }
        return { stopped: true, thrown: null, rejection: null }
      }
      for (const part of decoder.decode(chunk)) {
        stopped ||= part.type === 'stop' || part.type === 'error'
        yield part
      }
    }
  } catch (thrown) {
    const rejection = rejectionOf(thrown)
    const isBroken = isBreak(thrown) || (silence.signal.aborted && !signal.aborted)
    if (rejection === null && !isBroken) throw thrown
    return { stopped, thrown, rejection }
  } finally {
    silence.end()
  }
  return { stopped, thrown: null, rejection: null }
}

/** Milliseconds for which reading a response may block key presses and drawing in this process. */
const READ_SLICE_MS = 8

/**
 * Aborts its signal after this time without data, or when `signal` is aborted. `AbortSignal.any` would leak: the SDK never
 * removes its listener, which retains the request for as long as the program runs.
 */
function watchSilence(limit: number | null, signal: AbortSignal) {
  const controller = new AbortController()
  const abort = (): void => controller.abort(signal.reason)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  const giveUp = (): void => controller.abort(new Error(SERVER_STOPPED_RESPONDING))
  const timer = limit === null ? null : setTimeout(giveUp, limit)
  return {
    signal: controller.signal,
    async *hearing(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      let since = performance.now()
      for await (const bytes of body) {
        timer?.refresh()
        yield bytes
        if (performance.now() - since < READ_SLICE_MS) continue
        await nextTurn()
        since = performance.now()
      }
    },
    end() {
      clearTimeout(timer ?? undefined)
      signal.removeEventListener('abort', abort)
    },
  }
}

/** Some servers send an error without a message type. */
function isErrorBody(chunk: unknown): boolean {
  return isRecord(chunk) && chunk['message_type'] === undefined && isRecord(chunk['error'])
}

/** undici throws `TypeError: terminated` when the peer closes the connection in the middle of a body. */
function isBreak(thrown: unknown): boolean {
  return thrown instanceof APIConnectionError || thrown instanceof TypeError
}

function messagesOf(input: TurnInput): StreamedMessage[] {
  const messages: StreamedMessage[] = []
  if (input.replies.length > 0) {
    messages.push({ type: 'approval', approvals: input.replies.map(approvalOf) })
  }
  if (input.message !== null) {
    const { otid, text, reminder, images = [] } = input.message
    const texts = reminder === null ? [text] : [wrapSystemReminder(reminder), text]
    const content = texts.map((one) => ({ type: 'text' as const, text: one }))
    messages.push({ role: 'user', content: [...content, ...images.map(imagePart)], otid })
  }
  return messages
}

type Approval = NonNullable<Extract<StreamedMessage, { type?: 'approval' }>['approvals']>[number]

function approvalOf(reply: Reply): Approval {
  if (reply.type === 'denial') {
    return {
      type: 'approval',
      tool_call_id: reply.callId,
      approve: false,
      reason: reply.reason,
    }
  }
  if (reply.type === 'approval') {
    return { type: 'approval', tool_call_id: reply.callId, approve: true }
  }
  return {
    type: 'tool',
    tool_call_id: reply.callId,
    status: reply.status,
    tool_return: returnOf(reply),
    stdout: [...reply.stdout],
    stderr: [...reply.stderr],
  }
}

function returnOf(reply: Extract<Reply, { type: 'result' }>) {
  if (reply.pictures.length === 0) return reply.text
  return [{ type: 'text' as const, text: reply.text }, ...reply.pictures.map(imagePart)]
}

function imagePart({ mediaType, base64 }: { readonly mediaType: string; readonly base64: string }) {
  return {
    type: 'image' as const,
    source: { type: 'base64' as const, media_type: mediaType, data: base64 },
  }
}
