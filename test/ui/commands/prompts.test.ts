import { expect } from 'chai'
import { PROMPT_SOURCES } from '../../../ui/messages/commands.ts'
import { PICKER_TITLES, unknownSlashCommand } from '../../../ui/messages/program.ts'
import { conversation } from '../../support/session.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

describe('A prompt file of the project', () => {
  const files = {
    '.letta/commands/deploy.md': '---\ndescription: Ship it\n---\nShip $ARGUMENTS now',
  }

  it(
    'is listed with its source in palette and help, and is sent to the agent',
    withWorkbench(
      { answers: [{ text: 'Shipped.' }], files, options: { trustThisRun: true } },
      (workbench) =>
        workbench
          .press('ctrl+p')
          .type('ship it')
          .expectPicker(PICKER_TITLES.commands, ['Ship it'])
          .expectScreen(`/deploy · ${PROMPT_SOURCES.project}`)
          .press('escape', 'f1')
          .type('deploy')
          .expectScreen('/deploy', `Ship it (${PROMPT_SOURCES.project})`)
          .press('escape')
          .submit('/deploy version 2')
          .expectScreen('Shipped.')
          .check(({ endpoint }) =>
            expect(conversation(endpoint.requests[0])).to.deep.equal(['user: Ship version 2 now']),
          ),
    ),
  )

  it(
    'is unknown until the directory is trusted',
    withWorkbench({ files }, (workbench) =>
      workbench
        .submit('/deploy x')
        .expectFlash(unknownSlashCommand('deploy', []))
        .perform((desk) => desk.session.rules.trust(desk.session.store.state.grants))
        .expectState('the prompts', ({ workbench: { prompts } }) => prompts.length, 1)
        .press('ctrl+p')
        .type('deploy')
        .expectPicker(PICKER_TITLES.commands, ['Ship it']),
    ),
  )
})
