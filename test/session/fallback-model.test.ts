import { expect } from 'chai'
import { modelNotFound } from '../../lib/session/messages/agents.ts'
import { fellBack } from '../../lib/session/messages/turns.ts'
import { conversation, openDesk, transcript } from '../support/session.ts'

const FAILS = { error: { status: 400, body: { error: { message: 'No capacity.' } } } }

describe('A fallback model', () => {
  it('continues the turn in which the provider has failed, and the next turn begins with that of the agent', async () => {
    const desk = await openDesk([FAILS, { text: 'From the other.' }, { text: 'From the first.' }], {
      options: { model: 'openai/scripted', fallbackModel: 'openai/other' },
    })
    await desk.session.opened
    const lines = transcript(await desk.says('One'))
    expect(lines.at(-1)).to.equal('assistant: From the other.')
    const models = () => desk.session.store.state.turnLog.map(({ model }) => model)
    expect(models()).to.deep.equal(['openai/other'])
    expect(
      lines.filter((line) => line.includes(fellBack('', 'openai/other').slice(2))),
    ).to.have.lengthOf(1)
    await desk.says('Two')
    expect(models()).to.deep.equal(['openai/other', 'openai/scripted'])
    const requests = desk.endpoint.requests.map(({ body }) => body.model)
    expect(requests).to.deep.equal(['scripted', 'other', 'scripted'])
    expect(conversation(desk.endpoint.requests.at(-1))).to.deep.equal([
      'user: One',
      'assistant: From the other.',
      'user: Two',
    ])
    await desk.close()
  })

  it('that does not exist is reported at the start, and the turn fails with the error of the provider', async () => {
    const fallbackModel = 'anthropic/none-of-these'
    const desk = await openDesk([FAILS], { options: { model: 'openai/scripted', fallbackModel } })
    const report = await desk.session.store.when(({ settled }) =>
      settled.find((entry) => entry.type === 'notice' && entry.level === 'warning'),
    )
    expect(report).to.deep.include({ text: modelNotFound(fallbackModel, [], []).message })
    await desk.session.opened
    const lines = transcript(await desk.says('One'))
    expect(lines.at(-1)).to.match(/^error: .*No capacity/)
    expect(desk.endpoint.requests).to.have.lengthOf(1)
    await desk.close()
  })
})
