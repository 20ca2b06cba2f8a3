import { expect } from 'chai'
import { conversationName } from '../../../lib/session/messages/conversations.ts'
import { rowKey } from '../../../lib/session/state/conversation-row.ts'
import {
  deleteConversationQuestion,
  exportedTo,
  RENAME_CONVERSATION,
} from '../../../ui/messages/conversations.ts'
import { conversationLines } from '../../../ui/state/conversations-page.ts'
import type { RootState } from '../../../ui/state/state.ts'
import { conversationsTexts } from '../../../ui/view/messages/conversation.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

const FIRST = conversationName('default', null)
/** The list as short lines. */
const lines = (state: RootState) =>
  conversationLines(state).map((line) =>
    line.type === 'group'
      ? `${line.agentName} ${line.directory !== null}`
      : [line.row.title ?? FIRST, line.status].filter(Boolean).join(' '),
  )
const title = ({ session }: RootState) => session.conversation.title
const isDefault = ({ session }: RootState): boolean => session.conversation.id === 'default'
const page = ({ workbench }: RootState) => workbench.page
const WRITE = { calls: [{ name: 'Write', args: { file_path: 'src/a.ts', content: 'a' } }] }

describe('The page of conversations', () => {
  it(
    'lists them by agent and directory with the open one, and shows what the selected one contains',
    withWorkbench(
      {
        answers: [WRITE, { text: 'Wrote the file.' }, { text: 'Second answer.' }],
        options: { mode: 'acceptEdits' },
      },
      (workbench) =>
        workbench
          .send('Write a file')
          .submit('/new')
          .expectState('the conversation', isDefault, false)
          .send('Make the layout pure')
          .expectState('the title', title, 'Make the layout pure')
          .press('alt+6')
          .expectFocus('conversations')
          .expectState('the list', lines, [
            'project true',
            'Make the layout pure shown',
            'Write a file',
          ])
          .expectScreen(
            conversationsTexts.lastMessages,
            'Second answer.',
            conversationsTexts.memory,
          )
          .press('down')
          .expectScreen('Wrote the file.', conversationsTexts.files, 'src/a.ts')
          .press('enter')
          .expectState('the page', page, 'chat')
          .expectState('the title', title, 'Write a file'),
    ),
  )

  it(
    'marks the open conversation as one that waits while it awaits approval',
    withWorkbench({ answers: [WRITE] }, (workbench) =>
      workbench
        .submit('Write a file')
        .expectApproval('Write')
        .press('alt+6')
        .expectState('the list', lines, ['project true', 'Write a file approval']),
    ),
  )

  it(
    'finds what is typed in titles and in messages',
    withWorkbench(
      { answers: [{ text: 'A viewport is a rectangle.' }, { text: 'Fine.' }] },
      (workbench) =>
        workbench
          .send('One')
          .submit('/new')
          .expectState('the conversation', isDefault, false)
          .send('Layout')
          .expectState('the title', title, 'Layout')
          .press('alt+6')
          .expectState('the list', lines, ['project true', 'Layout shown', 'One'])
          .press('/')
          .expectScreen(/enter stay +escape back/)
          .type('lay')
          .expectState('the list', lines, ['project true', 'Layout shown'])
          .press('backspace', 'backspace', 'backspace')
          .type('rectangle')
          .expectState('the list', lines, ['project true', 'One'])
          .expectScreen('A viewport is a rectangle.')
          .press('enter', 'enter')
          .expectState('the page', page, 'chat')
          .expectState('the conversation', ({ session }) => session.conversation.id, 'default'),
    ),
  )

  it(
    'exports the selected conversation without opening it',
    withWorkbench({ answers: [{ sticky: true, text: 'Noted.' }] }, (workbench) =>
      workbench
        .send('One')
        .submit('/new')
        .expectState('the conversation', isDefault, false)
        .send('Layout')
        .expectState('the title', title, 'Layout')
        .press('alt+6')
        .expectState('the list', lines, ['project true', 'Layout shown', 'One'])
        .press('down', 'x')
        .expectFlash(exportedTo('one.md'))
        .expectState('the page', page, 'conversations')
        .expectState('the title', title, 'Layout')
        .perform(({ read }) => expect(read('one.md')).to.match(/^# One\n[\s\S]*Noted\./)),
    ),
  )

  it(
    'renames, archives and deletes a conversation that is not open',
    withWorkbench({ answers: [{ sticky: true, text: 'Fine.' }] }, (workbench) =>
      workbench
        .submit('/new')
        .expectState('the conversation', isDefault, false)
        .send('Layout')
        .expectState('the title', title, 'Layout')
        .submit('/new')
        .expectState('the title', title, null)
        .send('Colors')
        .expectState('the title', title, 'Colors')
        .press('alt+6')
        .expectState('the list', lines, ['project true', 'Colors shown', 'Layout'])
        .press('down', 'r')
        .expectPrompt(RENAME_CONVERSATION.title, 'Layout')
        .type(' 2')
        .press('enter')
        .expectState('the list', lines, ['project true', 'Colors shown', 'Layout 2'])
        .press('D')
        .expectQuestion(deleteConversationQuestion('Layout 2').title)
        .press('y')
        .expectState('the list', lines, ['project true', 'Colors shown'])
        .check(({ root }) => {
          expect(title(root.state)).to.equal('Colors')
          expect(root.state.workbench.conversations.rows?.map(rowKey).length).to.equal(1)
        }),
    ),
  )
})
