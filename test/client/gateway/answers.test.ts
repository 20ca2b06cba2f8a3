import { Letta } from '@letta-ai/letta-client'
import { expect } from 'chai'
import { createGateway, type Gateway } from '../../../lib/client/gateway/gateway.ts'
import { invalidResponse } from '../../../lib/client/messages.ts'
import { defaultThread } from '../../../lib/util/thread.ts'
import { UserError } from '../../../lib/util/user-error.ts'
import { openShell, type Shell } from '../../support/command-line.ts'

const URL = 'http://letta.test'
const AGENT = { id: 'agent-1', name: 'Ada', model: 'openai/gpt', tools: [], blocks: [] }
const BLOCK = { id: 'block-1', label: 'human', value: '' }

/** Bodies that are no answer of a Letta server, all with status 200. */
const BODIES: Readonly<Record<string, string>> = {
  'an empty body': '',
  'a body that is cut off': '{"id": "agent-1", "na',
  'an empty object': '{}',
  null: 'null',
  'an empty list': '[]',
  'a list of null': '[null]',
  'a number': '7',
  'another object': '{"id": "", "name": 5, "items": {}}',
  'a web page': '<!doctype html><title>Sign in</title>',
}

const draft = { name: 'a', description: '', parameters: {} }
const newAgent = {
  name: 'a',
  model: 'openai/gpt',
  contextWindow: null,
  system: '',
  blockIds: [],
  toolNames: [],
}
/** Lists may be empty, so that an empty list is an answer to them. */
const ASKS: Readonly<
  Record<string, { ask(gateway: Gateway): Promise<unknown>; isList?: true; first?: unknown }>
> = {
  'the agent': { ask: (gateway) => gateway.agents.retrieve('agent-1') },
  'a new agent': { ask: (gateway) => gateway.agents.create(newAgent) },
  'the list of agents': { ask: (gateway) => gateway.agents.list(), isList: true },
  'the list of models': { ask: (gateway) => gateway.models.list(), isList: true },
  'a block': { ask: (gateway) => gateway.blocks.retrieve('block-1') },
  'a new block': {
    ask: (gateway) => gateway.blocks.create({ label: 'a', value: '', description: '' }),
  },
  'the blocks': { ask: (gateway) => gateway.blocks.ofAgent('agent-1'), isList: true },
  'a changed block': {
    ask: (gateway) => gateway.blocks.change('block-1', { value: 'x', by: 'user' }),
  },
  'a registered tool': { ask: (gateway) => gateway.tools.register(draft) },
  'a page of messages': {
    ask: (gateway) => gateway.threads.messages(defaultThread('agent-1'), null),
    isList: true,
  },
  'the size of the context': {
    ask: (gateway) => gateway.threads.context(defaultThread('agent-1')),
  },
  'a compaction': { ask: (gateway) => gateway.threads.compact(defaultThread('agent-1'), null) },
}

function gatewayOf(answer: (path: string) => Response): Gateway {
  const client = new Letta({
    baseURL: URL,
    apiKey: '',
    maxRetries: 0,
    logLevel: 'off',
    fetch: async (input) => answer(new globalThis.URL(String(input)).pathname),
  })
  return createGateway({ type: 'selfHosted', url: URL, client, close: async () => {} })
}

function responseOf(body: string): Response {
  const type = body.startsWith('<') ? 'text/html' : 'application/json'
  return new Response(body, { headers: { 'content-type': type } })
}

describe('An answer that is not that of a Letta server', () => {
  for (const [name, { ask, isList }] of Object.entries(ASKS)) {
    it(`is reported in one line in place of ${name}`, async () => {
      for (const [kind, body] of Object.entries(BODIES)) {
        if (isList === true && body === '[]') continue
        const thrown = await ask(gatewayOf(() => responseOf(body))).then(
          (value) => new Error(`accepted as ${JSON.stringify(value)}`),
          (error: unknown) => error,
        )
        expect(thrown, `${kind}: ${thrown}`).to.be.instanceOf(UserError)
        expect(Object(thrown).message, kind).to.equal(invalidResponse(URL).message)
      }
    }).timeout(30_000)
  }

  it('is requested once more when the request changes nothing', async () => {
    let requests = 0
    const answers = [responseOf('{"id": "ag'), responseOf(JSON.stringify(AGENT))]
    const gateway = gatewayOf(() => answers[requests++] ?? responseOf('{}'))
    expect((await gateway.agents.retrieve('agent-1'))?.name).to.equal('Ada')
    expect(requests).to.equal(2)
  })

  it('is not requested once more when the request creates something', async () => {
    let requests = 0
    const gateway = gatewayOf(() => {
      requests += 1
      return responseOf('{}')
    })
    await gateway.blocks.create({ label: 'a', value: '', description: '' }).catch(() => undefined)
    expect(requests).to.equal(1)
  })

  it('is another agent than the one that was requested', async () => {
    const gateway = gatewayOf(() => responseOf(JSON.stringify({ ...AGENT, id: 'agent-2' })))
    expect(
      await gateway.agents.retrieve('agent-1').catch((error: unknown) => error),
    ).to.be.instanceOf(UserError)
  })

  it('may lack what letta does not need', async () => {
    const least = { id: 'agent-1', name: 'Ada', llm_config: { handle: 'openai/gpt' } }
    const gateway = gatewayOf((path) =>
      responseOf(JSON.stringify(path.includes('blocks') ? BLOCK : least)),
    )
    expect(await gateway.agents.retrieve('agent-1')).to.include({
      model: 'openai/gpt',
      contextWindow: null,
    })
    expect(await gateway.blocks.retrieve('block-1')).to.include({
      readOnly: false,
      description: null,
    })
  })
})

describe('The agent of a directory', () => {
  let shell: Shell
  afterEach(() => shell.close())

  it('stays the same when the server answers without any content', async () => {
    shell = await openShell([{ sticky: true, text: 'Hello.' }])
    await shell.letta(['-p', 'hi'])
    const before = shell.settings('project', 'settings.local.json')
    const { createServer } = await import('node:http')
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'application/json').end('{}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const port = Object(server.address()).port
    const { code, stderr } = await shell.letta(['-p', 'hi', '--agent', 'agent-1'], {
      environment: { LETTA_BASE_URL: `http://127.0.0.1:${port}` },
    })
    server.closeAllConnections()
    server.close()
    expect([code, stderr.includes('did not respond like a Letta server')]).to.deep.equal([1, true])
    expect(shell.settings('project', 'settings.local.json')).to.deep.equal(before)
    expect(before).to.include.keys('lastAgent')
  })
})
