import { expect } from 'chai'
import { openFourDialects } from '../support/four-dialects.ts'
import { answered, type EndpointServer, say, send } from '../support/letta-server.ts'
import type { RecordedRequest, ScriptedAnswer } from '../support/model-endpoint.ts'

type Dialect = 'chat' | 'responses' | 'anthropic' | 'google'

/** A reason in the words of a provider, and what of the request, or of its headers, it refuses. */
interface Wording {
  readonly reason: string
  readonly refused: RegExp
  readonly effort?: 'none' | 'high'
  /** 400 by default. */
  readonly status?: 500
  /** Answers without reasoning, as another model has given them. */
  readonly isUnreasoned?: boolean
}

const CACHE_MARK = /"cache_control"/
const EFFORT = /"reasoning_effort"|"effort"|"thinking":\{"type"/
const BETA = /"anthropic-beta"/
const TEMPERATURE = /"temperature"/
const NULL_CONTENT = /"content":null/
const CALLS = /"tool_calls"|"tool_use"|"function_call"|"functionCall"/
const REASONING = /"type":"(reasoning|thinking)"/

const WORDINGS: Readonly<Record<Dialect, readonly Wording[]>> = {
  anthropic: [
    { reason: 'system.0.cache_control: Extra inputs are not permitted', refused: CACHE_MARK },
    {
      reason: 'A maximum of 4 blocks with cache_control may be provided. Found 5.',
      refused: CACHE_MARK,
    },
    {
      reason:
        'Unexpected value(s) `interleaved-thinking-2025-05-14` for the `anthropic-beta` header.',
      refused: BETA,
    },
    { reason: 'invalid beta flag', refused: BETA },
    {
      reason:
        '`thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified. These blocks must remain as they were in the original response.',
      refused: REASONING,
    },
    {
      reason: 'output_config.effort: This model does not support the effort parameter.',
      refused: EFFORT,
      effort: 'high',
    },
    {
      reason: '`temperature` may only be set to 1 when thinking is enabled.',
      refused: TEMPERATURE,
    },
    {
      reason:
        '`tool_use` ids were found without `tool_result` blocks immediately after: call_1. Each must have a corresponding one in the next message.',
      refused: CALLS,
    },
  ],
  responses: [
    { reason: 'The encrypted content gAAA...DQ== could not be verified.', refused: REASONING },
    {
      reason:
        "Item with id 'rs_68' not found. Items are not persisted when `store` is set to false.",
      refused: REASONING,
    },
    {
      reason: "Item 'rs_68' of type 'reasoning' was provided without its required following item.",
      refused: REASONING,
    },
    { reason: 'Unknown parameter: prompt_cache_key', refused: /"prompt_cache_key"/ },
    { reason: 'Duplicate item found with id fc_1. Remove duplicate items.', refused: CALLS },
  ],
  chat: [
    { reason: 'invalid temperature: only 1 is allowed for this model', refused: TEMPERATURE },
    { reason: 'temperature: Input should be less than or equal to 1', refused: TEMPERATURE },
    {
      reason: "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      refused: /"stream_options"/,
    },
    {
      reason: "Invalid type for 'messages[2].content': expected one of a string, but got null.",
      refused: NULL_CONTENT,
    },
    { reason: 'messages[2]: invalid type: null, expected a string', refused: NULL_CONTENT },
    {
      reason: '"qwen2.5:7b" does not support thinking',
      refused: EFFORT,
      effort: 'high',
    },
    { reason: 'think value "high" is not supported', refused: EFFORT, effort: 'high' },
    {
      reason: "Unsupported value: 'none' is not supported with this model.",
      refused: EFFORT,
      effort: 'none',
    },
    {
      reason: "Additional properties are not allowed ('reasoning_content' was unexpected)",
      refused: /"reasoning_content"/,
    },
    {
      reason: 'The `reasoning_content` in the thinking mode must be passed back to the API.',
      refused: /"role":"assistant","content":"[^"]*"[,}](?!"reasoning_content)/,
      isUnreasoned: true,
    },
    { reason: 'Not the same number of function calls and responses', refused: CALLS },
    {
      reason:
        'Failed to parse tool call arguments as JSON: [json.exception.parse_error.101] parse error at line 1, column 2',
      refused: CALLS,
      status: 500,
    },
    {
      reason: "Unknown (built-in) filter 'items' for type String at row 62, column 34",
      refused: CALLS,
      status: 500,
    },
  ],
  google: [
    {
      reason:
        'Please ensure that the number of function response parts is equal to the number of function call parts.',
      refused: CALLS,
    },
  ],
}

const TYPES = { chat: 'openai', responses: 'openai', anthropic: 'anthropic', google: 'google_ai' }
const MAX_REJECTIONS = 3

