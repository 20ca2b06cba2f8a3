import { expect } from 'chai'
import { AGENT_ALREADY_OPEN, agentNameNotFound } from '../../../ui/messages/agents.ts'
import { noConversation } from '../../../ui/messages/conversations.ts'
import {
  PICKER_TITLES,
  slashArgumentRequired,
  unknownSlashCommand,
} from '../../../ui/messages/program.ts'
import type { RootState } from '../../../ui/state/state.ts'
import type { Desktop } from '../../support/desktop.ts'
import { transcript } from '../../support/session.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

const agentName = ({ session }: RootState): string | undefined => session.agent?.name
const idOf = (desk: Desktop): string => desk.session.store.state.agent?.id ?? ''

/** Until the agent with this id is open. */
const opened = (desk: Desktop, id: string): Promise<unknown> =>
  desk.root.when(({ session }) => (session.agent?.id === id ? true : undefined))

describe('The command /agent', () => {
  it(
    'shows the id of the agent, its model, and how other programs reach it',
    withWorkbench({}, (workbench) =>
      workbench
        .submit('/agent')
        .expectScreen('project', 'openai/scripted', 'letta serve')
        .check((desk) => expect(desk.screen()).to.include(idOf(desk))),
    ),
  )
})

describe('The command /rename', () => {
  it(
    'gives the agent a name, and requires one',
    withWorkbench({}, (workbench) =>
      workbench
        .submit('/rename Ada Lovelace')
        .expectState('the name', agentName, 'Ada Lovelace')
        .submit('/rename ')
        .expectFlash(slashArgumentRequired('rename', 'name')),
    ),
  )
})

describe('The command /agents', () => {
  it('lists the agent that was used last first, and opens the selected one', async () => {
    let [first, second] = ['', '']
    await withWorkbench({ answers: [{ text: 'Hello from the first.' }] }, (workbench) =>
      workbench
        .perform((desk) => {
          first = idOf(desk)
        })
        .submit('/rename First')
        .expectState('the name', agentName, 'First')
        .submit('/new-agent')
        .expectState('whether another is open', ({ session }) => session.agent?.id !== first, true)
        .perform((desk) => {
          second = idOf(desk)
          desk.types(`/resume ${first}`).presses('enter')
          return opened(desk, first)
        })
        .send('Hi')
        .submit('/agents')
        .expectPicker(PICKER_TITLES.agents)
        .expectScreen(/▸ ● First/)
        .check((desk) =>
          expect(desk.screen().match(/agent-[0-9a-f]{8}/g)).to.deep.equal([
            first.slice(0, 14),
            second.slice(0, 14),
          ]),
        )
        .press('down', 'enter')
        .perform((desk) => opened(desk, second))
        .check((desk) =>
          expect(transcript(desk.session.store.state)).to.not.include(
            'assistant: Hello from the first.',
          ),
        ),
    )()
  })
})

describe('The command /resume', () => {
  const LOST = 'agent-00000000-0000-4000-8000-000000000000'

  it(
    'finds an agent by its name in any case, suggests the closest name, and lists all without one',
    withWorkbench({}, (workbench) =>
      workbench
        .submit('/rename Ada')
        .expectState('the name', agentName, 'Ada')
        .submit('/resume Ade')
        .expectFlash(`${noConversation('Ade')} Did you mean Ada?`)
        .submit('/resume ada')
        .expectFlash(AGENT_ALREADY_OPEN)
        .submit(`/resume ${LOST}`)
        .expectFlash(agentNameNotFound(LOST))
        .expectState('the name', agentName, 'Ada')
        .submit('/agents ')
        .expectPicker(PICKER_TITLES.agents, ['Ada']),
    ),
  )
})

describe('An unknown command', () => {
  it(
    'is reported with the closest name, or with the command that lists all',
    withWorkbench({}, (workbench) =>
      workbench
        .submit('/renmae Ada')
        .expectFlash(unknownSlashCommand('renmae', ['rename']))
        .submit('/xylophone')
        .expectFlash(unknownSlashCommand('xylophone', [])),
    ),
  )
})
