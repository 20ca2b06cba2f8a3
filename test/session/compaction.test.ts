import { expect } from 'chai'
import { COMPACTING } from '../../lib/session/messages/turns.ts'
import { openDesk, transcript } from '../support/session.ts'

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
