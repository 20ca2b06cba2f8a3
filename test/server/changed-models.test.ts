import { expect } from 'chai'
import { openFourDialects } from '../support/four-dialects.ts'
import { type EndpointServer, say, send } from '../support/letta-server.ts'
import type { RecordedRequest, ScriptedAnswer } from '../support/model-endpoint.ts'
import { faultsOfRequest } from '../support/strict-requests.ts'

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYPgPAAEDAQAIicLsAAAAAElFTkSuQmCC'

/** A model, and an answer with a call that has opaque data. */
interface Speaker {
  readonly model: string
  /** The answer with the call of this id; `own` is in all that only its provider understands. */
  answer(id: string, own: string): ScriptedAnswer
}

const bash = (id: string, more: object = {}) => ({
  index: 0,
  id,
  type: 'function',
  function: { name: 'Bash', arguments: '{"command":"ls"}' },
  ...more,
})

function chat(...deltas: readonly object[]): ScriptedAnswer {
  const last = { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] }
  const chunks = [...deltas.map((delta) => ({ choices: [{ index: 0, delta }] })), last]
  return { raw: { pieces: chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`) } }
}

const signed = (id: string, own: string): ScriptedAnswer => ({
  reasoning: 'I look.',
  signature: own,
  text: 'Looking.',
  calls: [{ id, name: 'Bash', args: { command: 'ls' } }],
})

const speakers: readonly Speaker[] = [
  {
    model: 'chat/deepseek',
    answer: (id, own) => chat({ reasoning_content: own }, { tool_calls: [bash(id)] }),
  },
  {
    model: 'chat/openrouter',
    answer: (id, own) =>
      chat(
        { reasoning: 'Hm', reasoning_details: [{ type: 'reasoning.encrypted', data: own }] },
        { tool_calls: [bash(id)] },
      ),
  },
  {
    model: 'chat/gemini',
    answer: (id, own) =>
      chat({
        tool_calls: [bash(id, { extra_content: { google: { thought_signature: own } } })],
      }),
  },
  {
    model: 'chat/minimax',
    answer: (id, own) => chat({ content: `<think>${own}</think>Hi.` }, { tool_calls: [bash(id)] }),
  },
  { model: 'responses/gpt-5', answer: signed },
  { model: 'anthropic/claude-sonnet-4-5', answer: signed },
  { model: 'google/gemini-3', answer: signed },
]

describe('A conversation whose model changes', () => {
  let opened: EndpointServer
  before(async () => {
    opened = await openFourDialects()
  })
  after(() => opened.close())

  /** A turn with a call, whose result contains an image. Returns its requests. */
  const turn = async (
    { model, answer }: Speaker,
    conversation: string,
    [id, own]: readonly [id: string, own: string],
  ): Promise<readonly RecordedRequest[]> => {
    const { endpoint, client } = opened
    const options = { override_model: model } as const
    endpoint.setTurns([answer(id, own), { text: 'Done.' }])
    const called = await send(client, conversation, say('look'), options)
    const [pending] = called.events.flatMap(
      (event) => Object(event['tool_call']).tool_call_id ?? [],
    )
    const image = {
      type: 'image',
      source: { type: 'base64', media_type: 'image/png', data: PNG },
    } as const
    const tool_return = [{ type: 'text', text: 'a picture' } as const, image]
    const result = { type: 'tool', tool_call_id: String(pending), status: 'success' } as const
    const answered = await send(
      client,
      conversation,
      [{ type: 'approval', approvals: [{ ...result, tool_return }] }],
      options,
    )
    expect([called.error, answered.error]).to.deep.equal([null, null])
    return [...endpoint.requests]
  }
  const newAgent = async (): Promise<string> => {
    const { client, agent } = opened
    const { tools } = await client.agents.retrieve(agent)
    const created = await client.agents.create({
      agent_type: 'letta_v1_agent',
      model: 'chat/one',
      system: 'You are Ada.',
      include_base_tools: false,
      tool_ids: (tools ?? []).map(({ id }) => id ?? ''),
    })
    return created.id
  }

  for (const first of speakers) {
    for (const second of speakers.filter((one) => one !== first)) {
      it(`sends each what is its own, and only what it accepts: ${first.model}, ${second.model}, ${first.model}`, async () => {
        const agent = await newAgent()
        const one = await turn(first, agent, ['call-one:1', 'T25lT25l'])
        const two = await turn(second, agent, ['call-two:1', 'VHdvVHdv'])
        const three = await turn(first, agent, ['call-three:1', 'VGhyZWU='])
        const all = [...one, ...two, ...three]
        expect(all.flatMap(faultsOfRequest)).to.deep.equal([])
        const owned = (requests: readonly RecordedRequest[], own: string): readonly boolean[] =>
          requests.map(({ body }) => JSON.stringify(body).includes(own))
        expect(owned(all, 'T25lT25l')).to.deep.equal([false, true, false, false, true, true])
        expect(owned(all, 'VHdvVHdv')).to.deep.equal([false, false, false, true, false, false])
        expect(owned(all, PNG)).to.deep.equal([false, true, true, true, true, true])
        expect(all.map(({ body }) => resultsIn(body))).to.deep.equal([0, 1, 1, 2, 2, 3])
      })
    }
  }
})

/** How many calls of the tool have a result, in any dialect. */
function resultsIn(body: object): number {
  const results = JSON.stringify(body).match(
    /"role":"tool"|"function_call_output"|"type":"tool_result"|"functionResponse"/g,
  )
  return results?.length ?? 0
}
