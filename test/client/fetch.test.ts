import { createServer, type IncomingMessage, type Server } from 'node:http'
import { expect } from 'chai'
import { serverFetch } from '../../lib/client/fetch.ts'

describe('A request to a remote server', () => {
  let server: Server
  const seen: string[] = []

  const listening = (redirects: Readonly<Record<string, string>>): Promise<string> => {
    server = createServer(async (request, response) => {
      const path = request.url ?? ''
      const key = request.headers.authorization ?? 'no key'
      seen.push(`${request.method} ${path} ${key} ${await textOf(request)}`)
      const location = redirects[path]
      response.setHeader('content-type', 'application/json')
      if (location === undefined) response.end('"well"')
      else response.writeHead(307, { location }).end()
    })
    return new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve(urlOf(server)))
    })
  }
  beforeEach(() => seen.splice(0))
  afterEach(() => {
    server.closeAllConnections()
    server.close()
  })
  const post = { method: 'POST', headers: { authorization: 'Bearer k' }, body: 'hello' }

  it('follows a redirect to another path, with its method, key and body', async () => {
    const url = await listening({ '/v1/agents': '/v1/agents/' })
    const response = await serverFetch(`${url}/v1/agents`, post)
    expect([response.status, await response.json()]).to.deep.equal([200, 'well'])
    expect(seen).to.deep.equal([
      'POST /v1/agents Bearer k hello',
      'POST /v1/agents/ Bearer k hello',
    ])
  })

  it('ends a loop of redirects', async () => {
    const url = await listening({ '/a': '/b', '/b': '/a' })
    expect((await serverFetch(`${url}/a`)).status).to.equal(502)
    expect(seen).to.have.length(4)
  })
})

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}

function urlOf(server: Server): string {
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}
