import { expect } from 'chai'
import { cannotConnect, NETWORK_REASONS } from '../../lib/client/messages.ts'
import { COMPACTION_STARTED, compactionFailed } from '../../lib/commands/messages.ts'
import { TURN_COMMANDS } from '../../lib/commands/turn.ts'
import { COMPACTING } from '../../lib/session/messages/turns.ts'
import { lettaOverHttp } from '../support/letta-over-http.ts'
import { scriptedProvider } from '../support/scripted-provider.ts'
import { openDesk, transcript } from '../support/session.ts'
import { withSession } from '../support/with-session.ts'

describe('A message that is sent while the conversation is compacted', () => {
  it('is answered afterwards, with the summary', async () => {
    const desk = await openDesk([
      { match: { system: 'summar' }, text: ['They ', 'talked.'], delayMs: 200 },
      { sticky: true, text: 'word '.repeat(300) },
    ])
    await desk.session.opened
    for (const text of ['One', 'Two', 'Three']) await desk.says(text)
    const compaction = desk.session.conversations.compact()
    desk.session.turns.send('Four')
    const { before, after } = await compaction
    expect(after).to.be.lessThan(before)
    await desk.settled(4)
    const sent = JSON.stringify(desk.endpoint.requests.at(-1)?.body)
    expect(sent).to.include('They talked.').and.to.include('Four')
    await desk.close()
  })
})

describe('The number of tokens in the context', () => {
  it('is counted again when the conversation was compacted', async () => {
    const desk = await openDesk([
      { match: { system: 'summar' }, text: 'They talked.' },
      { sticky: true, text: 'word '.repeat(300) },
    ])
    await desk.session.opened
    for (const text of ['One', 'Two', 'Three']) await desk.says(text)
    const reported = desk.session.store.state.usage.contextTokens
    const { tokensAfter } = await desk.session.conversations.compact()
    expect(tokensAfter).to.not.equal(reported)
    expect(desk.session.store.state.usage.contextTokens).to.equal(tokensAfter)
    await desk.close()
  })
})

describe('The setting of the size from which on messages are summarized', () => {
  it('compacts a conversation earlier than the server would', async () => {
    const usage = { prompt: 40_000 }
    const answers = [
      { match: { system: 'summar' }, sticky: true, text: 'They talked.' },
      { sticky: true, text: 'word '.repeat(300), usage },
    ]
    const compactions = async (compactAtPercent: number): Promise<number> => {
      const desk = await openDesk(answers, { options: { compactAtPercent } })
      await desk.session.opened
      await desk.says('One')
      const lines = transcript(await desk.says('Two'))
      await desk.close()
      return lines.filter((line) => line === `info: ${COMPACTING}`).length
    }
    expect(await compactions(20)).to.be.greaterThan(0)
    expect(await compactions(90)).to.equal(0)
  })
})

describe('A compaction that a user asks for', () => {
  const desk = withSession()

  it('is reported as failed, next to its start, when the server ends in it', async () => {
    const letta = await lettaOverHttp({ model: scriptedProvider([{ text: 'Hello.' }]) })
    const backend = { type: 'selfHosted', url: letta.url, password: null } as const
    await desk.start([], { options: { backend } })
    await desk.says('Hello')
    await letta.close()
    const command = TURN_COMMANDS.find(({ id }) => id === 'conversation.compact')
    const context = { session: desk.session } as Parameters<NonNullable<typeof command>['run']>[0]
    await command?.run(context, '')
    const reason = cannotConnect(letta.url, NETWORK_REASONS['ECONNREFUSED'] ?? '').message
    expect(transcript(desk.session.store.state).slice(-2)).to.deep.equal([
      `info: ${COMPACTION_STARTED}`,
      `error: ${compactionFailed(reason)}`,
    ])
  })
})
