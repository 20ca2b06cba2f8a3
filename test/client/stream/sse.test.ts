import { expect } from 'chai'
import { OVERSIZED_LINE } from '../../../lib/client/messages.ts'
import { jsonEvents } from '../../../lib/client/stream/sse.ts'

describe('Server-sent events', () => {
  const read = async (text: string, size = text.length): Promise<readonly unknown[]> => {
    const bytes = new TextEncoder().encode(text)
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size)
    }
    return gather(jsonEvents(pieces()))
  }
  const gather = async (events: AsyncIterable<unknown>): Promise<readonly unknown[]> => {
    const all: unknown[] = []
    for await (const event of events) all.push(event)
    return all
  }

  it('are read with any line ends and wherever they are split', async () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const text = [
        'data: {"a":"é🚀"}',
        '',
        ': ping',
        '',
        'event: x',
        'data:{"b":',
        'data: 2}',
        '',
        '',
      ]
      for (const size of [1, 2, 3, 1000]) {
        expect(await read(`${text.join(end)}\n`, size)).to.deep.equal([{ a: 'é🚀' }, { b: 2 }])
      }
    }
  })

  it('are skipped where they are not JSON', async () => {
    const text = 'data: {"a":1}\n\ndata: {"b\n\ndata:\n\ndata: {"c":3}\n\n'
    expect(await read(text)).to.deep.equal([{ a: 1 }, { c: 3 }])
  })

  it('end with an error when a line grows past what any event has', async () => {
    const mebibyte = new TextEncoder().encode('x'.repeat(1_048_576))
    let sent = 0
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (; sent < 40; sent++) yield mebibyte
    }
    const thrown = await gather(jsonEvents(endless())).catch((reason: unknown) => reason)
    expect(thrown).to.be.instanceOf(TypeError).with.property('message', OVERSIZED_LINE)
    expect(sent).to.equal(16)
  })

  it('end at [DONE], and do not include an incomplete one', async () => {
    expect(await read('data: 1\n\ndata: [DONE]\n\ndata: 2\n\n')).to.deep.equal([1])
    expect(await read('data: 1\n\ndata: 2\n')).to.deep.equal([1])
  })
})
