import { expect } from 'chai'
import { CONVERSATION_IS_EMPTY, ENTRY_KIND_NAMES } from '../../../ui/messages/entries.ts'
import { PICKER_TITLES } from '../../../ui/messages/program.ts'
import type { RootState } from '../../../ui/state/state.ts'
import { conversationTexts } from '../../../ui/view/messages/conversation.ts'
import { view } from '../../../ui/view/view.ts'
import { type Desktop, openDesktop } from '../../support/desktop.ts'
import { withWorkbench } from '../../support/with-workbench.ts'
import { optionsFor, styles } from '../view/panes/scene.ts'

const LONG = Array.from({ length: 60 }, (_, index) => `Line ${index + 1} of it.`).join('\n\n')

let shownBefore = ''

/** The conversation's rows, without the panes next to it. */
const conversation = (desk: Desktop): string =>
  desk
    .screen()
    .split('\n')
    .map((row) => row.slice(2, 76).trimEnd())
    .join('\n')

/** The marked rows of the conversation. */
const marked = (desk: Desktop): readonly string[] =>
  desk
    .screen()
    .split('\n')
    .filter((row) => row.startsWith('▎'))
    .map((row) =>
      row
        .slice(2, 75)
        .replace(/ {2,}.*/, '')
        .trim(),
    )

/** The line that was found last. */
const lineFound = ({ session, workbench: { search } }: RootState): string | undefined => {
  const entry = session.settled.find(({ id }) => id === search?.match?.entryId)
  return entry?.type === 'assistant' ? entry.text.split('\n')[search?.match?.line ?? 0] : undefined
}

/** The row of the match that is marked as the current one, with a sign before it. */
const current = ({ root: { state } }: Desktop): string =>
  view(state, { ...optionsFor(state), formatter: null })
    .elements.flatMap(({ rect, render }) => render(rect).rows)
    .filter((line) => line.some(({ style }) => style === styles.badge))
    .map((line) =>
      line.map(({ text, style }) => (style === styles.badge ? `▶${text}` : text)).join(''),
    )
    .join()

/** The number of the match, and of all. */
const place = ({ workbench: { search } }: RootState): string | undefined =>
  search === null ? undefined : `${search.position} of ${search.count}`

