import { expect } from 'chai'
import { type Desktop, openDesktop } from '../../support/desktop.ts'

const LONG = Array.from({ length: 60 }, (_, index) => `Line ${index + 1} of it.`).join('\n\n')

describe('finding in the conversation', () => {
  let desk: Desktop
  afterEach(() => desk.close())

  const find = (words: string): void => {
    desk.presses('ctrl+p').types('Find in the conv').presses('enter').types(words)
  }
  /** The conversation's rows, without what stands beside it. */
  const conversation = (): string =>
    desk
      .screen()
      .split('\n')
      .map((row) => row.slice(0, 76).trimEnd())
      .join('\n')
  /** The choices in the box. */
  const offered = (): readonly (string | undefined)[] =>
    desk
      .screen()
      .split('\n')
      .map((row) => /│ ([ ▸] {3}\S.*?) *│/.exec(row)?.[1])
      .filter((row) => row !== undefined)

  it('offers the lines that hold all words, the newest first, and goes to the one taken', async () => {
    desk = await openDesktop([{ text: `The total is counted.\n\n${LONG}` }, { text: 'Short.' }])
    await desk.says('Where is the total counted?')
    await desk.says('And now?')
    expect(conversation()).to.not.include('The total is')
    find('total count')
    expect(offered()).to.deep.equal([
      '▸   agent  The total is counted.',
      '    you    Where is the total counted?',
    ])
    desk.presses('enter')
    expect(conversation()).to.include('The total is counted.').and.include('▸ letta')
    find('line 31 of')
    desk.presses('enter')
    expect(conversation()).to.include('\nLine 31 of it.').and.not.include('Line 60 of it.')
  })

  it('opens the tool call whose folded output holds the line', async () => {
    const command = 'for i in 1 2 3 4 5 6 7 8 9; do echo "step $i"; done; echo needle; seq 10 90'
    desk = await openDesktop([{ calls: [{ name: 'Bash', args: { command } }] }, { text: 'Done.' }])
    desk.session.rules.setMode('bypassPermissions')
    await desk.says('Go')
    expect(conversation()).to.not.match(/ needle\n/)
    find('Bash step 4')
    desk.presses('enter')
    expect(conversation()).to.match(/ step 4\n/)
  })

  it('begins with what is written behind /find, and is at / in the conversation', async () => {
    desk = await openDesktop([{ text: LONG }])
    await desk.says('Count')
    desk.types('/find line 41').presses('enter')
    expect(offered()).to.deep.equal(['▸   agent  Line 41 of it.'])
    desk.presses('escape', 'f5').types('/').types('line 12 of')
    expect(offered()).to.deep.equal(['▸   agent  Line 12 of it.'])
  })

  it('has nothing to find before something was said', async () => {
    desk = await openDesktop()
    find('x')
    expect(desk.screen()).to.include('Nothing matches.')
    desk.presses('escape')
  })
})
