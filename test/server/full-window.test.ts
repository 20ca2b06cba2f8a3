import { expect } from 'chai'
import { namesOverflow } from '../../lib/server/providers/overflow.ts'
import {
  answered,
  type EndpointServer,
  openEndpointServer,
  say,
  send,
} from '../support/letta-server.ts'
import type { ModelEndpoint, ScriptedAnswer } from '../support/model-endpoint.ts'

/** As the provider reports it, with the status and the body of its error. */
const REPORTS: Readonly<Record<string, readonly [number, unknown]>> = {
  OpenAI: [
    400,
    {
      error: {
        message: 'Your input exceeds the context window of this model.',
        code: 'context_length_exceeded',
      },
    },
  ],
  Azure: [
    400,
    {
      error: {
        message:
          "This model's maximum context length is 8192 tokens, however you requested 9000 tokens.",
      },
    },
  ],
  Anthropic: [
    400,
    {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: 'prompt is too long: 210000 tokens > 200000 maximum',
      },
    },
  ],
  'Anthropic with an output limit': [
    400,
    {
      error: {
        message: 'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000',
      },
    },
  ],
  Bedrock: [400, { message: 'Input is too long for requested model.' }],
  Gemini: [
    400,
    [
      {
        error: {
          code: 400,
          message:
            'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
          status: 'INVALID_ARGUMENT',
        },
      },
    ],
  ],
  xAI: [
    400,
    {
      code: 'invalid',
      error: "This model's maximum prompt length is 131072 but the request contains 537000 tokens.",
    },
  ],
  Kimi: [
    400,
    { error: { message: 'Invalid request: Your request exceeded model token limit: 262144' } },
  ],
  'GitHub Copilot': [
    400,
    {
      error: {
        message: 'prompt token count of 140000 exceeds the limit of 128000',
        code: 'model_max_prompt_tokens_exceeded',
      },
    },
  ],
  'vLLM, older': [
    400,
    {
      object: 'error',
      message: 'The decoder prompt (length 9001) is longer than the maximum model length of 8192.',
      code: 400,
    },
  ],
  'vLLM, newer': [
    400,
    {
      error: {
        message:
          "'max_tokens' or 'max_completion_tokens' is too large: 512. This model's maximum context length is 4096 tokens and your request has 4000 input tokens",
      },
    },
  ],
  SGLang: [
    400,
    {
      object: 'error',
      message: "The input (41000 tokens) is longer than the model's context length (32768 tokens).",
    },
  ],
  'llama.cpp': [
    400,
    {
      error: {
        code: 400,
        message: 'the request exceeds the available context size, try increasing it',
        type: 'exceed_context_size_error',
      },
    },
  ],
  'llama.cpp, as its own failure': [
    500,
    {
      error: {
        code: 500,
        message: 'the request exceeds the available context size',
        type: 'server_error',
      },
    },
  ],
  'LM Studio': [
    400,
    {
      error:
        'The number of tokens to keep from the initial prompt is greater than the context length.',
    },
  ],
  Ollama: [400, { error: 'input length exceeds maximum context length' }],
  Mistral: [
    400,
    {
      object: 'error',
      message:
        'Prompt contains 65673 tokens, too large for model with 32768 maximum context length',
      code: '3051',
    },
  ],
  Together: [
    422,
    {
      error: {
        message: '`inputs` tokens + `max_new_tokens` must be <= 8193. Given: 9000 `inputs` tokens',
      },
    },
  ],
  'Hugging Face': [
    422,
    {
      error: 'Input validation error: `inputs` must have less than 4096 tokens. Given: 5000',
      error_type: 'validation',
    },
  ],
  Groq: [
    413,
    {
      error: {
        message:
          'Request too large for model `x`: Limit 6000, Requested 9000, please reduce your message size and try again.',
        code: 'rate_limit_exceeded',
      },
    },
  ],
  Fireworks: [
    400,
    { error: { message: 'The prompt is too long: 140000, model maximum context length: 131071' } },
  ],
  Cerebras: [
    400,
    {
      message:
        'Please reduce the length of the messages or completion. Current length is 70000 while limit is 65536',
      code: 'context_length_exceeded',
    },
  ],
  Cohere: [
    400,
    { message: 'too many tokens: total number of tokens in the prompt cannot exceed 4081' },
  ],
  Databricks: [
    400,
    { error_code: 'BAD_REQUEST', message: 'Input exceeds maximum allowed content length' },
  ],
  Cloudflare: [
    400,
    {
      errors: [
        {
          message:
            'The estimated number of input and maximum output tokens exceeded this model context window limit',
        },
      ],
    },
  ],
  'OpenRouter, of another': [
    400,
    {
      error: {
        message: 'Provider returned error',
        metadata: { raw: '{"error":{"message":"prompt is too long"}}' },
      },
    },
  ],
  DashScope: [
    400,
    {
      error: {
        message: 'Range of input length should be [1, 30720]',
        code: 'invalid_parameter_error',
      },
    },
  ],
  Qianfan: [
    400,
    {
      error: {
        message: 'the length of input is too long, the max input characters is 20000',
        code: '336007',
      },
    },
  ],
  Zhipu: [400, { error: { code: '1261', message: 'Prompt 超长' } }],
  MiniMax: [400, { error: { message: 'invalid params, context window exceeds limit (2013)' } }],
}

