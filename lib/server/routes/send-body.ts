import * as z from 'zod'
import { HttpError, validationError } from '../errors.ts'
import type { EventFilter } from '../http/event-stream.ts'
import {
  CALLBACK_NOT_SUPPORTED,
  IMAGE_NOT_LOADED,
  INPUT_REQUIRED,
  INPUT_TWICE,
  MESSAGES_EMPTY,
} from '../messages/api.ts'
import type { Base64Image, ToolRecord, UserContentPart } from '../records.ts'
import type { ClientReply } from '../runs/approvals.ts'
import type { RunInput } from '../runs/loop-context.ts'

/** An image that providers refuse must not enter the history, because every later request would fail. */
const image = z.looseObject({
  type: z.literal('image'),
  source: z.looseObject({
    data: z.base64().min(1),
    media_type: z.string().regex(/^image\/[\w.+-]+$/),
  }),
})
/** Understood, so that the error can name what to send in its place. */
const imageByAddress = z.looseObject({
  type: z.literal('image'),
  source: z.looseObject({ type: z.literal('url'), url: z.string() }),
})
const content = z.union([
  z.string(),
  z.array(
    z.union([z.looseObject({ type: z.literal('text'), text: z.string() }), image, imageByAddress]),
  ),
])
/** What a person, the system or the agent says. */
export const spokenMessage = z.looseObject({
  role: z.enum(['user', 'system', 'assistant']),
  content,
  otid: z.string().nullish(),
})
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
  z.looseObject({
    type: z.literal('approval'),
    approvals: z.array(reply).min(1),
    otid: z.string().nullish(),
  }),
  z.looseObject({
    type: z.literal('tool_return'),
    tool_returns: z.array(reply).min(1),
    otid: z.string().nullish(),
  }),
  // The format of older clients, from before replies named their calls.
  z.looseObject({
    type: z.literal('approval'),
    approve: z.boolean(),
    approval_request_id: z.string(),
    otid: z.string().nullish(),
  }),
  spokenMessage,
])
/** The body of a request that sends messages or replies to an agent. */
export const sendShape = z.looseObject({
  messages: z.array(message).nullish(),
  input: content.nullish(),
  stream_tokens: z.boolean().nullish(),
  background: z.boolean().nullish(),
  include_compaction_messages: z.boolean().nullish(),
  include_return_message_types: z.array(z.string()).nullish(),
  include_pings: z.boolean().nullish(),
  max_steps: z.int().positive().nullish(),
  /** Of background runs, on Letta server. */
  callback_url: z.string().nullish(),
  override_model: z.string().nullish(),
  client_tools: z
    .array(
      z.looseObject({
        name: z.string().min(1),
        description: z.string().nullish(),
        parameters: z.record(z.string(), z.unknown()).nullish(),
      }),
    )
    .nullish(),
  client_skills: z
    .array(
      z.looseObject({
        name: z.string(),
        description: z.string().nullish(),
        location: z.string().nullish(),
      }),
    )
    .nullish(),
})
export type SendBody = z.output<typeof sendShape>

const DEFAULT_MAX_STEPS = 200

/**
 * The header in which a client names tools of the server, separated by commas, whose calls it approves in this run. An addition to
 * the Letta API, where only a rule of the agent asks for approval, from all of its clients.
 */
const APPROVAL_TOOLS_HEADER = 'x-letta-approval-tools'

/**
 * The header of a client that reports what ran before its turn was cancelled: the replies are stored, and the model is not called.
 * An addition to the Letta API, where each request with replies calls the model.
 */
const STORE_ONLY_HEADER = 'x-letta-store-only'

export function toRunInput(body: SendBody, headers?: Headers): RunInput {
  const approvalTools = headers?.get(APPROVAL_TOOLS_HEADER)?.split(',') ?? []
  const isStoreOnly = isReply(body) && headers?.get(STORE_ONLY_HEADER) === 'true'
  const input: RunInput = {
    replies: parseReplies(body),
    messages: parseMessages(body),
    tokens: body.stream_tokens === true,
    maxSteps: isStoreOnly ? 0 : (body.max_steps ?? DEFAULT_MAX_STEPS),
    model: body.override_model ?? null,
    compactionEvents: body.include_compaction_messages === true,
    clientTools: clientTools(body),
    clientSkills: (body.client_skills ?? []).map(({ name, description, location }) => {
      return { name, description: description ?? '', location: location ?? '' }
    }),
    approvalTools,
  }
  if (body.input != null && body.messages != null) throw invalidBody(INPUT_TWICE)
  if (body.callback_url != null) throw invalidBody(CALLBACK_NOT_SUPPORTED)
  if (input.replies !== null || input.messages.length > 0) return input
  if (body.messages?.length === 0) throw new HttpError(422, MESSAGES_EMPTY)
  throw invalidBody(INPUT_REQUIRED)
}

