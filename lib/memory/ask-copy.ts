import { randomUUID } from 'node:crypto'
import { type Backend, connect } from '../client/connect.ts'
import type { AgentTemplate } from '../client/gateway/agent-copies.ts'
import { createGateway, type Gateway } from '../client/gateway/gateway.ts'
import type { PendingCall } from '../client/gateway/pending-calls.ts'
import { defaultThread, type Thread } from '../util/thread.ts'
import { UserError } from '../util/user-error.ts'
import { copyFailed, NO_TOOLS_RUN, questionUnfinished } from './messages.ts'

/** The answer of a copy. */
export interface CopyAnswer {
  readonly text: string
  /** The names of the tools that it called, in their order. */
  readonly tools: readonly string[]
  readonly milliseconds: number
}

/** Asks throw-away copies of an agent: what they do reaches neither the agent nor this machine. */
export interface AgentCopies {
  readonly template: AgentTemplate
  /** Asks a copy that is made for this question, and deleted after it. */
  ask(question: string, options: AskOptions): Promise<CopyAnswer>
  close(): Promise<void>
}

interface AskOptions {
  readonly signal: AbortSignal
  /** Other blocks than those of the agent. */
  readonly blocks?: AgentTemplate['blocks']
}

interface CopySource {
  readonly gateway: Gateway
  readonly backend: Backend
  readonly agentId: string
  readonly now: () => number
}

/**
 * The copies of an agent of the embedded server are in a database in memory, which ends with this process. Those of another
 * server are on that server, and are deleted there.
 */
export async function openCopies(source: CopySource): Promise<AgentCopies> {
  const { gateway, backend, agentId, now } = source
  const template = await gateway.copies.template(agentId)
  const isEmbedded = backend.type === 'embedded'
  const target = isEmbedded
    ? createGateway(await connect({ ...backend, database: ':memory:' }))
    : gateway
  if (!isEmbedded) await gateway.copies.removeLeftovers(now()).catch(() => undefined)
  return {
    template,
    async ask(question, { signal, blocks = template.blocks }) {
      signal.throwIfAborted()
      const begun = now()
      const copied = { ...template, blocks }
      const copy = await target.copies.create(copied, { isSameServer: !isEmbedded })
      try {
        const answer = await converse(target, defaultThread(copy.id), question, signal)
        return { ...answer, milliseconds: now() - begun }
      } finally {
        if (signal.aborted) await target.turns.cancel(defaultThread(copy.id)).catch(() => undefined)
        await copy.remove()
      }
    },
    close: async () => (isEmbedded ? target.close() : undefined),
  }
}

/** Model calls for one question; an agent that insists on tools is stopped. */
const MAX_STEPS = 8

async function converse(
  gateway: Gateway,
  thread: Thread,
  question: string,
  signal: AbortSignal,
): Promise<Pick<CopyAnswer, 'text' | 'tools'>> {
  const tools = new Map<string, string>()
  const texts = new Map<string, string>()
  let input: Parameters<Gateway['turns']['stream']>[1] = {
    replies: [],
    message: { otid: randomUUID(), text: question, reminder: null },
  }
  for (let step = 0; step < MAX_STEPS; step++) {
    let stop = ''
    const asked = new Map<string, PendingCall>()
    for await (const part of gateway.turns.stream(thread, input, { maxSteps: MAX_STEPS, signal })) {
      signal.throwIfAborted()
      if (part.type === 'assistant') texts.set(part.id, (texts.get(part.id) ?? '') + part.text)
      if (part.type === 'call') {
        const { callId, host, tool } = part
        const name = (tools.get(callId) ?? '') + tool
        tools.set(callId, name)
        if (host === 'local') asked.set(callId, { callId, tool: name, args: '' })
      }
      if (part.type === 'stop') stop = part.reason
      if (part.type === 'error')
        throw new UserError(copyFailed(part.error.message, part.error.detail))
    }
    signal.throwIfAborted()
    if (stop !== 'requires_approval') {
      if (stop === 'max_steps') break
      return { text: [...texts.values()].join('\n\n').trim(), tools: [...tools.values()] }
    }
    const pending = asked.size > 0 ? [...asked.values()] : await pendingCalls(gateway, thread)
    for (const { callId, tool } of pending) tools.set(callId, tool)
    input = {
      replies: pending.map(({ callId }) => ({ type: 'denial', callId, reason: NO_TOOLS_RUN })),
      message: null,
    }
  }
  throw new UserError(questionUnfinished(MAX_STEPS))
}

async function pendingCalls(gateway: Gateway, thread: Thread): Promise<readonly PendingCall[]> {
  return (await gateway.threads.retrieve(thread))?.pending ?? []
}
