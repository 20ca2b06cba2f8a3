import { expect } from 'chai'
import { type Desktop, openDesktop } from '../../support/desktop.ts'
import { transcript } from '../../support/session.ts'

describe('commands about the agent', () => {
  let desk: Desktop
  afterEach(() => desk.close())

  const idOf = (): string => desk.session.store.state.agent?.id ?? ''

  it('/agent tells the id, and that letta serve makes it reachable', async () => {
    desk = await openDesktop()
    desk.types('/agent').presses('enter')
    const shown = await desk.sees(idOf())
    expect(shown).to.include('letta-workbench').and.include('openai/scripted')
    expect(shown).to.include('letta serve')
  })

  it('/rename gives the name, and asks for one when there is none', async () => {
    desk = await openDesktop()
    desk.types('/rename Ada Lovelace').presses('enter')
    await desk.sees('The agent is called Ada Lovelace now.')
    expect(desk.session.store.state.agent?.name).to.equal('Ada Lovelace')
    desk.types('/rename ').presses('enter')
    await desk.sees('/rename wants a name: /rename <name>')
  })

  it('/model lists the models with the present one marked, and finds one as it is typed', async () => {
    desk = await openDesktop()
    desk.types('/model ').presses('enter')
    expect(await desk.sees('openai/other')).to.match(/● openai\/scripted/)
    desk.types('oth').presses('enter')
    await desk.sees(/answers with openai\/other now: the same agent/)
    expect(desk.session.store.state.agent?.model).to.equal('openai/other')
  })

  it('/model NAME takes it at once; an unknown one tells names near to it, and changes nothing', async () => {
    desk = await openDesktop()
    desk.types('/model other').presses('enter')
    await desk.sees('answers with openai/other now')
    desk.types('/model scriptd').presses('enter')
    await desk.sees('No model is called "scriptd" here. Near: openai/scripted')
    desk.types('/model zzzz').presses('enter')
    await desk.sees('Available: openai/scripted, openai/other')
    expect(desk.session.store.state.agent?.model).to.equal('openai/other')
    desk.types('/model other').presses('enter')
    await desk.sees('letta-workbench has the model openai/other already.')
  })

  it('/agents lists the one used last first, and opens the one chosen', async () => {
    desk = await openDesktop([{ text: 'Hello from the first.' }])
    const first = idOf()
    desk.types('/rename First').presses('enter')
    await desk.sees('called First now')
    desk.types('/new').presses('enter')
    await desk.session.store.when((state) => (state.agent?.id === first ? undefined : state))
    const second = idOf()
    desk.types(`/resume ${first}`).presses('enter')
    await desk.session.store.when((state) => (state.agent?.id === first ? state : undefined))
    await desk.says('Hi')
    desk.types('/agents').presses('enter')
    const shown = await desk.sees('Agents')
    expect(shown.match(/agent-[0-9a-f]{8}/g)).to.deep.equal([
      first.slice(0, 14),
      second.slice(0, 14),
    ])
    expect(shown).to.match(/▸ ● First/)
    desk.presses('down', 'enter')
    await desk.session.store.when((state) => (state.agent?.id === second ? state : undefined))
    expect(transcript(desk.session.store.state)).to.not.include('assistant: Hello from the first.')
  })

  it('/resume takes a name in any case, names the nearest of an unknown one, and asks without one', async () => {
    desk = await openDesktop()
    desk.types('/rename Ada').presses('enter')
    await desk.sees('called Ada now')
    desk.types('/resume Ade').presses('enter')
    await desk.sees('No agent is called "Ade" here. Did you mean Ada?')
    desk.types('/resume ada').presses('enter')
    await desk.sees('That agent is open already.')
    const lost = 'agent-00000000-0000-4000-8000-000000000000'
    desk.types(`/resume ${lost}`).presses('enter')
    await desk.sees(`There is no agent ${lost} here. /agents shows them all.`)
    expect(desk.session.store.state.agent?.name).to.equal('Ada')
    desk.types('/resume ').presses('enter')
    await desk.sees(/▸ ● Ada/)
  })

  it('an unknown command names the nearest', async () => {
    desk = await openDesktop()
    desk.types('/renmae Ada').presses('enter')
    await desk.sees('There is no command /renmae. Did you mean /rename?')
  })
})