describe('A request that a provider refuses in its own words', () => {
  let opened: EndpointServer
  before(async () => {
    opened = await openFourDialects()
  })
  after(() => opened.close())

  /** A conversation with a call and its result, whose next message is refused some times. */
  const sendRefused = async (dialect: Dialect, wording: Wording, times: number) => {
    const { client, endpoint } = opened
    const { tools } = await client.agents.retrieve(opened.agent)
    const { id } = await client.agents.create({
      agent_type: 'letta_v1_agent',
      model: `${dialect}/${wording.reason.length}-${times}`,
      system: 'You are Ada.',
      include_base_tools: false,
      tool_ids: (tools ?? []).map((tool) => tool.id ?? ''),
      model_settings: {
        provider_type: TYPES[dialect],
        temperature: 0.5,
        ...(dialect === 'anthropic' ? { effort: wording.effort } : {}),
        ...(dialect === 'chat' && wording.effort !== undefined
          ? { reasoning: { reasoning_effort: wording.effort } }
          : {}),
      } as never,
    })
    const call = { id: 'call_1', name: 'Bash', args: { command: 'ls' } }
    const thought = wording.isUnreasoned === true ? {} : { reasoning: 'Hm.', signature: 'U2ln' }
    endpoint.setTurns([{ ...thought, calls: [call] }, { text: 'Done.' }])
    const called = await send(client, id, say('look'))
    const [pending] = called.events.flatMap(
      (event) => Object(event['tool_call']).tool_call_id ?? [],
    )
    await send(client, id, answered(String(pending), 'a.txt'))
    const rejection: ScriptedAnswer = {
      error: { status: wording.status ?? 400, body: { error: { message: wording.reason } } },
    }
    endpoint.setTurns([...Array.from({ length: times }, () => rejection), { text: 'On.' }])
    const { error } = await send(client, id, say('on'))
    return { error, requests: [...endpoint.requests] }
  }
  const has = ({ headers, body }: RecordedRequest, refused: RegExp): boolean =>
    refused.test(JSON.stringify(body)) || refused.test(JSON.stringify(headers))

  for (const [dialect, wordings] of Object.entries(WORDINGS)) {
    for (const wording of wordings) {
      const { reason, refused } = wording
      it(`is sent again without what is refused, by ${dialect}: “${reason}”`, async () => {
        for (let times = 1; times <= MAX_REJECTIONS; times++) {
          const { error, requests } = await sendRefused(dialect as Dialect, wording, times)
          const [first] = requests
          expect(first !== undefined && has(first, refused), reason).to.equal(true)
          const last = requests.at(-1)
          if (error === null && last !== undefined && !has(last, refused)) return
        }
        expect.fail(`it is still refused after ${MAX_REJECTIONS} times`)
      })
    }
  }

  const limits: Readonly<Record<string, number>> = {
    'Range of max_tokens should be [1, 8192]': 8_192,
    'Invalid max_tokens value, the valid range of max_tokens is [1, 8192]': 8_192,
    '`max_tokens` must be less than or equal to `32768`, the maximum value is less than the `context_window`': 32_768,
    'The maximum tokens you requested exceeds the model limit of 8192.': 8_192,
  }
  for (const [reason, limit] of Object.entries(limits)) {
    it(`is sent with the largest output limit that is accepted: “${reason}”`, async () => {
      const { client, endpoint } = opened
      const agent = await client.agents.create({
        model: `chat/${reason.length}`,
        include_base_tools: false,
        max_tokens: 100_000,
      } as never)
      endpoint.setTurns([
        { error: { status: 400, body: { error: { message: reason } } } },
        { text: 'On.' },
      ])
      expect((await send(client, agent.id, say('on'))).error).to.equal(null)
      expect(endpoint.requests.map(({ body }) => body['max_tokens'])).to.deep.equal([
        100_000,
        limit,
      ])
    })
  }

  const unreadable: readonly (readonly [string, ScriptedAnswer])[] = [
    ['Groq', rejectionOf(400, { message: 'Failed to call a function.', code: 'tool_use_failed' })],
    ['Groq, in the stream', inStream({ message: 'Failed.', code: 'tool_use_failed' })],
    ['llama.cpp', rejectionOf(500, { message: 'Failed to parse input at pos 12: <tool_call>' })],
    [
      'llama.cpp, in the stream',
      inStream({ code: 500, message: 'Failed to parse input at pos 12: <tool_call>' }),
    ],
  ]
  for (const [who, failure] of unreadable) {
    it(`is sent again when the model wrote a call that its provider cannot read: ${who}`, async () => {
      const { client, endpoint } = opened
      const agent = await client.agents.create({ model: 'chat/unread', include_base_tools: false })
      endpoint.setTurns([failure, { text: 'On.' }])
      expect((await send(client, agent.id, say('on'))).error).to.equal(null)
      expect(endpoint.requests).to.have.length(2)
    })
  }
})

function rejectionOf(status: number, error: unknown): ScriptedAnswer {
  return { error: { status, body: { error } } }
}

function inStream(error: unknown): ScriptedAnswer {
  const thought = { choices: [{ index: 0, delta: { reasoning_content: 'Hm.' } }] }
  const pieces = [thought, { error }].map((one) => `data: ${JSON.stringify(one)}\n\n`)
  return { raw: { pieces } }
}
