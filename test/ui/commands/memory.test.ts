import { expect } from 'chai'
import { initPrompt } from '../../../lib/prompts/index.ts'
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
