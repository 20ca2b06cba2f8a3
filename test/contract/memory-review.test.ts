import { expect } from 'chai'
import { type MemoryCall, savePart } from '../../lib/session/memory-calls.ts'
import { requireMemoryApproval } from '../../lib/session/require-memory-approval.ts'
import type { Services } from '../../lib/session/services.ts'
import { emptySession, type SessionState } from '../../lib/session/state/session-state.ts'
import { answered, say } from '../support/letta-server.ts'
import { contract, gatewayOf } from './contract-suite.ts'
import { outlineStream } from './outline-stream.ts'

const CALL = {
  id: 'call_1',
  name: 'memory_rethink',
  args: '{"label": "human", "new_memory": "Likes tea.\\nLives in Rome."}',
}

contract('The review of memory, as letta does it,', (desk) => {
  const gateway = () => gatewayOf(desk)

  /** An agent whose call of a memory tool awaits approval, as a rule about memory requires. */
  const review = async () => {
    const agent = await desk.agent({
      tools: ['memory_rethink', 'memory_insert'],
      memory_blocks: [{ label: 'human', value: 'Likes milk.' }],
    })
    const all = gateway()
    const state: SessionState = {
      ...emptySession('/project', 0),
      agent: { id: agent, name: 'Ada', model: 'm', contextWindow: null, effort: null, tools: [] },
      reviewsMemory: true,
    }
    const store = { state, dispatch: () => undefined }
    // As on a server that does not let its clients ask for approval in a request.
    const gatewayOfOther = { ...all, leases: { read: async () => null } }
    const services = { store, gateway: gatewayOfOther, notify: () => undefined }
    await requireMemoryApproval(services as unknown as Services)
    desk.plays({ calls: [CALL] }, { text: 'Noted.' })
    const lines = outlineStream(await desk.send(agent, say('I like tea')))
    expect(lines.filter((line) => /approval|stop/.test(line))).to.deep.equal([
      `approval_request_message call_1 memory_rethink ${CALL.args}`,
      'stop_reason requires_approval',
    ])
    expect(await desk.block(agent, 'human')).to.equal('Likes milk.')
    return { agent, all }
  }

  it('lets the server make the change once it is approved', async () => {
    const { agent } = await review()
    const approval = { type: 'approval', tool_call_id: 'call_1', approve: true } as const
    await desk.send(agent, [{ type: 'approval', approvals: [approval] }])
    expect(await desk.block(agent, 'human')).to.equal('Likes tea.\nLives in Rome.')
  })

  it('changes nothing that is denied, and the model reads the reason', async () => {
    const { agent } = await review()
    const denial = { type: 'approval', tool_call_id: 'call_1', approve: false } as const
    await desk.send(agent, [{ type: 'approval', approvals: [{ ...denial, reason: 'Not Rome.' }] }])
    expect(await desk.block(agent, 'human')).to.equal('Likes milk.')
    expect(JSON.stringify(desk.said().at(-1))).to.include('Not Rome.')
  })

  it('saves a part itself, and the server does not run the call', async () => {
    const { agent, all } = await review()
    const [block] = await all.blocks.ofAgent(agent)
    if (block === undefined) throw new Error('The agent has no block.')
    const call = {
      call: { callId: CALL.id, tool: CALL.name, args: CALL.args },
      change: { block, before: block.value, after: 'Likes tea.\nLives in Rome.' },
    } as unknown as MemoryCall
    // 0 removes "Likes milk.", 1 adds "Likes tea.", 2 adds "Lives in Rome."
    const part = { selection: { rejectedLines: [2] } }
    const { reply } = await savePart({ gateway: all, agentId: agent, memory: [] }, call, part)
    const text = reply.type === 'result' ? reply.text : ''
    await desk.send(agent, answered('call_1', text))
    expect(await desk.block(agent, 'human')).to.equal('Likes tea.')
    expect(JSON.stringify(desk.said().at(-1))).to.include('+Lives in Rome.')
  })
})
