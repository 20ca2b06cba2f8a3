import { expect } from 'chai'
import { COMMAND_TITLES } from '../../../ui/messages/commands.ts'
import { PICKER_TITLES } from '../../../ui/messages/dialogs.ts'
import { CONVERSATION_IS_EMPTY, matchPosition } from '../../../ui/messages/notices.ts'
import type { RootState } from '../../../ui/state/state.ts'
import type { Desktop } from '../../support/desktop.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

const LONG = Array.from({ length: 60 }, (_, index) => `Line ${index + 1} of it.`).join('\n\n')

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

/** The lines that a picker lists. */
const found = ({ workbench: { overlay } }: RootState): readonly string[] =>
  overlay?.type === 'picker' ? overlay.items.map(({ detail }) => detail) : []

/** The line that was found last. */
const lineFound = ({ session, workbench: { found } }: RootState): string | undefined => {
  const entry = session.settled.find(({ id }) => id === found?.entryId)
  return entry?.type === 'assistant' ? entry.text.split('\n')[found?.line ?? 0] : undefined
}

describe('Finding in the conversation', () => {
  it(
    'lists the lines that contain all words, the newest first, and scrolls to the selected one',
    withWorkbench(
      { answers: [{ text: `The total is counted.\n\n${LONG}` }, { text: 'Short.' }] },
      (workbench) =>
        workbench
          .send('Where is the total counted?')
          .send('And now?')
          .check((desk) => expect(conversation(desk)).to.not.include('The total is'))
          .press('ctrl+p')
          .type(COMMAND_TITLES['conversation.find'])
          .press('enter')
          .type('total count')
          .expectPicker(PICKER_TITLES.find, ['agent', 'you'])
          .expectScreen('▸   agent  The total is counted.', 'you    Where is the total counted?')
          .press('enter')
          .expectFocus('conversation')
          .check((desk) => expect(conversation(desk)).to.include('The total is counted.'))
          .press('/')
          .type('line 31 of')
          .press('enter')
          .check((desk) =>
            expect(conversation(desk))
              .to.include('\nLine 31 of it.')
              .and.not.include('Line 60 of it.'),
          ),
    ),
  )

  it(
    'expands the tool call whose collapsed output contains the line',
    withWorkbench(
      {
        answers: [
          {
            calls: [
              {
                name: 'Bash',
                args: {
                  command:
                    'for i in 1 2 3 4 5 6 7 8 9; do echo "step $i"; done; echo needle; seq 10 90',
                },
              },
            ],
          },
          { text: 'Done.' },
        ],
        options: { mode: 'bypassPermissions' },
      },
      (workbench) =>
        workbench
          .send('Go')
          .check((desk) => expect(conversation(desk)).to.not.match(/ needle\n/))
          .submit('/find Bash step 4')
          .press('enter')
          .check((desk) => expect(conversation(desk)).to.match(/ step 4\n/)),
    ),
  )

  it(
    'starts with the text after /find, and with / in the conversation',
    withWorkbench({ answers: [{ text: LONG }] }, (workbench) =>
      workbench
        .send('Count')
        .submit('/find line 41')
        .expectPicker(PICKER_TITLES.find, ['agent'])
        .expectScreen('▸   agent  Line 41 of it.')
        .press('escape', 'f5')
        .type('/')
        .type('line 12 of')
        .expectPicker(PICKER_TITLES.find, ['agent'])
        .expectScreen('▸   agent  Line 12 of it.')
        .expectState('whether all lines are listed', (state) => found(state).length > 60, true),
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
    'repeats the search with n and N, and marks its words until the focus is in the message',
    withWorkbench({ answers: [{ text: LONG }] }, (workbench) =>
      workbench
        .send('Count')
        .press('f5')
        .type('/')
        .type('line 9 of')
        .press('enter')
        .expectState('line', lineFound, 'Line 59 of it.')
        .press('n')
        .expectFlash(matchPosition(5, 6))
        .expectState('line', lineFound, 'Line 49 of it.')
        .press('N', 'N')
        .expectState('line', lineFound, 'Line 9 of it.')
        .press('i')
        .expectState('found', ({ workbench: { found } }) => found, null),
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
})
