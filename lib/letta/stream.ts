import { APIConnectionError, type Letta } from '@letta-ai/letta-client'
import { Problem } from '../problem.ts'
import { createDecoder, type Decoder, isRecord, type StreamPart, serverError } from './decode.ts'
import { asReminder } from './reminder.ts'
import { jsonEvents } from './sse.ts'

/** A decision or a result for a call that waits. */
export type Reply =
  | {
      readonly kind: 'result'
      readonly callId: string
      readonly status: 'success' | 'error'
      readonly text: string
      readonly stdout: readonly string[]
      readonly stderr: readonly string[]
      readonly pictures: readonly { readonly mediaType: string; readonly base64: string }[]
    }
  | { readonly kind: 'denial'; readonly callId: string; readonly reason: string }

/** What one request brings to the agent: replies to all waiting calls, a message, or both in this order. */
export interface TurnInput {
  readonly replies: readonly Reply[]
  readonly message: {
    readonly otid: string
    readonly text: string
    /** Words of ours that go before it; the person did not write them and does not see them. */
    readonly reminder: string | null
  } | null
}

export interface StreamOptions {
  /** Background runs survive a lost connection and can be resumed. */
  readonly background: boolean
  readonly maxSteps: number | null
}

type Body = Parameters<Letta['agents']['messages']['stream']>[1]
type Message = NonNullable<Body['messages']>[number]

/** Attempts to get back into a run whose connection broke. */
const RESUMES = 5

/**
 * One request and the parts of its answer, in order. A broken connection is resumed from the last part, without losing or
 * doubling one. Ends after the `stop` part; a stream that ends without one and cannot be resumed throws.
 */
export async function* streamTurn(
  client: Letta,
  agentId: string,
  input: TurnInput,
  options: StreamOptions,
  signal: AbortSignal,
): AsyncGenerator<StreamPart> {
  const decoder = createDecoder()
  const body: Body = {
    messages: messagesOf(input),
    stream_tokens: true,
    background: options.background,
    include_pings: true,
    ...(options.maxSteps === null ? {} : { max_steps: options.maxSteps }),
  }
  const request = { signal, maxRetries: 0 }
  let open = () => client.agents.messages.stream(agentId, body, request).asResponse()
  for (let attempt = 0; ; attempt++) {
    const ended = yield* readParts(open, decoder)
    if (ended.stopped) return
    const { runId, seqId } = decoder.position
    if (!options.background || runId === null || attempt >= RESUMES || signal.aborted) {
      throw signal.aborted ? signal.reason : brokenOff(ended.thrown)
    }
    open = () => client.runs.messages.stream(runId, { starting_after: seqId }, request).asResponse()
  }
}

/** Without a connection nothing has begun; else what came so far stays. */
function brokenOff(thrown: unknown): unknown {
  if (thrown instanceof APIConnectionError) return thrown
  return new Problem('The connection broke before the answer was complete.', {
    hint: 'What came so far is kept. Send a message to go on.',
    cause: thrown,
  })
}

interface Ended {
  readonly stopped: boolean
  readonly thrown: unknown
}

/** Parts until the stream ends; says whether it ended as it should, or which break of the connection ended it. */
async function* readParts(
  open: () => Promise<Response>,
  decoder: Decoder,
): AsyncGenerator<StreamPart, Ended> {
  let stopped = false
  try {
    const { body } = await open()
    if (body === null) return { stopped, thrown: null }
    for await (const chunk of jsonEvents(body)) {
      if (isErrorBody(chunk)) {
        yield { kind: 'error', error: serverError(chunk) }
        return { stopped: true, thrown: null }
      }
      for (const part of decoder.decode(chunk)) {
        stopped ||= part.kind === 'stop' || part.kind === 'error'
        yield part
      }
    }
  } catch (thrown) {
    if (isBreak(thrown)) return { stopped, thrown }
    throw thrown
  }
  return { stopped, thrown: null }
}

/** Some servers send an error without a message type. */
function isErrorBody(chunk: unknown): boolean {
  return isRecord(chunk) && chunk['message_type'] === undefined && isRecord(chunk['error'])
}

/** undici says `TypeError: terminated` when the peer goes away in the middle of a body. */
function isBreak(thrown: unknown): boolean {
  return thrown instanceof APIConnectionError || thrown instanceof TypeError
}

function messagesOf(input: TurnInput): Message[] {
  const messages: Message[] = []
  if (input.replies.length > 0) {
    messages.push({ type: 'approval', approvals: input.replies.map(approvalOf) })
  }
  if (input.message !== null) {
    const { otid, text, reminder } = input.message
    const texts = reminder === null ? [text] : [asReminder(reminder), text]
    const content = texts.map((one) => ({ type: 'text' as const, text: one }))
    messages.push({ role: 'user', content, otid })
  }
  return messages
}

type Approval = NonNullable<Extract<Message, { type?: 'approval' }>['approvals']>[number]

function approvalOf(reply: Reply): Approval {
  if (reply.kind === 'denial') {
    return {
      type: 'approval',
      tool_call_id: reply.callId,
      approve: false,
      reason: reply.reason,
    }
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

function returnOf(reply: Extract<Reply, { kind: 'result' }>) {
  if (reply.pictures.length === 0) return reply.text
  const pictures = reply.pictures.map(({ mediaType, base64 }) => ({
    type: 'image' as const,
    source: { type: 'base64' as const, media_type: mediaType, data: base64 },
  }))
  return [{ type: 'text' as const, text: reply.text }, ...pictures]
}
