// A small model behind the part of OpenAI's chat completions that the tests use: streamed text, and one call of a named tool.
// Runs in the directory where node-llama-cpp is installed: node endpoint.mjs MODEL.gguf. Prints its address.
import { createServer } from 'node:http'
import { getLlama, LlamaCompletion, LlamaText, SpecialTokensText } from 'node-llama-cpp'

const [, , modelPath = ''] = process.argv
// Several threads wait for each other actively, which takes very long on a busy machine.
const llama = await getLlama({ gpu: false, build: 'never', logLevel: 'error', maxThreads: 1 })
const model = await llama.loadModel({ modelPath })
const context = await model.createContext({ contextSize: 8_192 })
const completion = new LlamaCompletion({ contextSequence: context.getSequence() })
/** There is one sequence, so answers are generated one at a time. */
let queue = Promise.resolve()

function promptOf(messages) {
  const mark = (text) => new SpecialTokensText(text)
  const parts = messages.flatMap(({ role, content }) => [
    mark(`<|im_start|>${role === 'tool' ? 'user' : role}\n`),
    textOf(content),
    mark('<|im_end|>\n'),
  ])
  return LlamaText([...parts, mark('<|im_start|>assistant\n')]).tokenize(model.tokenizer)
}

function textOf(content) {
  if (typeof content === 'string') return content
  return (content ?? []).map((part) => part.text ?? '').join('')
}

/** Restricts the arguments to the schema, whatever the model would generate. */
function grammarOf(tool) {
  const { properties = {} } = tool.function.parameters
  const texts = Object.keys(properties).map((name) => [name, { type: 'string', maxLength: 60 }])
  const schema = { type: 'object', properties: Object.fromEntries(texts) }
  return llama.createGrammarForJsonSchema(schema)
}

async function answer(body, send, signal) {
  const named = body.tool_choice?.function?.name
  const tool = body.tools?.find((one) => one.function.name === named)
  const tokens = promptOf(body.messages)
  let written = ''
  let count = 0
  await completion.generateCompletion(tokens, {
    maxTokens: Math.min(body.max_tokens ?? 48, 48),
    temperature: 0,
    signal,
    stopOnAbortSignal: true,
    onToken: (some) => {
      count += some.length
    },
    onTextChunk(text) {
      written += text
      if (tool === undefined) send({ content: text })
    },
    // A grammar requires repetitions, such as quotes.
    ...(tool === undefined ? {} : { grammar: await grammarOf(tool), repeatPenalty: false }),
  })
  if (tool !== undefined) {
    const called = { name: named, arguments: written }
    send({ tool_calls: [{ index: 0, id: `call_${count}`, type: 'function', function: called }] })
  }
  return {
    finish: tool === undefined ? 'stop' : 'tool_calls',
    usage: { prompt_tokens: tokens.length, completion_tokens: count },
  }
}

async function chat(request, response) {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const body = JSON.parse(Buffer.concat(chunks).toString())
  const left = new AbortController()
  response.on('close', () => left.abort())
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const write = (rest) =>
    response.write(`data: ${JSON.stringify({ model: body.model, ...rest })}\n\n`)
  const send = (delta, finish = null) =>
    write({ choices: [{ index: 0, delta, finish_reason: finish }] })
  const { finish, usage } = await answer(body, send, left.signal)
  send({}, finish)
  write({ choices: [], usage })
  response.end('data: [DONE]\n\n')
}

const server = createServer((request, response) => {
  if (request.url?.endsWith('/models')) {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ data: [{ id: 'small', meta: { n_ctx: context.contextSize } }] }))
  } else if (request.url?.endsWith('/chat/completions')) {
    queue = queue.then(() => chat(request, response)).catch((error) => response.destroy(error))
  } else response.writeHead(404).end()
})
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${server.address().port}/v1\n`)
})
