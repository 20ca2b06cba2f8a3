import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { createPausableConnection } from '../../../lib/server/providers/pausable-connection.ts'
import { createFetch } from '../../../lib/server/providers/stall-timeout-fetch.ts'

describe('The connection of an answer', () => {
  it('is not read while it is paused, and all that has arrived is read afterwards', async () => {
    const answers: ServerResponse[] = []
    const server = createServer((_, response) => {
      answers.push(response)
      response.write('first ')
    }).listen(0)
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const open = async () => {
      const connection = createPausableConnection()
      const endpoint = { title: 'Provider', baseUrl: `http://127.0.0.1:${port}`, key: null }
      const { body } = await createFetch(endpoint, connection)(endpoint.baseUrl)
      const reader = body?.getReader()
      const read = async (): Promise<string> =>
        Buffer.from((await reader?.read())?.value ?? []).toString()
      expect(await read()).to.equal('first ')
      return { connection, read }
    }
    const paused = await open()
    const other = await open()
    paused.connection.pause()
    let seen = ''
    const pending = paused.read().then((text) => {
      seen = text
    })
    for (const text of ['second ', 'third ']) {
      for (const answer of answers) answer.write(text)
      // The other one is read in the same turn of the event loop, if it is read.
      expect(await other.read()).to.equal(text)
    }
    expect(seen).to.equal('')
    paused.connection.resume()
    await pending
    for (const answer of answers) answer.end()
    while (seen !== 'second third ') seen += await paused.read()
    server.closeAllConnections()
    server.close()
  })

  it('is left as it is while more has arrived than is read', async () => {
    const [piece, pieces] = [Buffer.alloc(65_536, 'a'), 128]
    const server = createServer((_, response) => {
      for (let written = 0; written < pieces; written++) response.write(piece)
      response.end()
    }).listen(0)
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const connection = createPausableConnection()
    const endpoint = { title: 'Provider', baseUrl: `http://127.0.0.1:${port}`, key: null }
    const { body } = await createFetch(endpoint, connection)(endpoint.baseUrl)
    let length = 0
    for await (const part of body ?? []) {
      length += part.byteLength
      // What arrives meanwhile fills the buffers, so that Node itself stops to read.
      await delay(2)
      connection.pause()
      connection.resume()
    }
    expect(length).to.equal(piece.byteLength * pieces)
    server.close()
  })

  it('is left as it is while no response has begun', () => {
    const { pause, resume } = createPausableConnection()
    expect([pause(), resume()]).to.deep.equal([undefined, undefined])
  })
})
