import { expect } from 'chai'
import { createQuestions } from '../../../ui/terminal/terminal-queries.ts'

const answered = (...replies: readonly string[]) => {
  const questions = createQuestions()
  questions.ask()
  for (const reply of replies) questions.answer(reply)
  const { hasEscapeKey, joinsEmoji, background } = questions
  return { hasEscapeKey, joinsEmoji, background }
}

describe('questions to the terminal', () => {
  it('takes nothing for granted', () => {
    const nothing = { hasEscapeKey: false, joinsEmoji: false, background: null }
    expect(answered()).to.deep.equal(nothing)
    expect(answered('\x1b[?62;c', '\x1b[?0u', '\x1b[?2027;0$y', 'x')).to.deep.equal(nothing)
  })

  it('knows from the answers how Escape comes, whether emoji are joined, and what is behind', () => {
    expect(
      answered('\x1b[?1u', '\x1b[?2027;3$y', '\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\'),
    ).to.deep.equal({ hasEscapeKey: true, joinsEmoji: true, background: 'dark' })
    expect(answered('\x1b]11;rgba:ff/ff/ee/ff\x07').background).to.equal('light')
  })
})
