import { expect } from 'chai'
import { createStreamDecoder, type StreamPart } from '../../../lib/client/stream/decode.ts'
import { NO_USAGE } from '../../../lib/session/state/turn.ts'

const decodeAll = (chunks: readonly unknown[]): readonly StreamPart[] => {
  const decoder = createStreamDecoder()
  return chunks.flatMap((chunk) => decoder.decode(chunk))
}

describe('The decoder of stream chunks', () => {
  it('emits text deltas with the otid of their message', () => {
    const chunk = (content: unknown) => ({
      message_type: 'assistant_message',
      id: 'message-1',
      otid: 'o1',
      content,
    })
    expect(
      decodeAll([chunk('Hel'), chunk([{ type: 'text', text: 'lo' }]), chunk('')]),
    ).to.deep.equal([
      { type: 'assistant', id: 'o1', text: 'Hel' },
      { type: 'assistant', id: 'o1', text: 'lo' },
    ])
  })

  it('joins the deltas of a call, also when later ones lack the id', () => {
    const chunk = (tool_call: unknown) => ({ message_type: 'approval_request_message', tool_call })
    const here = { type: 'call', callId: 'c1', host: 'local' }
    expect(
      decodeAll([
        chunk({ name: 'Bash', arguments: null, tool_call_id: 'c1' }),
        chunk({ name: null, arguments: '{"command":', tool_call_id: 'c1' }),
        chunk({ arguments: '"ls"}' }),
      ]),
    ).to.deep.equal([
      { ...here, tool: 'Bash', args: '' },
      { ...here, tool: '', args: '{"command":' },
      { ...here, tool: '', args: '"ls"}' },
    ])
  })

  it('accepts an array of calls and a single call', () => {
    const call = (id: string) => ({ name: 'Read', arguments: '{}', tool_call_id: id })
    const ids = decodeAll([
      { message_type: 'tool_call_message', tool_calls: [call('a'), call('b')] },
      { message_type: 'tool_call_message', tool_calls: call('c') },
    ]).map((part) => part.type === 'call' && [part.callId, part.host])
    expect(ids).to.deep.equal([
      ['a', 'server'],
      ['b', 'server'],
      ['c', 'server'],
    ])
  })

  it('emits one part for each result of a server-side tool', () => {
    const one = (id: string, status: string) => ({
      tool_call_id: id,
      status,
      tool_return: `from ${id}`,
    })
    expect(
      decodeAll([
        {
          message_type: 'tool_return_message',
          ...one('a', 'success'),
          tool_returns: [one('a', 'success'), one('b', 'error')],
        },
      ]),
    ).to.deep.equal([
      { type: 'return', callId: 'a', status: 'success', text: 'from a' },
      { type: 'return', callId: 'b', status: 'error', text: 'from b' },
    ])
  })

  it('remembers its position and skips what a resumed stream repeats', () => {
    const decoder = createStreamDecoder()
    const chunk = (seq_id: number, reasoning: string) => ({
      message_type: 'reasoning_message',
      otid: 'o',
      run_id: 'run-1',
      seq_id,
      reasoning,
    })
    const parts = [
      chunk(2, 'a'),
      chunk(3, 'b'),
      chunk(2, 'a'),
      chunk(3, 'b'),
      chunk(4, 'c'),
    ].flatMap(decoder.decode)
    expect(parts.map((part) => part.type === 'reasoning' && part.text).join('')).to.equal('abc')
    expect(decoder.position).to.deep.equal({ runId: 'run-1', seqId: 4 })
  })

  it('reads stop, usage and error events', () => {
    // The price is not known to the server.
    const { dollars: _, ...tokens } = NO_USAGE
    expect(
      decodeAll([
        { message_type: 'stop_reason', stop_reason: 'end_turn' },
        {
          message_type: 'usage_statistics',
          prompt_tokens: 120,
          completion_tokens: 5,
          total_tokens: 125,
          step_count: 1,
          cached_input_tokens: null,
        },
        { message_type: 'error_message', error_type: 'llm_error', message: 'no', detail: 'why' },
      ]),
    ).to.deep.equal([
      { type: 'stop', reason: 'end_turn' },
      {
        type: 'usage',
        usage: { ...tokens, promptTokens: 120, completionTokens: 5, totalTokens: 125, steps: 1 },
      },
      { type: 'error', error: { type: 'llm_error', message: 'no', detail: 'why' } },
    ])
  })

  it('reports once that the server compacts the context', () => {
    const begun = { message_type: 'event_message', id: 'e1', event_type: 'compaction' }
    const done = { message_type: 'summary_message', id: 'm1', summary: 'What was said.' }
    const other = { message_type: 'event_message', id: 'e2', event_type: 'another' }
    expect(decodeAll([begun, done, other])).to.deep.equal([{ type: 'compaction', id: 'e1' }])
  })

  it('ignores malformed chunks', () => {
    const odd = [null, 7, 'x', [], {}, { message_type: 5 }, { message_type: '__proto__' }]
    expect(decodeAll([...odd, { message_type: 'assistant_message', content: {} }])).to.deep.equal(
      [],
    )
  })
})
