import { expect } from 'chai'
import { emptySession, NO_USAGE } from '../../../lib/session/state.ts'
import { contextLines, usageLines } from '../../../ui/commands/usage.ts'
import { type Desktop, openDesktop } from '../../support/desktop.ts'

describe('commands about the session', () => {
  let desk: Desktop
  afterEach(() => desk.close())

  it('/context shows what fills the window, with a gauge for each part', async () => {
    const usage = { prompt: 6400, completion: 20 }
    desk = await openDesktop([{ text: 'Hello.', usage }])
    await desk.says('Hi')
    desk.types('/context').presses('enter')
    const shown = await desk.sees('Context window')
    expect(shown).to.match(/of 128k tokens/)
    expect(shown).to.match(/free +\d/)
    for (const part of ['system prompt', 'tools', 'memory', 'messages', 'in all']) {
      expect(shown).to.match(new RegExp(`${part} +.*[█░▏▎▍▌▋▊▉]+ .*\\d`))
    }
    expect(shown).to.match(/persona +.* of 100k characters/)
    desk.presses('escape')
    expect(desk.screen()).to.not.include('Context window')
  })

  it('/usage shows the tokens of the session, and of each turn, what was cached among them', async () => {
    desk = await openDesktop([
      { text: 'One.', usage: { prompt: 1000, completion: 10 } },
      { text: 'Two.', usage: { prompt: 2000, completion: 20, cached: 900, reasoning: 5 } },
    ])
    await desk.says('First')
    await desk.says('Second')
    desk.types('/usage').presses('enter')
    const shown = await desk.sees('Turn by turn')
    expect(shown).to.match(/turns +2\b/)
    expect(shown).to.match(/tokens +3k in \(900 cached\), 30 out \(5 reasoning\), 2 model calls/)
    expect(shown).to.match(/turn 2 +2k in \(900 cached\), 20 out \(5 reasoning\), 1 model call ·/)
    expect(shown).to.match(/turn 1 +1k in, 10 out, 1 model call ·/)
  })

  it('/usage says so little before the first turn', () => {
    expect(usageLines(emptySession('/project', 0), 4000)).to.deep.equal([
      { type: 'fact', name: 'agent', value: 'none' },
      { type: 'fact', name: 'model', value: 'none' },
      { type: 'fact', name: 'time', value: '4.0 s, of it 0.0 s waiting for answers' },
      { type: 'fact', name: 'turns', value: '0' },
      { type: 'fact', name: 'tokens', value: '0 in, 0 out, 0 model calls' },
    ])
  })

  it('trusts what the server counts over what the last step took', () => {
    const session = { ...emptySession('/', 0), usage: { ...NO_USAGE, contextTokens: 7 } }
    const parts = [{ name: 'messages', tokens: 30 }]
    expect(contextLines({ limit: 100, parts, counted: true }, session)).to.deep.equal([
      { type: 'heading', text: '30 of 100 tokens' },
      { type: 'text', text: '' },
      { type: 'gauge', name: 'messages', used: 30, limit: 100, value: '30, 30 %' },
      { type: 'gauge', name: 'in all', used: 30, limit: 100, value: '30, 30 %' },
      { type: 'fact', name: 'free', value: '70, 70 %' },
      { type: 'text', text: '' },
      { type: 'heading', text: 'Memory blocks' },
      { type: 'text', text: '' },
      { type: 'text', text: 'Counted by the server.' },
    ])
  })

  it('/compact puts a summary in the place of older messages, and keeps them in the pane', async () => {
    const turns = ['One.', 'Two.', 'Three.', 'They counted.', 'Four.'].map((text) => ({ text }))
    desk = await openDesktop(turns)
    for (const text of ['uno', 'due', 'tre']) await desk.says(text)
    desk.types('/compact').presses('enter')
    expect(await desk.sees(/The agent sees \d messages now instead of \d/)).to.include('One.')
    await desk.says('quattro')
    const asked = JSON.stringify(desk.endpoint.requests.at(-1)?.body.messages)
    expect(asked).to.include('They counted.').and.not.include('uno')
  })

  it('/compact of a short conversation says that there is nothing to put together', async () => {
    desk = await openDesktop([{ text: 'One.' }])
    await desk.says('uno')
    desk.types('/compact').presses('enter')
    await desk.sees('There was nothing to put together.')
  })

  it('/clear empties the pane and what the agent sees; memory stays', async () => {
    desk = await openDesktop([{ text: 'Hello you.' }, { text: 'Who?' }])
    desk.types('I am Ada').presses('enter')
    await desk.sees('Hello you.')
    await desk.settled(1)
    desk.types('/clear').presses('enter')
    expect(await desk.seesNoMore('Hello you.')).to.include('persona')
    await desk.says('Who am I?')
    expect(JSON.stringify(desk.endpoint.requests[1]?.body.messages)).to.not.include('I am Ada')
  })
})
