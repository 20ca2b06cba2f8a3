import type { Hono } from 'hono'
import { z } from 'zod'
import type { RunInput } from '../agent-loop.ts'
import { pendingOf, type Reply } from '../approvals.ts'
import { replayRun, streamRun } from '../event-stream.ts'
import { PENDING, Refusal } from '../failure.ts'
import type { LiveRun, RunEvent } from '../live-run.ts'
import type { Picture, ToolRecord, UserContent } from '../records.ts'
import { agentOf, bodyOf, checkId, describeAgent, limitOf, type Service } from '../service.ts'
import { messageItems, runJson } from '../wire.ts'

const image = z.looseObject({
  type: z.literal('image'),
  source: z.looseObject({ data: z.string(), media_type: z.string() }),
})
const content = z.union([
  z.string(),
  z.array(z.union([z.looseObject({ type: z.literal('text'), text: z.string() }), image])),
])
const reply = z.union([
  z.looseObject({
    type: z.literal('tool'),
    tool_call_id: z.string(),
    tool_return: content,
    status: z.enum(['success', 'error']),
    stdout: z.array(z.string()).nullish(),
    stderr: z.array(z.string()).nullish(),
  }),
  z.looseObject({
    type: z.literal('approval'),
    tool_call_id: z.string(),
    approve: z.boolean(),
    reason: z.string().nullish(),
  }),
])
const message = z.union([
  z.looseObject({ type: z.literal('approval'), approvals: z.array(reply) }),
  z.looseObject({ role: z.enum(['user', 'system']), content, otid: z.string().nullish() }),
])
const shape = z.looseObject({
  messages: z.array(message).nullish(),
  input: content.nullish(),
  stream_tokens: z.boolean().nullish(),
  background: z.boolean().nullish(),
  max_steps: z.int().positive().nullish(),
  client_tools: z
    .array(
      z.looseObject({
        name: z.string(),
        description: z.string().nullish(),
        parameters: z.record(z.string(), z.unknown()).nullish(),
      }),
    )
    .nullish(),
})
type Body = z.output<typeof shape>

const MAX_STEPS = 200

export function messageRoutes(app: Hono, service: Service): void {
  const { storage, runs } = service

  app.post('/v1/agents/:id/messages/stream', async ({ req }) => {
    const body = await bodyOf(req.raw, shape)
    const agent = agentOf(service, req.param('id'))
    const background = body.background === true
    const run = startRun(service, agent.id, body, background)
    // Whoever leaves a foreground stream has no way back to it: the model need not go on.
    const left = background ? {} : { onLeft: () => run.abort() }
    return streamRun(run, { after: 0, signal: req.raw.signal, ...left })
  })

  app.post('/v1/agents/:id/messages', async ({ req, json }) => {
    const body = await bodyOf(req.raw, shape)
    const agent = agentOf(service, req.param('id'))
    const pending = pendingOf(storage, agent.id)
    if (pending !== null && !isReply(body)) {
      const detail = {
        code: 'PENDING_APPROVAL',
        message: PENDING,
        pending_request_id: pending.message.id,
      }
      throw new Refusal(409, { detail })
    }
    const run = startRun(service, agent.id, { ...body, stream_tokens: false }, false)
    req.raw.signal.addEventListener('abort', run.abort, { once: true })
    await over(run)
    return json(wholeAnswer(run))
  })

  app.get('/v1/agents/:id/messages', ({ req, json }) => {
    const agent = agentOf(service, req.param('id'))
    const messages = storage.messages.list(agent.id, {
      limit: limitOf(req.query('limit'), 100),
      ascending: req.query('order') === 'asc',
      after: req.query('after') ?? null,
      before: req.query('before') ?? null,
    })
    return json(messages.flatMap(messageItems))
  })

  app.post('/v1/agents/:id/messages/cancel', async ({ req, json }) =>
    json(await runs.cancel(agentOf(service, req.param('id')).id)),
  )

  app.patch('/v1/agents/:id/reset-messages', async ({ req, json }) => {
    const agent = agentOf(service, req.param('id'))
    await runs.cancel(agent.id)
    storage.messages.forget(agent.id)
    return json(describeAgent(service, agent))
  })

  app.get('/v1/runs', ({ req, json }) => {
    const limit = limitOf(req.query('limit'), 100)
    const listed = storage.runs.list(req.query('agent_id') ?? null, limit)
    const active = req.query('active') === 'true'
    return json(listed.filter((run) => !active || run.status === 'running').map(runJson))
  })
  app.get('/v1/runs/:id', ({ req, json }) => json(runJson(runOf(service, req.param('id')))))
  app.post('/v1/runs/:id/stream', async ({ req }) => {
    const { starting_after } = await bodyOf(
      req.raw,
      z.looseObject({ starting_after: z.int().nullish() }),
    )
    const run = runOf(service, req.param('id'))
    if (!run.background) {
      throw new Refusal(
        400,
        'INVALID_ARGUMENT: Run was not created in background mode, so it cannot be retrieved.',
      )
    }
    const after = Math.max(0, starting_after ?? 0)
    const live = runs.live(run.id)
    if (live !== null) return streamRun(live, { after, signal: req.raw.signal })
    return replayRun(storage.runs.events(run.id) as readonly RunEvent[], after)
  })
}

