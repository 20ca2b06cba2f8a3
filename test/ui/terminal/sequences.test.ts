import { expect } from 'chai'
import {
  copySequence,
  notificationStyle,
  notifySequence,
  titleSequence,
} from '../../../ui/terminal/sequences.ts'

describe('A sequence outside of frames', () => {
  it('copies text to the clipboard, in tmux also to that of the outer terminal', () => {
    expect(copySequence('é\x1b', false)).to.equal('\x1b]52;c;w6kb\x07')
    expect(copySequence('é\x1b', true)).to.equal(
      '\x1b]52;c;w6kb\x07\x1bPtmux;\x1b\x1b]52;c;w6kb\x07\x1b\\',
    )
  })

  it('copies nothing rather than a part of a text that is too long', () => {
    expect(copySequence('x'.repeat(60_000), false)).to.equal(null)
  })

  it('contains no control characters in titles and notifications', () => {
    expect(titleSequence('a\x1b\\b\u202ec\nd\ud800')).to.equal('\x1b]2;a \\b c d\ufffd\x1b\\')
    expect(titleSequence('👨\u200d👩\u200d👧 a\u200db')).to.equal(
      '\x1b]2;👨\u200d👩\u200d👧 a b\x1b\\',
    )
    const text = 'done\x07\x1b]52;c;eA==\x07'
    expect(notifySequence(text, 'osc9')).to.equal('\x1b]9;letta: done ]52;c;eA== \x07')
    expect(notifySequence(text, 'osc99')).to.equal('\x1b]99;;letta: done ]52;c;eA== \x1b\\')
    expect(notifySequence(text, 'osc777')).to.equal('\x1b]777;notify;letta;done ]52,c,eA== \x07')
  })

  it('cuts titles between characters', () => {
    expect(titleSequence('😀'.repeat(150))).to.equal(`\x1b]2;${'😀'.repeat(100)}\x1b\\`)
    expect(titleSequence(`a${'😀'.repeat(150)}`)).to.equal(`\x1b]2;a${'😀'.repeat(99)}\x1b\\`)
  })
})

describe('The notification of a terminal', () => {
  it('is sent only to terminals that are known to show it, and not through tmux', () => {
    const styles = [
      { TERM: 'xterm-kitty' },
      { TERM_PROGRAM: 'WezTerm' },
      { TERM: 'foot' },
      { VTE_VERSION: '7600' },
      { TERM: 'xterm-256color' },
      { TERM: 'xterm-kitty', TMUX: '/tmp/tmux' },
    ].map((environment) => notificationStyle(environment))
    expect(styles).to.deep.equal(['osc99', 'osc9', 'osc777', 'osc777', null, null])
  })
})
