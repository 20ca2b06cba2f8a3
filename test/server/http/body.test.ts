import { expect } from 'chai'
import { maxValuesExceeded } from '../../../lib/server/messages/serve.ts'
import { say, send } from '../../support/letta-server.ts'
import { withServer } from '../../support/with-server.ts'

/** Half of an emoji, which JSON can represent but UTF-8 cannot. */
const HALF = '\\ud83d'

describe('The body of a request', () => {
  const opened = withServer()

  const ask = opened.request

  it('is accepted with a replacement character for a lone surrogate', async () => {
    const patched = await ask('PATCH', `/v1/agents/${opened.agentId}`, `{"tags":["a${HALF}b"]}`)
    expect([patched.status, patched.body.tags]).to.deep.equal([200, ['a\ufffdb']])
    expect(await ask('GET', '/v1/tags')).to.deep.equal({ status: 200, body: ['a\ufffdb'] })

    opened.model.play({ text: 'Hello.' })
    const said = `{"messages":[{"role":"user","content":"cut ${HALF}"}]}`
    expect((await ask('POST', `/v1/agents/${opened.agentId}/messages`, said)).status).to.equal(200)
    expect(opened.model.requests[0]?.messages.at(-1)).to.deep.equal({
      role: 'user',
      content: [{ type: 'text', text: 'cut \ufffd' }],
    })
  })

  it('can contain characters that are escaped as surrogate pairs', async () => {
    const { body } = await ask('POST', '/v1/blocks', '{"label":"x","value":"\\uD83D\\uDE00"}')
    expect(body.value).to.equal('😀')
  })

  it('is refused with the first issues when it has many, and at once when it has a million', async () => {
    const path = `/v1/agents/${opened.agentId}/messages`
    const many = await ask('POST', path, `{"messages":[${'1,'.repeat(999_999)}1]}`)
    expect(many.status).to.equal(422)
    expect(JSON.parse(many.body.detail)).to.deep.equal([
      { type: 'json_invalid', loc: ['body'], msg: maxValuesExceeded(100_000) },
    ])
    const fewer = await ask('POST', path, `{"messages":[${'1,'.repeat(999)}1]}`)
    expect([fewer.status, JSON.parse(fewer.body.detail).length]).to.deep.equal([422, 20])
  })

  it('can contain a search query of any length', async () => {
    opened.model.play({ text: 'Hello.' })
    const long = '😀'.repeat(30_000)
    await send(opened.client, opened.agentId, say(long))
    const found = async (query: string) =>
      (await ask('POST', '/v1/messages/search', JSON.stringify({ query }))).body.length
    expect([await found(long), await found(`x${long}`), await found(`${long}x`)]).to.deep.equal([
      1, 0, 0,
    ])
  })
})
