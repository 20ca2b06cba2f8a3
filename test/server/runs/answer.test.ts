import { expect } from 'chai'
import { createAnswer } from '../../../lib/server/runs/answer.ts'

describe('A call in an answer', () => {
  it('is an object in each delta, and a list when it is complete', () => {
    const answer = createAnswer({ model: 'scripted/model', resolveExecutor: () => 'client' })
    const pieces = [
      answer.add({ type: 'callStart', callId: 'c1', name: 'Bash' }),
      answer.add({ type: 'callDelta', callId: 'c1', args: '{"a":' }),
      answer.add({ type: 'callDelta', callId: 'c1', args: '1}' }),
    ]
    const call = { name: 'Bash', arguments: '{"a":1}', tool_call_id: 'c1' }
    expect(pieces.map((piece) => piece?.fields['tool_calls'])).to.deep.equal([
      { name: 'Bash', arguments: null, tool_call_id: 'c1' },
      { name: null, arguments: '{"a":', tool_call_id: 'c1' },
      { name: null, arguments: '1}', tool_call_id: 'c1' },
    ])
    expect(answer.completePieces().map((piece) => piece.fields)).to.deep.equal([
      { tool_call: call, tool_calls: [call] },
    ])
  })
})
