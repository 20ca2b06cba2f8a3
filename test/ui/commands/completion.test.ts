import { expect } from 'chai'
import { AGENT_ALREADY_OPEN } from '../../../ui/messages/agents.ts'
import { NO_QUEUED_MESSAGES } from '../../../ui/messages/composer.ts'
import { switchedModel } from '../../../ui/messages/models.ts'
import { unknownSlashCommand } from '../../../ui/messages/program.ts'
import { PAGE_TITLES } from '../../../ui/messages/usage.ts'
import { visibleCompletion } from '../../../ui/state/completion.ts'
import type { RootState } from '../../../ui/state/state.ts'
import { conversation } from '../../support/session.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

const modeOf = ({ session }: RootState): string => session.mode
const agentName = ({ session }: RootState): string | undefined => session.agent?.name

describe('Completion of a command', () => {
  it(
    'suggests commands from the slash on, fewer with each letter, and runs the selected one',
    withWorkbench({}, (workbench) =>
      workbench
        .type('/')
        .expectSuggestion('help', 'memory', 'model')
        .type('me')
        .expectSuggestion('memory')
        .press('enter')
        .expectFocus('memory')
        .expectMessage(''),
    ),
  )

  it(
    'inserts a command that requires an argument, and waits for it',
    withWorkbench({}, (workbench) =>
      workbench
        .type('/ren')
        .press('enter')
        .expectMessage('/rename ')
        .submit('Ada')
        .expectState('the name', agentName, 'Ada'),
    ),
  )

  it(
    'moves with the arrows, inserts with tab, and is dismissed for one word with escape',
    withWorkbench({}, (workbench) =>
      workbench
        .type('/link')
        .expectSuggestion('link', 'unlink')
        .press('down', 'tab')
        .expectMessage('/unlink ')
        .press('ctrl+u')
        .type('/li')
        .expectSuggestion('link')
        .press('escape')
        .type('n')
        .expectNoSuggestions()
        .press('ctrl+u')
        .type('/li')
        .expectSuggestion('link'),
    ),
  )

  it(
    'puts a command that is unavailable last, and does not run it',
    withWorkbench({}, (workbench) =>
      workbench
        .type('/q')
        .expectSuggestion('queue')
        .press('enter')
        .expectFlash(NO_QUEUED_MESSAGES)
        .expectMessage('/q')
        .press('ctrl+u')
        .type('/c')
        .expectState(
          'the order',
          (state) => {
            const shown = visibleCompletion(state)?.items.map((item) => item.isUnavailable === true)
            return (
              shown?.toSorted((one, other) => Number(one) - Number(other)).join() === shown?.join()
            )
          },
          true,
        ),
    ),
  )

  it(
    'does not interfere with a command that is typed in full, or with an unknown one',
    withWorkbench({}, (workbench) =>
      workbench
        .submit('/usage')
        .expectPage(PAGE_TITLES.usage)
        .press('escape')
        .submit('/nosuch')
        .expectFlash(unknownSlashCommand('nosuch', [])),
    ),
  )
})

describe('Completion of an argument', () => {
  it(
    'suggests the choices, but selects none of them on its own',
    withWorkbench({}, (workbench) =>
      workbench
        .type('/theme ')
        .expectSuggestion(null, 'auto', 'dark', 'high-contrast', 'light', 'nord')
        .type('li')
        .press('tab')
        .expectMessage('/theme light')
        .press('enter')
        .expectMessage('')
        .type('/mode ')
        .expectSuggestion(null, 'bypassPermissions')
        .press('up')
        .expectSuggestion('bypassPermissions')
        .press('down', 'down')
        .expectSuggestion('acceptEdits')
        .press('enter')
        .expectMessage('')
        .expectState('the mode', modeOf, 'acceptEdits')
        .check(({ done }) => expect(done).to.deep.equal(['theme light']))
        .type('/mode pla')
        .expectSuggestion(null, 'plan')
        .press('enter')
        .expectScreen('Did you mean plan?')
        .expectState('the mode', modeOf, 'acceptEdits'),
    ),
  )

  it(
    'selects the first value instead of running a command without the argument that it requires',
    withWorkbench({}, (workbench) =>
      workbench
        .type('/mode')
        .press('enter')
        .expectMessage('/mode ')
        .expectSuggestion(null, 'default')
        .press('enter')
        .expectMessage('/mode ')
        .expectSuggestion('default')
        .press('down', 'enter')
        .expectMessage('')
        .expectState('the mode', modeOf, 'acceptEdits'),
    ),
  )

  it(
    'suggests models and agents by name, and marks the current one',
    withWorkbench({}, (workbench) =>
      workbench
        .type('/model ')
        .expectSuggestion(null, 'openai/other')
        .expectScreen(/openai\/scripted +now/)
        .type('oth')
        .press('down', 'enter')
        .expectNotice(switchedModel('project', 'openai/other'))
        .type('/agents proj')
        .expectScreen(/project +now/)
        .press('tab', 'enter')
        .expectFlash(AGENT_ALREADY_OPEN),
    ),
  )
})

describe('Completion of a file', () => {
  const files = { 'src/app.ts': '', 'src/apple.ts': '', 'made/app.js': '', '.gitignore': 'made' }

  it(
    'suggests files of the project that git does not ignore, and names the file to the agent',
    withWorkbench({ answers: [{ text: 'I see.' }], files }, (workbench) =>
      workbench
        .type('Look at @app')
        .expectSuggestion('src/app.ts', 'src/apple.ts')
        .expectNotOnScreen('made/')
        .press('down', 'enter')
        .expectMessage('Look at @src/apple.ts ')
        .submit('please')
        .expectScreen('I see.')
        .check(({ endpoint }) =>
          expect(conversation(endpoint.requests[0])).to.deep.equal([
            'user: Look at @src/apple.ts please',
          ]),
        ),
    ),
  )

  it(
    'continues into a directory',
    withWorkbench({ files: { 'src/deep/one.ts': '', 'src/two.ts': '' } }, (workbench) =>
      workbench
        .type('@')
        .expectSuggestion('src/')
        .press('tab')
        .expectMessage('@src/')
        .expectSuggestion('src/deep/')
        .type('tw')
        .expectSuggestion('src/two.ts')
        .press('tab')
        .expectMessage('@src/two.ts '),
    ),
  )

  it(
    'suggests nothing outside the project',
    withWorkbench({}, (workbench) =>
      workbench.type('@/etc/pass').type(' @../').expectNoSuggestions(),
    ),
  )
})

describe('The history of sent messages', () => {
  it(
    'is reached with the arrows, commands included',
    withWorkbench({ answers: [{ text: 'Hello.' }] }, (workbench) =>
      workbench
        .submit('/usage')
        .expectPage(PAGE_TITLES.usage)
        .press('escape')
        .submit('Hi')
        .expectScreen('Hello.')
        .press('up', 'up')
        .expectMessage('/usage')
        .press('down')
        .expectMessage('Hi'),
    ),
  )
})