function runOf({ storage }: Service, id: string) {
  const run = storage.runs.get(checkId('run', id))
  if (run === null) throw new Refusal(404, `Run with ID ${id} not found`)
  return run
}

function startRun(service: Service, agentId: string, body: Body, background: boolean): LiveRun {
  const input: RunInput = {
    replies: repliesOf(body),
    messages: messagesOf(body),
    tokens: body.stream_tokens === true,
    maxSteps: body.max_steps ?? MAX_STEPS,
    clientTools: clientTools(body),
  }
  if (input.replies === null && input.messages.length === 0) {
    throw new Refusal(422, {
      detail: [{ type: 'missing', loc: ['body', 'messages'], msg: 'Field required' }],
    })
  }
  return service.runs.start(agentId, input, background)
}

function isReply(body: Body): boolean {
  return (body.messages ?? []).some((one) => 'approvals' in one)
}

function repliesOf(body: Body): readonly Reply[] | null {
  if (!isReply(body)) return null
  return (body.messages ?? []).flatMap((one) =>
    'approvals' in one ? approvalsOf(one.approvals) : [],
  )
}

function approvalsOf(approvals: unknown): readonly Reply[] {
  return z.array(reply).parse(approvals).map(replyOf)
}

function replyOf(one: z.output<typeof reply>): Reply {
  if (one.type === 'approval') {
    return {
      type: 'approval',
      callId: one.tool_call_id,
      approve: one.approve,
      reason: one.reason ?? null,
    }
  }
  const parts = contentOf(one.tool_return)
  return {
    type: 'tool',
    callId: one.tool_call_id,
    status: one.status,
    text: parts.flatMap((part) => (part.type === 'text' ? part.text : [])).join(''),
    pictures: parts.flatMap((part): Picture[] => (part.type === 'image' ? [part] : [])),
    stdout: one.stdout ?? [],
    stderr: one.stderr ?? [],
  }
}

function messagesOf(body: Body): RunInput['messages'] {
  const given = (body.messages ?? []).flatMap((one) =>
    'role' in one
      ? [
          {
            content: contentOf(content.parse(one.content)),
            otid: typeof one.otid === 'string' ? one.otid : null,
          },
        ]
      : [],
  )
  const input = body.input ?? null
  return input === null ? given : [...given, { content: contentOf(input), otid: null }]
}

function contentOf(given: z.output<typeof content>): readonly UserContent[] {
  if (typeof given === 'string') return [{ type: 'text', text: given }]
  return given.map((part) =>
    part.type === 'text'
      ? { type: 'text', text: part.text }
      : { type: 'image', mediaType: part.source.media_type, base64: part.source.data },
  )
}

function clientTools(body: Body): readonly ToolRecord[] {
  return (body.client_tools ?? []).map(({ name, description, parameters }) => ({
    id: `client ${name}`,
    name,
    description: description ?? '',
    jsonSchema: { name, description: description ?? '', parameters: parameters ?? {} },
    sourceCode: '',
    sourceType: 'json',
    requiresApproval: true,
    builtIn: false,
    tags: [],
    createdAt: '',
  }))
}

function over(run: LiveRun): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (!run.isOver) return
      stop()
      resolve()
    }
    const stop = run.follow(check)
    check()
  })
}

/** The whole answer of a run that was not streamed; its failure is an HTTP error. */
function wholeAnswer(run: LiveRun): unknown {
  const events = run.events.map((event) => event.json)
  const ofType = (type: string) => events.find((json) => json['message_type'] === type)
  const failure = ofType('error_message')
  if (failure !== undefined) throw new Refusal(500, { detail: failure['message'] })
  const told = new Set(['ping', 'stop_reason', 'usage_statistics'])
  return {
    messages: events.filter((json) => !told.has(String(json['message_type']))),
    stop_reason: ofType('stop_reason'),
    usage: ofType('usage_statistics'),
  }
}
