import path from 'node:path'
import { expect } from 'chai'
import Libsql from 'libsql'
import { SIDE_QUESTION_PAGE } from '../../../ui/messages/conversations.ts'
import { conversation, transcript } from '../../support/session.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

const TITLE = SIDE_QUESTION_PAGE.title('What is a monad?')
const ASK = { calls: [{ name: 'Bash', args: { command: 'touch made.txt', description: 'make' } }] }

describe('A side question', () => {
  it(
    'is answered in a dialog from what was said, and leaves no trace in the conversation',
    withWorkbench(
      { answers: [{ text: 'Hello.' }, { text: 'A monoid.' }, { text: 'Goodbye.' }] },
      (workbench) =>
        workbench
          .send('Hi')
          .submit('/btw What is a monad?')
          .expectPage(TITLE)
          .expectScreen('A monoid.', SIDE_QUESTION_PAGE.note)
          .check(({ endpoint }) => {
            const asked = conversation(endpoint.requests.at(-1))
            expect(asked.slice(0, 2)).to.deep.equal(['user: Hi', 'assistant: Hello.'])
            expect(asked.at(-1)).to.include('What is a monad?')
          })
          .expectState('the steps', ({ session }) => session.totals.usage.steps, 2)
          .press('escape')
          .send('Bye')
          .check(async ({ endpoint, session, home }) => {
            expect(conversation(endpoint.requests.at(-1))).to.deep.equal([
              'user: Hi',
              'assistant: Hello.',
              'user: Bye',
            ])
            expect(transcript(session.store.state).join()).to.not.include('monad')
            expect(await session.conversations.list()).to.deep.equal([])
            const database = new Libsql(path.join(home, '.letta', 'letta.db'), { readonly: true })
            expect(database.prepare('select id from conversations').all()).to.deep.equal([])
            database.close()
          }),
    ),
  )

  it(
    'can be asked while a call of the running turn awaits approval',
    withWorkbench(
      { answers: [{ text: 'Hello.' }, ASK, { text: 'A monoid.' }, { text: 'Made it.' }] },
      (workbench) =>
        workbench
          .send('Hi')
          .submit('Make a file')
          .expectApproval('Bash')
          .press('end')
          .expectFocus('approval')
          .press('escape')
          .submit('/btw What is a monad?')
          .expectScreen('A monoid.')
          .check(({ endpoint }) =>
            expect(conversation(endpoint.requests.at(-1)).join()).to.not.include('Make a file'),
          )
          .press('escape', 'f4', 'y')
          .expectScreen('Made it.'),
    ),
  )
})
