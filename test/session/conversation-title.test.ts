import { expect } from 'chai'
import { conversationTitle } from '../../lib/session/conversation-title.ts'

describe('The title of a conversation', () => {
  it('is the first line of its first message with letters or digits, cut after a word', () => {
    expect(conversationTitle('---\n  Mend\tthe   layout \nand test it')).to.equal('Mend the layout')
    const long = 'a sentence of many words that does not fit into the list of all conversations'
    expect(conversationTitle(long)).to.equal(
      'a sentence of many words that does not fit into the list of …',
    )
    expect(conversationTitle(' \n!!')).to.equal(null)
  })

  it('has no characters that do not print, and joined emoji as they are', () => {
    expect(conversationTitle('a\x1b[1mb\u202ec\u200dd')).to.equal('a [1mb c d')
    const family = '👨\u200d👩\u200d👧'
    expect(conversationTitle(`${family} photos, 👩🏽\u200d💻 too`)).to.equal(
      `${family} photos, 👩🏽\u200d💻 too`,
    )
  })
})
