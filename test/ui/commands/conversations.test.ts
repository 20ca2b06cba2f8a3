import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { exportFileExists } from '../../../lib/session/messages/conversations.ts'
import {
  exportedTo,
  firstConversationOf,
  foundMessagesTitle,
  noConversation,
  severalConversations,
} from '../../../ui/messages/conversations.ts'
import { PICKER_TITLES } from '../../../ui/messages/program.ts'
import type { RootState } from '../../../ui/state/state.ts'
import { startCard } from '../../../ui/view/messages/conversation.ts'
import { dialogTexts } from '../../../ui/view/messages/dialogs.ts'
import { transcript } from '../../support/session.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

const title = ({ session }: RootState): string | null => session.conversation.title
const isDefault = ({ session }: RootState): boolean => session.conversation.id === 'default'

describe('The commands for conversations', () => {
  let first = ''

  it(
    'begin one with the same memory, name it, and go back to the first one',
    withWorkbench({ answers: [{ sticky: true, text: 'Noted.' }] }, (workbench) =>
      workbench
        .send('One')
        .submit('/new')
        .expectState(
          'the conversation',
          ({ session }) => session.conversation.id !== 'default',
          true,
        )
        .expectScreen(startCard.newConversation('project'))
        .check((desk) => expect(transcript(desk.session.store.state)).to.deep.equal([]))
        .send('Make the layout pure')
        .expectState('the title', title, 'Make the layout pure')
        .submit('/title Layout')
        .expectState('the title', title, 'Layout')
        .expectScreen(/─ project · Layout ─/)
        .submit('/resume ')
        .expectPicker(PICKER_TITLES.conversations, ['Layout', 'One'])
        .press('down', 'enter')
        .expectState('the conversation', ({ session }) => session.conversation.id, 'default')
        .check((desk) =>
          expect(transcript(desk.session.store.state).slice(0, 2)).to.deep.equal([
            'user: One',
            'assistant: Noted.',
          ]),
        )
        .submit('/resume layout')
        .expectState('the title', title, 'Layout'),
    ),
  )

  it(
    'open the only one whose title contains the text, and say when none or several do',
    withWorkbench({ answers: [{ sticky: true, text: 'Noted.' }] }, (workbench) =>
      workbench
        .submit('/new')
        .expectState('the conversation', isDefault, false)
        .send('Hello there')
        .expectState('the title', title, 'Hello there')
        .submit('/new')
        .expectState('the title', title, null)
        .send('Good day there')
        .expectState('the title', title, 'Good day there')
        .submit('/resume hello')
        .expectState('the title', title, 'Hello there')
        .submit('/resume there')
        .expectFlash(severalConversations('there', 2))
        .submit('/resume good evening')
        .expectScreen(noConversation('good evening'))
        .expectState('the title', title, 'Hello there'),
    ),
  )

  it(
    'list the first conversations of several agents by the names of the agents',
    withWorkbench({}, (workbench) =>
      workbench
        .submit('/rename Ada')
        .expectState('the name', ({ session }) => session.agent?.name, 'Ada')
        .submit('/new-agent')
        .expectState(
          'whether another is open',
          ({ session }) => session.agent?.name !== 'Ada',
          true,
        )
        .submit('/rename Bea')
        .expectState('the name', ({ session }) => session.agent?.name, 'Bea')
        .submit('/resume ')
        .expectPicker(PICKER_TITLES.conversations)
        .expectScreen(firstConversationOf('Ada'), firstConversationOf('Bea')),
    ),
  )

  it(
    'list agents of the same name with the end of their ids, and search messages when no title matches',
    withWorkbench({ answers: [{ sticky: true, text: 'The word is flamingo.' }] }, (workbench) =>
      workbench
        .send('One')
        .perform(({ root }) => {
          first = root.state.session.agent?.id ?? ''
        })
        .submit('/new-agent')
        .expectState('the agent', ({ session }) => session.agent?.id === first, false)
        .submit('/rename project')
        .expectState('the name', ({ session }) => session.agent?.name, 'project')
        .send('Two')
        .submit('/resume ')
        .expectPicker(PICKER_TITLES.conversations, ['Two', 'One'])
        .check(({ root, screen }) => {
          const ids = [first, root.state.session.agent?.id ?? '']
          for (const id of ids) expect(screen()).to.include(`project (…${id.slice(-6)})`)
        })
        .type('flamingo')
        .expectScreen(dialogTexts.noTitle('enter'))
        .press('enter')
        .expectPicker(foundMessagesTitle('flamingo')),
    ),
  )

  it(
    'fork the conversation, and delete the copy after a question',
    withWorkbench({ answers: [{ sticky: true, text: 'Noted.' }] }, (workbench) =>
      workbench
        .send('One')
        .submit('/fork')
        .expectState('the title', title, 'One (fork)')
        .submit('/delete')
        .press('y')
        .expectState('the conversation', ({ session }) => session.conversation.id, 'default'),
    ),
  )

  it(
    'export the conversation to a new file only',
    withWorkbench({ answers: [{ sticky: true, text: 'Noted.' }] }, (workbench) =>
      workbench
        .send('One')
        .submit('/export talk.html')
        .expectScreen(exportedTo('talk.html'))
        .check((desk) => expect(existsSync(path.join(desk.project, 'talk.html'))).to.equal(true))
        .submit('/export talk.html')
        .expectFlash(exportFileExists('talk.html')),
    ),
  )

  const longTitle = '\u{20000}'.repeat(100)
  const longName = `${'\u{20000}'.repeat(60)}.md`
  it(
    'export a conversation with a long title to a file whose name fits',
    withWorkbench({ answers: [{ sticky: true, text: 'Noted.' }] }, (workbench) =>
      workbench
        .send('One')
        .submit(`/title ${longTitle}`)
        .expectState('the title', title, longTitle)
        .submit('/export')
        .expectNotice(exportedTo(longName))
        .check((desk) => expect(existsSync(path.join(desk.project, longName))).to.equal(true)),
    ),
  )
})