describe('A context window that is full', () => {
  let endpoint: ModelEndpoint
  let agent: string
  let client: EndpointServer['client']
  let close: EndpointServer['close']

  beforeEach(async () => {
    ;({ endpoint, agent, client, close } = await openEndpointServer())
  })
  afterEach(() => close())

  const ask = (text: string) => send(client, agent, say(text))
  const error = ([status, body]: readonly [number, unknown]): ScriptedAnswer => ({
    error: { status, body },
  })
  const summary = { match: { system: 'about to leave' }, text: 'They greeted.' }
  const talk = async (): Promise<void> => {
    endpoint.setTurns([{ text: 'One.' }, { text: 'Two.' }, { text: 'Three.' }])
    for (const text of ['1', '2', '3']) await ask(text)
  }

  for (const [who, report] of Object.entries(REPORTS)) {
    it(`is compacted, and the message is answered, when ${who} reports it`, async () => {
      await talk()
      endpoint.setTurns([error(report), summary, { text: 'Four.' }])
      const { error: failure, events } = await ask('4')
      expect(failure).to.equal(null)
      expect(JSON.stringify(events)).to.include('They greeted.').and.include('Four.')
    })
  }

  it('is compacted when a server reports it in the stream', async () => {
    await talk()
    const reported = { object: 'error', message: 'maximum context length is 10 tokens', code: 400 }
    const raw = { pieces: [`data: ${JSON.stringify(reported)}\n\n`] }
    endpoint.setTurns([{ raw }, summary, { text: 'Four.' }])
    expect((await ask('4')).error).to.equal(null)
  })

  it('is compacted when a prompt that nearly fills it is refused for an unknown reason', async () => {
    await client.agents.update(agent, { context_window_limit: 4000 })
    endpoint.setTurns([{ text: 'One.' }, { text: 'Two.' }])
    for (const text of ['1', 'x'.repeat(10_000)]) await ask(text)
    endpoint.setTurns([
      error([400, { error: { message: 'Bad things' } }]),
      summary,
      { text: 'Done.' },
    ])
    expect((await ask('3')).error).to.equal(null)
  })

  it('is no reason to compact when a small prompt is refused', async () => {
    await talk()
    endpoint.setTurns([error([400, { error: { message: 'Bad things' } }])])
    expect((await ask('4')).error).to.not.equal(null)
    expect(endpoint.requests).to.have.length(1)
  })

  it('leaves out the middle of a message that is longer than the window', async () => {
    await client.agents.update(agent, { context_window_limit: 4000 })
    const report = error([400, { error: { message: 'prompt is too long' } }])
    endpoint.setTurns([report, { text: 'Done.' }])
    const long = `begin ${'x'.repeat(12_000)} end`
    expect((await ask(long)).error).to.equal(null)
    const sent = String(endpoint.requests.at(-1)?.body.messages?.at(-1)?.content)
    expect(sent)
      .to.match(/^begin x/)
      .and.match(/x end$/)
    expect(sent.length).to.be.below(long.length / 1.5)
  })

  it('leaves out the middle of the result of a tool that alone is too long', async () => {
    await client.agents.update(agent, { context_window_limit: 4000 })
    const report = error([400, { error: { message: 'prompt is too long' } }])
    const call = { id: 'c1', name: 'Bash', args: { command: 'ls' } }
    endpoint.setTurns([
      { calls: [call] },
      report,
      summary,
      report,
      { text: 'Done.' },
      { text: 'On.' },
    ])
    await ask('go')
    const { error: failure } = await send(client, agent, answered('c1', 'y'.repeat(20_000)))
    expect(failure).to.equal(null)
    expect((await ask('on')).error).to.equal(null)
  })

  it('is named by words of other servers and languages', () => {
    const reasons = [
      'prompt_token_count 1048577 > 1048576',
      'input_tokens + max_new_tokens must be <= 4096',
      'Your prompt has 5000 tokens but the limit is 4096',
      "Invalid 'messages': total length 1000000 tokens is above the maximum of 128000",
      'sequence length 33000 > 32768',
      "the prompt of 40000 tokens does not fit into the model's window",
      'failed to find a memory slot for a batch of size 512',
      'kv cache is full',
      'n_ctx 4096 is smaller than n_tokens 5000',
      "The model's context budget was used up",
      'tokens_limit_reached',
      'CONTENT_LENGTH_EXCEEDS_THRESHOLD',
      '入力が長すぎます。最大コンテキスト長を超えています',
      '프롬프트가 최대 길이를 초과했습니다',
      'Eingabe zu lang: 9000 Token, erlaubt sind 8192',
      "L'entrée dépasse la longueur maximale du contexte",
    ]
    expect(reasons.filter((reason) => !namesOverflow(reason))).to.deep.equal([])
  })

  it('is not named by an error about something else', () => {
    const others = [
      'messages.3.content.1.image.source.base64: image exceeds 5 MB maximum: 6000000 bytes',
      'messages.4.content.3.image.source.base64.data: At least one of the image dimensions exceed max allowed size for many-image requests: 2000 pixels',
      'Invalid image: size 30 MB > 20 MB',
      'stop sequences: length 5 > 4',
      'max_new_tokens must be <= 4096',
      'model is being loaded',
      "Invalid type for 'messages[0]'",
      'max_tokens: 100000 > 8192, which is the maximum allowed number of output tokens',
      'image exceeds 5 MB maximum',
      'Incorrect API key provided',
      'The model `gpt-7` does not exist',
    ]
    expect(others.filter(namesOverflow)).to.deep.equal([])
  })
})
