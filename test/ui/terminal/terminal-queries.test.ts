import { expect } from 'chai'
import { createTerminalQueries } from '../../../ui/terminal/terminal-queries.ts'

const answered = (...replies: readonly string[]) => {
  const queries = createTerminalQueries()
  queries.sent()
  for (const reply of replies) queries.receive(reply)
  const { hasEscapeKey, joinsEmoji, background } = queries
  return { hasEscapeKey, joinsEmoji, background }
}

describe('Queries to the terminal', () => {
  it('assume nothing without a reply', () => {
    const nothing = { hasEscapeKey: false, joinsEmoji: false, background: null }
    expect(answered()).to.deep.equal(nothing)
    expect(answered('\x1b[?62;c', '\x1b[?0u', '\x1b[?2027;0$y', 'x')).to.deep.equal(nothing)
  })

  it('determine how Escape is sent, whether emoji are joined, and the background color', () => {
    expect(
      answered('\x1b[?1u', '\x1b[?2027;3$y', '\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\'),
    ).to.deep.equal({ hasEscapeKey: true, joinsEmoji: true, background: 'dark' })
    expect(answered('\x1b]11;rgba:ff/ff/ee/ff\x07').background).to.equal('light')
  })

  it('follow a change of the background that the terminal reports or is asked for again', () => {
    const dark = '\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\'
    expect(answered(dark, '\x1b[?997;2n').background).to.equal('light')
    expect(answered(dark, '\x1b[?997;1n').background).to.equal('dark')
    const queries = createTerminalQueries()
    queries.sent()
    for (const reply of ['\x1b[?1u', dark]) queries.receive(reply)
    queries.sentAgain()
    queries.receive('\x1b]11;rgb:ffff/ffff/ffff\x1b\\')
    expect([queries.background, queries.hasEscapeKey]).to.deep.equal(['light', true])
  })
})