describe('Finding in the conversation', () => {
  it(
    'goes to the newest match while the text is typed, and counts the matches',
    withWorkbench(
      { answers: [{ text: `The total is counted.\n\n${LONG}` }, { text: 'Short.' }] },
      (workbench) =>
        workbench
          .send('Where is the total?')
          .send('And now?')
          .press('f5', '/')
          .type('line 1')
          .expectState('place', place, '11 of 11')
          .expectState('line', lineFound, 'Line 19 of it.')
          .type('2')
          .expectState('line', lineFound, 'Line 12 of it.')
          .expectScreen(conversationTexts.match(1, 1, true), '/ line 12')
          .press('ctrl+u')
          .type('THE TOTAL')
          .expectState('line', lineFound, 'The total is counted.')
          .press('enter')
          .expectState('finding', ({ workbench: { finding } }) => finding, null)
          .check((desk) => expect(conversation(desk)).to.include('The total is counted.')),
    ),
  )

  it(
    'goes back to where the view was on escape',
    withWorkbench({ answers: [{ text: LONG }, { text: LONG }] }, (workbench) =>
      workbench
        .send('Count')
        .send('Again')
        .press('f5', 'K', 'K')
        .perform((desk) => {
          shownBefore = desk.screen()
        })
        .press('/')
        .type('line 3 of')
        .expectState('line', lineFound, 'Line 3 of it.')
        .check((desk) => expect(desk.screen()).to.not.equal(shownBefore))
        .press('escape')
        .check((desk) => expect(desk.screen()).to.equal(shownBefore)),
    ),
  )

  it(
    'expands the call whose collapsed output contains the text, and collapses it again for the next match',
    withWorkbench(
      {
        answers: [
          { calls: [{ name: 'Bash', args: { command: 'seq -f "step %g" 1 40' } }] },
          { text: 'Done.' },
        ],
        options: { mode: 'bypassPermissions' },
      },
      (workbench) =>
        workbench
          .send('Go')
          .check((desk) => expect(conversation(desk)).to.not.match(/ step 4\n/))
          .submit('/find step 4')
          .press('up')
          .expectState('place', place, '1 of 2')
          .check((desk) => expect(conversation(desk)).to.match(/ step 4\n/))
          .press('escape')
          .check((desk) => expect(conversation(desk)).to.not.match(/ step 4\n/)),
    ),
  )

  it(
    'finds a line of a diff, and text across markup',
    withWorkbench(
      {
        answers: [
          { calls: [{ name: 'Write', args: { file_path: 'a.txt', content: 'one\nneedle\n' } }] },
          { text: 'It is **very** `important` now.' },
        ],
        options: { mode: 'bypassPermissions' },
      },
      (workbench) =>
        workbench
          .send('Go')
          .submit('/find needle')
          .expectState('place', place, '1 of 1')
          .check((desk) => expect(marked(desk).join()).to.include('needle'))
          .press('escape', 'f6')
          .submit('/find very important')
          .expectState('place', place, '1 of 1'),
    ),
  )

  it(
    'finds nothing of a change that was denied, which is not displayed',
    withWorkbench(
      {
        answers: [
          { calls: [{ name: 'Write', args: { file_path: 'a.txt', content: 'needle\n' } }] },
          { text: 'Left as it was.' },
        ],
      },
      (workbench) =>
        workbench
          .submit('Go')
          .expectApproval('Write')
          .press('f12', 'n')
          .expectScreen('Left as it was.')
          .submit('/find needle')
          .expectState('place', place, '0 of 0'),
    ),
  )

  it(
    'counts each occurrence, goes through those of a line, and marks the current one',
    withWorkbench(
      {
        answers: [
          {
            text: `- The **sum** of a sum.\n\n${LONG}\n\nsum, ${'and so on '.repeat(20)} and the sum.`,
          },
        ],
      },
      (workbench) =>
        workbench
          .send('Count')
          .submit('/find sum')
          .expectState('place', place, '4 of 4')
          .check((desk) => expect(current(desk)).to.match(/and the ▶sum\./))
          .press('up')
          .expectState('place', place, '3 of 4')
          .check((desk) => expect(current(desk)).to.match(/▶sum, and/))
          .press('up')
          .expectState('place', place, '2 of 4')
          .check((desk) => expect(current(desk)).to.match(/The \*\*sum\*\* of a ▶sum\./))
          .press('up')
          .expectState('place', place, '1 of 4')
          .check((desk) => expect(current(desk)).to.match(/The \*\*▶sum\*\* of a sum\./)),
    ),
  )

  it(
    'leaves its marks until escape, which goes nowhere else',
    withWorkbench({ answers: [{ text: LONG }] }, (workbench) =>
      workbench
        .send('Count')
        .submit('/find line 3 of')
        .expectState('place', place, '1 of 1')
        .press('enter', 'escape')
        .expectState('place', place, undefined)
        .expectFocus('conversation')
        .expectNotOnScreen(conversationTexts.match(1, 1, true)),
    ),
  )

  it(
    'says that nothing matches',
    withWorkbench({ answers: [{ text: LONG }] }, (workbench) =>
      workbench
        .send('Count')
        .submit('/find absent')
        .expectState('place', place, '0 of 0')
        .expectScreen(conversationTexts.noMatch),
    ),
  )

  it(
    'is unavailable while the conversation is empty',
    withWorkbench({}, (workbench) =>
      workbench
        .dispatch({ type: 'history.cleared' })
        .submit('/find x')
        .expectFlash(CONVERSATION_IS_EMPTY)
        .expectNoOverlay(),
    ),
  )

  it(
    'repeats the search with n and N, and marks its text until the focus is in the message',
    withWorkbench({ answers: [{ text: LONG }] }, (workbench) =>
      workbench
        .send('Count')
        .press('f5')
        .type('/')
        .type('9 of')
        .press('enter')
        .expectState('line', lineFound, 'Line 59 of it.')
        .press('n')
        .expectState('place', place, '5 of 6')
        .expectState('line', lineFound, 'Line 49 of it.')
        .press('N')
        .expectState('place', place, '6 of 6')
        .press('N')
        .expectState('line', lineFound, 'Line 9 of it.')
        .press('i')
        .expectState('search', ({ workbench: { search } }) => search, null),
    ),
  )

  it(
    'puts the mark on the entry of the match',
    withWorkbench(
      { answers: [{ text: 'Apples.' }, { text: LONG }, { text: 'Pears.' }, { text: 'Plums.' }] },
      (workbench) =>
        workbench
          .send('One')
          .send('Two')
          .send('Three')
          .send('Four')
          .press('f5', 'k', 'k', 'k', '/')
          .type('apples')
          .press('enter')
          .check((desk) => expect(marked(desk)).to.deep.equal(['Apples.']))
          .press('k')
          .check((desk) => expect(marked(desk)).to.deep.equal(['▌ One']))
          .press('/')
          .type('pears')
          .press('enter')
          .check((desk) => expect(marked(desk)).to.deep.equal(['Pears.'])),
    ),
  )

  it(
    'shows the row of a match that is near the end',
    withWorkbench({ answers: [{ text: `${LONG}\n\nNear.\n\nAlmost.\n\nLast.` }] }, (workbench) =>
      workbench
        .send('Count')
        .press('f5', '/')
        .type('line 1 of')
        .press('enter', '/')
        .type('near')
        .press('enter')
        .check((desk) => expect(conversation(desk)).to.match(/Near\.$/m))
        .press('/')
        .type('last')
        .press('enter')
        .check((desk) => expect(conversation(desk)).to.match(/Last\.( |$)/m)),
    ),
  )

  describe('with earlier messages on the server', () => {
    let desk: Desktop

    before(async () => {
      const answers = Array.from({ length: 40 }, (_, index) => ({ text: `Answer ${index + 1}.` }))
      desk = await openDesktop(answers)
      for (let turn = 1; turn <= 40; turn++) await desk.says(`Question ${turn}`)
    })

    beforeEach(async () => {
      desk.root.dispatch({ type: 'history.cleared' })
      const { agent } = desk.session.store.state
      await desk.session.agents.open({ id: agent?.id ?? '' })
    })

    after(() => desk.close())

    it('loads them until one matches', async () => {
      expect(desk.session.store.state.earlier).to.equal(true)
      desk.presses('f5', '/').types('answer 3.')
      await desk.root.when((state) => (lineFound(state) === 'Answer 3.' ? true : undefined))
      expect(conversation(desk)).to.include('Answer 3.')
      desk.presses('escape')
    })

    it('stops loading them on escape', async () => {
      desk.presses('f5', '/').types('absent')
      await desk.root.when(({ workbench: { search } }) => search?.isRunning || undefined)
      expect(desk.screen()).to.include(conversationTexts.searching('escape'))
      desk.presses('escape')
      expect(desk.root.state.workbench.search).to.equal(null)
      // The page that was requested arrives, and what waits for it runs.
      await desk.root.when(({ session }) => !session.earlier || undefined)
      await new Promise((resolve) => setImmediate(resolve))
      expect(desk.root.state.workbench.search).to.equal(null)
    })
  })
})