function invalidBody(msg: string): HttpError {
  return validationError([{ type: 'value_error', loc: ['body'], msg }])
}

export function toEventFilter(body: SendBody): EventFilter {
  return {
    types: body.include_return_message_types ?? null,
    pings: body.include_pings !== false,
  }
}

/** The client's ids of all messages, joined; null unless every message has one. */
export function joinOtids({ messages }: SendBody): string | null {
  const otids = (messages ?? []).map(({ otid }) => otid)
  return otids.length > 0 && otids.every((otid) => typeof otid === 'string')
    ? otids.join(' ')
    : null
}

function isReply(body: SendBody): boolean {
  return (body.messages ?? []).some((one) => !('role' in one))
}

function parseReplies(body: SendBody): readonly ClientReply[] | null {
  if (!isReply(body)) return null
  return (body.messages ?? []).flatMap((one) =>
    'role' in one ? [] : parseApprovals(one['approvals'] ?? one['tool_returns'] ?? []),
  )
}

function parseApprovals(approvals: unknown): readonly ClientReply[] {
  return z.array(reply).parse(approvals).map(toReply)
}

function toReply(one: z.output<typeof reply>): ClientReply {
  if (one.type === 'approval') {
    return {
      type: 'approval',
      callId: one.tool_call_id,
      approve: one.approve,
      reason: one.reason ?? null,
    }
  }
  const parts = toContent(one.tool_return)
  return {
    type: 'tool',
    callId: one.tool_call_id,
    status: one.status,
    text: parts.flatMap((part) => (part.type === 'text' ? part.text : [])).join(''),
    pictures: parts.flatMap((part): Base64Image[] => (part.type === 'image' ? [part] : [])),
    stdout: one.stdout ?? [],
    stderr: one.stderr ?? [],
  }
}

function parseMessages(body: SendBody): RunInput['messages'] {
  const messages = (body.messages ?? []).flatMap((one) =>
    'role' in one ? [toInputMessage(spokenMessage.parse(one))] : [],
  )
  const input = body.input ?? null
  return input === null
    ? messages
    : [...messages, { role: 'user', content: toContent(input), otid: null }]
}

export function toInputMessage(one: z.output<typeof spokenMessage>): RunInput['messages'][number] {
  const role = one.role === 'assistant' ? 'assistant' : 'user'
  return { role, content: toContent(one.content), otid: one.otid ?? null }
}

function toContent(given: z.output<typeof content>): readonly UserContentPart[] {
  if (typeof given === 'string') return [{ type: 'text', text: given }]
  return given.map((part) =>
    part.type === 'text'
      ? { type: 'text', text: part.text }
      : { type: 'image', ...toImage(part.source) },
  )
}

/** Takes the media type from the data: a provider refuses an image of another type than stated, and so every later request. */
function toImage(source: z.output<typeof image | typeof imageByAddress>['source']): Base64Image {
  const { data, media_type } = source
  if (typeof data !== 'string' || typeof media_type !== 'string') {
    throw invalidBody(IMAGE_NOT_LOADED)
  }
  const detected = Object.entries(SIGNATURES).find(([, beginning]) => beginning.test(data))
  return { mediaType: detected?.[0] ?? media_type, base64: data }
}

/** The beginnings of files of these types, in base64. */
const SIGNATURES: Readonly<Record<string, RegExp>> = {
  'image/png': /^iVBORw0KGgo/,
  'image/jpeg': /^\/9j\//,
  'image/gif': /^R0lGOD/,
  'image/webp': /^UklGR.{6}XRUJQ/,
}

function clientTools(body: SendBody): readonly ToolRecord[] {
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
