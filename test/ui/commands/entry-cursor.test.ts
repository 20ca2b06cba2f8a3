import { expect } from 'chai'
import { NO_SUCH_ENTRY, NOTHING_TO_EXPAND } from '../../../ui/messages/entries.ts'
import type { RootState } from '../../../ui/state/state.ts'
import { type Desktop, openDesktop } from '../../support/desktop.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

const bash = (command: string) => ({ calls: [{ name: 'Bash', args: { command } }] })

const LONG = Array.from({ length: 60 }, (_, index) => `Line ${index + 1} of it.`).join('\n\n')

/** What the marked rows of the conversation show. */
function marked(desk: Desktop): string {
  return desk
    .screen()
    .split('\n')
    .filter((row) => row.startsWith('▎'))
    .map((row) =>
      row
        .slice(2, 75)
        .replace(/^(. \w+) +/, '$1 ')
        .replace(/ {2,}.*/, '')
        .trim(),
    )
    .join('\n')
}

const expanded = ({ workbench }: RootState): number => workbench.expanded.length

describe('The cursor in the conversation', () => {
  it(
    'begins at the answer where a notice is below it, and goes to the notice by key',
    withWorkbench(
      {
        answers: [{ text: 'Done.' }],
      },
      (workbench) =>
        workbench
          .send('Count')
          .perform(({ session }) => session.notify('info', 'Something else.'))
          .press('f5')
          .check((desk) => expect(marked(desk)).to.equal('Done.'))
          .press('j')
          .check((desk) => expect(marked(desk)).to.equal('· Something else.'))
          .press('k')
          .check((desk) => expect(marked(desk)).to.equal('Done.')),
    ),
  )

  it(
    'expands and collapses a call on the last page, which stays where it is',
    withWorkbench(
      {
        answers: [bash('seq 1 30'), bash('echo two'), { text: 'Done.' }],
        options: { mode: 'bypassPermissions' },
      },
      (workbench) =>
        workbench
          .send('Count')
          .press('f5')
          .check((desk) => expect(marked(desk)).to.equal('Done.'))
          .press('enter')
          .expectFlash(NOTHING_TO_EXPAND)
          .press('k', 'k')
          .check((desk) => expect(marked(desk)).to.match(/^● Bash seq 1 30/))
          .press('space')
          .expectState('expanded', expanded, 1)
          .check((desk) => expect(marked(desk)).to.match(/● Bash seq 1 30.*\n│ 1\n│ 2\n│ 3\n/))
          .press('enter')
          .expectState('expanded', expanded, 0)
          .press('j')
          .check((desk) => expect(marked(desk)).to.match(/^● Bash echo two/)),
    ),
  )

  it(
    'brings the last output into view, expanded, at one key in the message, which stays open',
    withWorkbench(
      {
        answers: [bash('seq 1 30'), { text: LONG }],
        options: { mode: 'bypassPermissions' },
      },
      (workbench) =>
        workbench
          .send('Count')
          .expectScreen('Line 60 of it.')
          .press('ctrl+o')
          .expectState('expanded', expanded, 1)
          .expectScreen('│ 29')
          .type('Next')
          .expectMessage('Next')
          .press('ctrl+o')
          .expectState('expanded', expanded, 0),
    ),
  )

  it(
    'shows as much as fits of a call that is opened at the bottom of the pane',
    withWorkbench(
      {
        answers: [{ text: LONG }, bash('seq 1 20'), { text: 'Done.' }],
        options: { mode: 'bypassPermissions' },
      },
      (workbench) =>
        workbench
          .send('Write much')
          .send('Count')
          .press('f5', 'k', 'space')
          .check((desk) => expect(marked(desk)).to.match(/^● Bash seq 1 20\n[\s\S]*\n│ 20$/))
          .press('space')
          .check((desk) => expect(marked(desk)).to.match(/^● Bash seq 1 20\n/)),
    ),
  )

  it(
    'goes to messages of the user, file changes and errors',
    withWorkbench(
      {
        answers: [
          { calls: [{ name: 'Write', args: { file_path: 'a.txt', content: 'one\n' } }] },
          bash('exit 3'),
          { text: 'First.' },
          { text: 'Second.' },
        ],
        options: { mode: 'bypassPermissions' },
      },
      (workbench) =>
        workbench
          .send('Write it')
          .send('And now?')
          .press('f5', '[')
          .check((desk) => expect(marked(desk)).to.equal('▌ And now?'))
          .press('[')
          .check((desk) => expect(marked(desk)).to.equal('▌ Write it'))
          .press('[')
          .expectFlash(NO_SUCH_ENTRY.message)
          .press(')')
          .check((desk) => expect(marked(desk)).to.match(/^✗ Bash/))
          .press('{')
          .check((desk) => expect(marked(desk)).to.match(/^● Write a\.txt/))
          .press('}')
          .expectFlash(NO_SUCH_ENTRY.edit)
          .press(']')
          .check((desk) => expect(marked(desk)).to.equal('▌ And now?')),
    ),
  )

  it('goes to an error of which the message is not loaded yet', async () => {
    const texts = Array.from({ length: 40 }, (_, index) => ({ text: `Answer ${index + 1}.` }))
    const desk = await openDesktop([bash('exit 3'), ...texts], {
      options: { mode: 'bypassPermissions' },
    })
    try {
      for (let turn = 1; turn <= 40; turn++) await desk.says(`Question ${turn}`)
      desk.root.dispatch({ type: 'history.cleared' })
      await desk.session.agents.open({ id: desk.session.store.state.agent?.id ?? '' })
      expect(desk.session.store.state.earlier).to.equal(true)
      desk.presses('f5', '(')
      await desk.root.when(({ session, workbench }) =>
        session.settled.some(({ id, type }) => type === 'tool' && id === workbench.selectedEntry)
          ? true
          : undefined,
      )
      expect(marked(desk)).to.match(/^✗ Bash/)
      desk.presses('(')
      await desk.root.when(({ session, workbench }) =>
        !session.earlier && workbench.flash?.text === NO_SUCH_ENTRY.error ? true : undefined,
      )
    } finally {
      await desk.close()
    }
  })

  it(
    'is at the newest entry after G, at the first after g',
    withWorkbench({ answers: [{ text: LONG }, { text: LONG }, { text: 'Newest.' }] }, (workbench) =>
      workbench
        .send('First')
        .send('Second')
        .send('Third')
        .press('f5', '[', 'G')
        .check((desk) => expect(marked(desk)).to.equal('Newest.'))
        .expectState('scroll', ({ workbench: { scroll } }) => scroll.conversation.type, 'end')
        .press('g')
        .check((desk) => expect(marked(desk)).to.match(/^· Created agent/))
        .press('G')
        .check((desk) => expect(marked(desk)).to.equal('Newest.')),
    ),
  )

  it(
    'is at the newest entry after a message was sent, wherever it was before',
    withWorkbench({ answers: [{ text: LONG }, { text: 'Newest.' }] }, (workbench) =>
      workbench
        .send('First')
        .press('f5', 'g')
        .check((desk) => expect(marked(desk)).to.match(/^· Created agent/))
        .press('f6')
        .submit('Second')
        .expectScreen('Newest.')
        .press('f5')
        .check((desk) => expect(marked(desk)).to.equal('Newest.')),
    ),
  )

  it(
    'goes to a file change or an error that is far outside the view, and to no memory change',
    withWorkbench(
      {
        answers: [
          { calls: [{ name: 'Write', args: { file_path: 'a.txt', content: 'one\n' } }] },
          { text: LONG },
          { calls: [{ name: 'Write', args: { file_path: 'b.txt', content: 'two\n' } }] },
          {
            calls: [{ name: 'memory_insert', args: { label: 'human', new_string: 'Likes tea.' } }],
          },
          { text: LONG },
          bash('exit 3'),
          { text: LONG },
        ],
        options: { mode: 'bypassPermissions' },
      },
      (workbench) =>
        workbench
          .send('One')
          .send('Two')
          .send('Three')
          .press('f5', '{')
          .check((desk) => expect(marked(desk)).to.match(/^● Write b\.txt/))
          .press('{')
          .check((desk) => expect(marked(desk)).to.match(/^● Write a\.txt/))
          .press('{')
          .expectFlash(NO_SUCH_ENTRY.edit)
          .check((desk) => expect(marked(desk)).to.match(/^● Write a\.txt/))
          .press('}')
          .check((desk) => expect(marked(desk)).to.match(/^● Write b\.txt/))
          .press('}')
          .expectFlash(NO_SUCH_ENTRY.edit)
          .check((desk) => expect(marked(desk)).to.match(/^● Write b\.txt/))
          .press('g', ')')
          .check((desk) => expect(marked(desk)).to.match(/^✗ Bash/)),
    ),
  )

  it(
    'is shown only while the conversation has the focus',
    withWorkbench({ answers: [{ text: 'Yes.' }] }, (workbench) =>
      workbench
        .send('Well?')
        .press('f5')
        .check((desk) => expect(marked(desk)).to.equal('Yes.'))
        .press('i')
        .check((desk) => expect(marked(desk)).to.equal('')),
    ),
  )
})
