import { expect } from 'chai'
import { emptySession } from '../../../lib/session/state/session-state.ts'
import { NO_USAGE } from '../../../lib/session/state/turn.ts'
import { grantOfInstructions } from '../../../lib/settings/messages.ts'
import { contextPageLines, usageLines } from '../../../ui/commands/usage.ts'
import {
  CONTEXT_LABELS,
  COUNTED_BY_SERVER,
  estimatedFromLength,
  NOT_SENT,
  PAGE_TITLES,
  timeWithApi,
  tokenCounts,
  tokensInUse,
  tokensSent,
  turnLabel,
  USAGE_LABELS,
} from '../../../ui/messages/usage.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

describe('The command /context', () => {
  it(
    'shows what fills the context window, with a gauge for each part',
    withWorkbench(
      { answers: [{ text: 'Hello.', usage: { prompt: 6400, completion: 20 } }] },
      (workbench) =>
        workbench
          .send('Hi')
          .submit('/context')
          .expectPage(PAGE_TITLES.context)
          .expectScreen(
            /of 128k tokens/,
            new RegExp(`${CONTEXT_LABELS.free} +\\d`),
            ...['system prompt', 'tools', 'memory', 'messages', CONTEXT_LABELS.total].map(
              (part) => new RegExp(`${part} +.*[█░▏▎▍▌▋▊▉]+ .*\\d`),
            ),
            /persona +.* of 100k characters/,
          )
          .press('escape')
          .expectNoOverlay(),
    ),
  )

  it('shows the counts of the server rather than those of the last model call', () => {
    const session = { ...emptySession('/', 0), usage: { ...NO_USAGE, contextTokens: 7 } }
    const parts = [{ name: 'messages', tokens: 30 }]
    expect(contextPageLines({ limit: 100, parts, counted: true }, session)).to.deep.equal([
      { type: 'heading', text: tokensInUse('30', '100') },
      { type: 'text', text: '' },
      { type: 'gauge', name: 'messages', used: 30, limit: 100, value: '30, 30 %' },
      { type: 'gauge', name: CONTEXT_LABELS.total, used: 30, limit: 100, value: '30, 30 %' },
      { type: 'fact', name: CONTEXT_LABELS.free, value: '70, 70 %' },
      { type: 'text', text: '' },
      { type: 'heading', text: CONTEXT_LABELS.blocks },
      { type: 'text', text: '' },
      { type: 'text', text: COUNTED_BY_SERVER },
    ])
  })

  it('lists what goes with messages in tokens, and the instructions that are withheld', () => {
    const session = {
      ...emptySession('/', 0),
      surroundings: [{ name: 'AGENTS.md', characters: 4001 }],
      grants: [grantOfInstructions('src/AGENTS.md'), 'allow Bash(make)'],
    }
    const lines = contextPageLines({ limit: 100, parts: [], counted: true }, session)
    expect(lines.slice(-4, -2)).to.deep.equal([
      { type: 'fact', name: 'AGENTS.md', value: tokensSent('1k') },
      { type: 'fact', name: 'src/AGENTS.md', value: NOT_SENT },
    ])
  })

  it('takes the total of the last model call when the parts are only estimated', () => {
    const session = { ...emptySession('/', 0), usage: { ...NO_USAGE, contextTokens: 7 } }
    const parts = [{ name: 'messages', tokens: 30 }]
    const lines = contextPageLines({ limit: null, parts, counted: false }, session)
    expect(lines[0]).to.deep.equal({ type: 'heading', text: tokensInUse('7', null) })
    expect(lines.at(-1)).to.deep.equal({ type: 'text', text: estimatedFromLength(true) })
  })
})

describe('The command /usage', () => {
  it(
    'shows the tokens of the session and of each turn, including those that were cached',
    withWorkbench(
      {
        answers: [
          { text: 'One.', usage: { prompt: 1000, completion: 10 } },
          { text: 'Two.', usage: { prompt: 2000, completion: 20, cached: 900, reasoning: 5 } },
        ],
      },
      (workbench) =>
        workbench
          .send('First')
          .send('Second')
          .submit('/usage')
          .expectPage(PAGE_TITLES.usage)
          .expectScreen(
            /turns +2\b/,
            counts('3k', '900', '30', '5', '2 model calls'),
            counts('2k', '900', '20', '5', '1 model call'),
            counts('1k', null, '10', null, '1 model call'),
          )
          .check((desk) =>
            expect(desk.screen().indexOf(turnLabel(2))).to.be.below(
              desk.screen().indexOf(turnLabel(1)),
            ),
          ),
    ),
  )

  it('shows zeros before the first turn', () => {
    expect(usageLines(emptySession('/project', 0), 4000)).to.deep.equal([
      { type: 'fact', name: USAGE_LABELS.agent, value: USAGE_LABELS.none },
      { type: 'fact', name: USAGE_LABELS.model, value: USAGE_LABELS.none },
      { type: 'fact', name: USAGE_LABELS.time, value: timeWithApi('4.0 s', '0.0 s') },
      { type: 'fact', name: USAGE_LABELS.turns, value: '0' },
      {
        type: 'fact',
        name: USAGE_LABELS.tokens,
        value: counts('0', null, '0', null, '0 model calls'),
      },
      { type: 'fact', name: USAGE_LABELS.cost, value: '$0.00' },
    ])
  })

  function counts(
    input: string,
    cached: string | null,
    output: string,
    reasoning: string | null,
    calls: string,
  ): string {
    return tokenCounts({ input, cached, output, reasoning, calls })
  }
})

describe('The command /compact', () => {
  it(
    'replaces older messages by a summary for the agent, and keeps them in the pane',
    withWorkbench(
      {
        answers: ['One.', 'Two.', 'Three.', 'They counted.', 'Four.'].map((text) => ({ text })),
      },
      (workbench) =>
        workbench
          .send('uno')
          .send('due')
          .send('tre')
          .submit('/compact')
          .expectScreen(/\d messages/, 'One.')
          .send('quattro')
          .check(({ endpoint }) =>
            expect(JSON.stringify(endpoint.requests.at(-1)?.body.messages))
              .to.include('They counted.')
              .and.not.include('uno'),
          ),
    ),
  )
})

describe('The command /clear', () => {
  it(
    'removes the conversation from the pane and from what the agent sees, but not the memory',
    withWorkbench({ answers: [{ text: 'Hello you.' }, { text: 'Who?' }] }, (workbench) =>
      workbench
        .send('I am Ada')
        .expectScreen('Hello you.')
        .submit('/clear')
        .expectNotOnScreen('Hello you.')
        .expectScreen('persona')
        .send('Who am I?')
        .check(({ endpoint }) =>
          expect(JSON.stringify(endpoint.requests[1]?.body.messages)).to.not.include('I am Ada'),
        ),
    ),
  )
})
