import type { Letta } from '@letta-ai/letta-client'
import { DEFAULT_CONVERSATION, type Thread } from '../../util/thread.ts'
import { isStatus } from '../errors.ts'
import type { ServerError, StreamPart } from '../stream/decode.ts'
import { streamTurn, type TurnInput } from '../stream/stream.ts'
import type { WaitToRetry } from '../waits.ts'
import { nullIfMissing, type Requests } from './requests.ts'

export interface StreamLimits {
  /** Model calls that this one request may make; null for the server's own limit. */
  readonly maxSteps: number | null
  /** Tools of the server whose calls this client approves. Only the embedded server, and `letta serve`, know this. */
  readonly approvalTools?: readonly string[]
  /** The model of this request; that of the agent when absent. */
  readonly model?: string | null
  /** The replies are stored, and the model is not called. */
  readonly storeOnly?: boolean
  /** Waits while another run of the conversation is active, which refuses this request. Returns whether it has ended. */
  readonly whileBusy?: () => Promise<boolean>
  readonly signal: AbortSignal
}

export interface GatewayTurns {
  stream(thread: Thread, input: TurnInput, limits: StreamLimits): AsyncIterable<StreamPart>
  /** Cancels the active run on the server, which denies its pending calls. */
  cancel(thread: Thread): Promise<void>
  /** Ends the wait of the active run for its next model call. Other servers than the embedded one have no such request. */
  retryNow(thread: Thread): Promise<void>
}

interface TurnRequests extends Pick<Requests, 'call'> {
  /** The session in whose name turns run. */
  readonly session: string
  /** Whether runs continue on the server when the connection breaks. */
  readonly background: boolean
  /** Removes keys from what the server reports. */
  clean(text: string): string
  toUserError(thrown: unknown): unknown
  readonly wait: WaitToRetry
}

export function gatewayTurns(
  client: Letta,
  { call, session, background, clean, toUserError, wait }: TurnRequests,
): GatewayTurns {
  const cleanError = ({ type, message, detail }: ServerError): ServerError => ({
    type,
    message: clean(message),
    detail: clean(detail),
  })
  return {
    async *stream(
      thread,
      input,
      { maxSteps, approvalTools = [], model = null, storeOnly = false, whileBusy, signal },
    ) {
      try {
        const limits = { background, maxSteps, session, approvalTools, model, storeOnly, wait }
        const options = whileBusy === undefined ? limits : { ...limits, whileBusy }
        for await (const part of streamTurn(client, thread, input, options, signal)) {
          yield part.type === 'error' ? { ...part, error: cleanError(part.error) } : part
        }
      } catch (thrown) {
        throw toUserError(thrown)
      }
    },
    async retryNow({ agentId, conversationId }) {
      const isDefault = conversationId === DEFAULT_CONVERSATION
      const query = isDefault ? {} : { conversation_id: conversationId }
      const path = `/v1/agents/${encodeURIComponent(agentId)}/retry-now`
      await call(nullIfMissing(client.post(path, { query, maxRetries: 0 })))
    },
    async cancel({ agentId, conversationId }) {
      // The next turn waits for this request.
      const soon = { timeout: 10_000, maxRetries: 1 }
      if (conversationId === DEFAULT_CONVERSATION) {
        await call(client.agents.messages.cancel(agentId, {}, soon))
        return
      }
      const work = client.conversations.cancel(conversationId, {}, soon)
      // Nothing ran any more.
      await call(
        work.catch((thrown: unknown) => (isStatus(thrown, 409) ? {} : Promise.reject(thrown))),
      )
    },
  }
}
