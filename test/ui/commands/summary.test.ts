import { expect } from 'chai'
import { compacted, SUMMARY_TOO_LONG, summaryExtracted } from '../../../lib/commands/messages.ts'
import { ONLY_SUMMARIES } from '../../../lib/server/messages/api.ts'
import { summaryFocus } from '../../../lib/server/messages/prompts.ts'
import { messageOf } from '../../../lib/util/user-error.ts'
import { NO_SUMMARY, SUMMARY_CHANGED, SUMMARY_PAGE } from '../../../ui/messages/conversations.ts'
import { rejection } from '../../support/rejection.ts'
import { systemOf } from '../../support/session.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

const LONG = 'word '.repeat(400)
const NO_TEXT = {
  match: { system: 'summar' },
  calls: [{ name: 'Bash', args: { command: 'ls' } }],
}
const TOO_LONG = { match: { system: 'summar' }, text: 'word '.repeat(4000) }
const isSummary = { match: { system: 'summar' }, text: 'They built a bridge.' }

describe('The summary of a compacted conversation', () => {
  it(
    'pays attention to the focus, is shown with the sizes before and after, and can be changed',
    withWorkbench({ answers: [isSummary, { sticky: true, text: LONG }] }, (workbench) =>
      workbench
        .submit('/summary')
        .expectFlash(NO_SUMMARY)
        .send('One')
        .send('Two')
        .send('Three')
        .submit('/compact focus on the bridge')
        .expectState(
          'the notice',
          ({ session }) =>
            session.settled.some(
              (one) =>
                one.type === 'notice' &&
                /^Compacted \d+ messages to \d+, \d+ tokens to \d+/.test(one.text),
            ),
          true,
        )
        .check(({ endpoint }) =>
          expect(systemOf(endpoint.requests.at(-1))).to.include(summaryFocus('the bridge')),
        )
        .submit('/summary')
        .expectPage(SUMMARY_PAGE.title)
        .expectScreen('They built a bridge.')
        .press('escape')
        .perform((desk) => {
          desk.edits = async () => 'They built two bridges.'
        })
        .submit('/summary edit')
        .expectNotice(SUMMARY_CHANGED)
        .send('Four')
        .check(({ endpoint }) => {
          const sent = JSON.stringify(endpoint.requests.at(-1)?.body)
          expect(sent).to.include('They built two bridges.')
          expect(sent).to.not.include('They built a bridge.')
        }),
    ),
  )

  it(
    'is the only message that can be changed',
    withWorkbench({ answers: [{ text: 'Hello.' }] }, (workbench) =>
      workbench.send('One').check(async ({ session }) => {
        const sent = session.store.state.settled.find(({ type }) => type === 'user')
        const thrown = await rejection(session.conversations.setSummary(sent?.id ?? '', 'Two'))
        expect(messageOf(thrown)).to.include(ONLY_SUMMARIES)
      }),
    ),
  )

  it(
    'is reported as an extract when the model writes none',
    withWorkbench({ answers: [NO_TEXT, { sticky: true, text: LONG }] }, (workbench) =>
      workbench
        .send('One')
        .send('Two')
        .send('Three')
        .submit('/compact focus on the bridge')
        .expectNotice(summaryExtracted(true)),
    ),
  )

  it(
    'that is longer than what it replaces is not reported as a success alone',
    withWorkbench({ answers: [TOO_LONG, { sticky: true, text: 'Yes.' }] }, (workbench) =>
      workbench
        .send('One')
        .send('Two')
        .send('Three')
        .submit('/compact')
        .expectNotice(SUMMARY_TOO_LONG),
    ),
  )

  it('reports messages and tokens before and after', () => {
    expect(compacted({ before: 9, after: 3, tokensBefore: 900, tokensAfter: 300 })).to.include(
      '900 tokens to 300',
    )
    expect(compacted({ before: 9, after: 3, tokensBefore: 300, tokensAfter: 900 })).to.include(
      'but 300 tokens have become 900',
    )
  })
})