describe('The entries of the conversation', () => {
  const setting = {
    answers: [
      { calls: [{ name: 'Bash', args: { command: 'seq -f "step %g" 1 40' } }] },
      { text: 'Done.' },
      { text: LONG },
    ],
    options: { mode: 'bypassPermissions' },
  } as const

  it(
    'are filtered by kind until escape',
    withWorkbench(setting, (workbench) =>
      workbench
        .send('Go')
        .send('Count')
        .press('f5', 'f')
        .expectPicker(PICKER_TITLES.filter, Object.values(ENTRY_KIND_NAMES))
        .type(ENTRY_KIND_NAMES.call)
        .press('enter')
        .expectScreen(conversationTexts.only(ENTRY_KIND_NAMES.call, 'escape'))
        .check((desk) =>
          expect(conversation(desk))
            .to.include('step 40')
            .and.not.include('Line 60')
            .and.not.include('▌'),
        )
        .press('escape')
        .expectScreen('Line 1 of it.'),
    ),
  )

  it(
    'are all expanded and collapsed',
    withWorkbench(setting, (workbench) =>
      workbench
        .send('Go')
        .press('f5')
        .type('+')
        .check((desk) => expect(conversation(desk)).to.include('step 20\n'))
        .press('-')
        .check((desk) => expect(conversation(desk)).to.not.include('step 20\n')),
    ),
  )
})
