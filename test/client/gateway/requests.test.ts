import { expect } from 'chai'
import { createRequests } from '../../../lib/client/gateway/requests.ts'
import { invalidResponse } from '../../../lib/client/messages.ts'

describe('The answer of a request', () => {
  const server = 'http://localhost:8283'

  it('is rejected when it is a text, as of a program that is not Letta', async () => {
    const { call } = createRequests(server, (text) => text)
    const thrown = await call(Promise.resolve('<html></html>')).catch((reason: unknown) => reason)
    const { message, hint } = invalidResponse(server)
    expect(thrown).to.include({ message, hint })
  })
})
