import { expect } from 'chai'
import { initPrompt } from '../../../lib/prompts/index.ts'
import type { MemoryBlock } from '../../../lib/session/state.ts'
import type { RootState } from '../../../ui/state/state.ts'
import type { Desktop } from '../../support/desktop.ts'
import { conversation } from '../../support/session.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

/** What the agent was asked. */
const asked = ({ endpoint }: Desktop): string => conversation(endpoint.requests[0])[0] ?? ''

describe('The command /remember', () => {
  it(
    'asks the agent to put a text into its memory',
    withWorkbench({ answers: [{ text: 'Noted in human.' }] }, (workbench) =>
      workbench
        .submit('/remember I like tea')
        .expectScreen('Noted in human.')
        .check((desk) =>
          expect(asked(desk))
            .to.include('with your memory tools')
            .and.match(/\n\nI like tea$/),
        ),
    ),
  )

  it(
    'asks the agent to look back over the conversation when there is no text',
    withWorkbench({ answers: [{ text: 'Nothing new.' }] }, (workbench) =>
      workbench
        .submit('/remember ')
        .expectScreen('Nothing new.')
        .check((desk) => expect(asked(desk)).to.include('Look back over our conversation')),
    ),
  )
})

describe('The command /init', () => {
  it(
    'asks the agent to fill the block about the project',
    withWorkbench({ answers: [{ text: 'Now I know it.' }] }, (workbench) =>
      workbench
        .submit('/init')
        .expectScreen('Now I know it.')
        .check((desk) => {
          expect(asked(desk)).to.equal(`user: ${initPrompt()}`)
          expect(asked(desk)).to.include('memory block "project"')
        }),
    ),
  )
})

describe('Editing a memory block in the pane', () => {
  const editing = ({ workbench: { memory } }: RootState): string | null =>
    memory.editing?.editor.text ?? null
  const human = (desk: Desktop): MemoryBlock | undefined =>
    desk.session.store.state.memory.find(({ block }) => block.label === 'human')?.block

  it(
    'saves the text and ends the edit',
    withWorkbench({}, (workbench) =>
      workbench
        .press('f2', 'down', 'e')
        .type('Likes tea. ')
        .press('ctrl+s')
        .expectState('the edit', editing, null)
        .check((desk) => expect(human(desk)?.value).to.match(/^Likes tea\. /)),
    ),
  )

  it(
    'keeps the text when it cannot be saved',
    withWorkbench({}, (workbench) =>
      workbench
        .press('f2', 'down', 'e')
        .type('Likes tea. ')
        .perform((desk) => {
          const value = human(desk)?.value ?? ''
          return desk.session.memory.edit('human', 'Changed elsewhere.', value)
        })
        .press('ctrl+s')
        .expectState('the flash', ({ workbench: { flash } }) => flash?.level, 'warning')
        .expectState('the edit', (state) => editing(state)?.startsWith('Likes tea. '), true)
        .check((desk) => expect(human(desk)?.value).to.equal('Changed elsewhere.')),
    ),
  )

  it(
    'keeps what is typed while the text before it is saved',
    withWorkbench({}, (workbench) =>
      workbench
        .press('f2', 'down', 'e')
        .type('Likes tea. ')
        .perform((desk) => desk.presses('ctrl+s').types('And cake. '))
        .perform((desk) =>
          desk.root.when(({ session }) =>
            session.memory.some(({ block }) => block.value.startsWith('Likes tea. '))
              ? true
              : undefined,
          ),
        )
        .expectState('the edit', (state) => editing(state)?.includes('And cake. '), true)
        .press('ctrl+s')
        .expectState('the edit', editing, null)
        .check((desk) => expect(human(desk)?.value).to.match(/^Likes tea\. And cake\. /)),
    ),
  )

  it(
    'discards the text on request',
    withWorkbench({}, (workbench) =>
      workbench
        .press('f2', 'down', 'e')
        .type('Likes tea. ')
        .press('escape')
        .expectState('the edit', editing, null)
        .check((desk) => expect(human(desk)?.value).to.not.include('tea')),
    ),
  )
})
