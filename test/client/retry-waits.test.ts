import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { connect } from '../../lib/client/connect.ts'
import { serverBusy } from '../../lib/client/messages.ts'
import { requestRepeated } from '../../lib/session/messages/turns.ts'

describe('A list that a busy server refuses', () => {
  for (const status of [429, 503]) {
    it(`is requested again after the time that the server names with ${status}, which is reported`, async () => {
      let requests = 0
      const server = createServer((_, response) => {
        requests++
        const json = { 'content-type': 'application/json' }
        if (requests > 1) response.writeHead(200, json).end('[]')
        else response.writeHead(status, { ...json, 'retry-after': '2' }).end('{}')
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const { port } = server.address() as AddressInfo
      const notices: string[] = []
      const url = `http://127.0.0.1:${port}`
      const backend = { type: 'selfHosted', url, password: null } as const
      const { client } = await connect(backend, (notice) => void notices.push(notice))
      const { items } = await client.agents.list()
      expect([items, requests]).to.deep.equal([[], 2])
      expect(notices).to.deep.equal([requestRepeated(serverBusy(`127.0.0.1:${port}`, status), 2)])
      server.closeAllConnections()
      server.close()
    })
  }
})
