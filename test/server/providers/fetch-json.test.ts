import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { noResponse, providerErrors } from '../../../lib/server/messages/providers.ts'
import { fetchJson } from '../../../lib/server/providers/fetch-json.ts'
import { messageOf } from '../../../lib/util/user-error.ts'
import { rejection } from '../../support/rejection.ts'
import { never } from './requests.ts'

describe('A request for a list', () => {
  it('without an answer ends with how long it waited', async () => {
    const server = createServer(() => {})
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    try {
      const endpoint = { title: 'Slow', baseUrl, key: null }
      const thrown = await rejection(
        fetchJson({ url: `${baseUrl}/models`, timeoutMs: 50 }, endpoint, never),
      )
      const failed = providerErrors.timeout({ title: 'Slow', baseUrl, status: null })
      expect(messageOf(thrown)).to.equal(`${failed}: ${noResponse(0.05)}`)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})
