import { expect } from 'chai'
import { memoryLearned } from '../../../lib/session/messages/memory.ts'
import type { MemoryBlock } from '../../../lib/session/state/memory.ts'
import {
  allReviewed,
  LEARNED_TITLE,
  NOTHING_DISCARDED,
  NOTHING_LEARNED,
} from '../../../ui/messages/memory-history.ts'
import type { OverlayOf, RootState } from '../../../ui/state/state.ts'
import { learnedTexts } from '../../../ui/view/messages/memory.ts'
import type { Desktop } from '../../support/desktop.ts'
import type { ScriptedAnswer } from '../../support/model-endpoint.ts'
import { type WorkbenchScript, withWorkbench } from '../../support/with-workbench.ts'

const human = (desk: Desktop): MemoryBlock | undefined =>
  desk.session.store.state.memory.find(({ block }) => block.label === 'human')?.block
const saves =
  (value: string) =>
  async (desk: Desktop): Promise<void> => {
    await desk.session.opened
    await desk.session.memory.edit('human', value, human(desk)?.value ?? '')
  }
const card = ({ workbench }: RootState): OverlayOf<'learned'> | null =>
  workbench.overlay?.type === 'learned' ? workbench.overlay : null
const selected = (state: RootState): number | undefined => card(state)?.selected
const blockValue =
  (label: string) =>
  ({ session }: RootState): string | undefined =>
    session.memory.find(({ block }) => block.label === label)?.block.value
const AT_START = 'Likes tea.\nSleeps late.\nHas a cat.'
const NOW = 'Likes coffee.\nSleeps late.\nHas a cat.\nHas a dog.'

const inserts = (text: string): ScriptedAnswer => ({
  calls: [{ name: 'memory_insert', args: { label: 'human', new_string: text } }],
})

/** A session that begins with `AT_START`, in which the block becomes `NOW`. */
const opens = (workbench: WorkbenchScript): WorkbenchScript =>
  workbench
    .perform(saves(AT_START))
    .perform((desk) => {
      const { id } = human(desk) ?? { id: '' }
      const { memoryAtStart } = desk.session.store.state
      Object.assign(memoryAtStart, { [id]: AT_START })
    })
    .perform(saves(NOW))
    .press('f2', 'L')
    .expectState('the card', (state) => card(state)?.title, LEARNED_TITLE)

describe('What changed in memory in this session', () => {
  it(
    'is one card over all blocks, with a hunk for each change of adjacent lines',
    withWorkbench({}, (workbench) =>
      opens(workbench)
        .expectScreen('human  +2 −1', '- Likes tea.', '+ Likes coffee.', '+ Has a dog.')
        .expectScreen(learnedTexts.position(1, 2, 0))
        .press('j', 'j')
        .expectState('the hunk', selected, 1)
        .press('enter')
        .expectState('the page', ({ workbench: { page } }) => page, 'memory')
        .expectState('the line', ({ workbench: { memory } }) => memory.page.line, 3),
    ),
  )

  it(
    'is accepted hunk by hunk, and the card opens at the first one that is not decided',
    withWorkbench({}, (workbench) =>
      opens(workbench)
        .press('y')
        .expectState('the hunk', selected, 1)
        .expectScreen(learnedTexts.accepted, learnedTexts.position(2, 2, 1))
        .press('escape')
        .expectNoOverlay()
        .press('L')
        .expectState('the hunk', selected, 1)
        .press('y')
        .expectNoOverlay()
        .expectFlash(allReviewed(2))
        .expectState('the block', blockValue('human'), NOW),
    ),
  )

  it(
    'is discarded hunk by hunk, as a version by the user, and an undo brings the hunk back',
    withWorkbench({}, (workbench) =>
      opens(workbench)
        .press('n')
        .expectState('the block', blockValue('human'), `${AT_START}\nHas a dog.`)
        .perform(async (desk) => {
          const [newest] = await desk.session.memory.versions('human', { limit: 1, before: null })
          expect([newest?.by, newest?.value]).to.deep.equal(['user', `${AT_START}\nHas a dog.`])
        })
        .press('u')
        .expectState('the block', blockValue('human'), NOW)
        .press('u')
        .expectFlash(NOTHING_DISCARDED),
    ),
  )

  it(
    'is nothing after everything was discarded',
    withWorkbench({}, (workbench) =>
      opens(workbench)
        .press('j', 'n')
        .expectState('the block', blockValue('human'), NOW.replace('\nHas a dog.', ''))
        .press('n')
        .expectState('the block', blockValue('human'), AT_START)
        .expectScreen(learnedTexts.none, `u ${learnedTexts.undo}`)
        .press('escape', 'L')
        .expectFlash(NOTHING_LEARNED),
    ),
  )

  it(
    'is one change for each turn, also in adjacent lines',
    withWorkbench(
      {
        options: { watch: true },
        answers: [
          inserts('Has a cat.'),
          { text: 'Noted.' },
          inserts('Has a dog.'),
          { text: 'Noted.' },
        ],
      },
      (workbench) =>
        workbench
          .perform(saves('Likes tea.'))
          .send('I have a cat')
          .send('And a dog')
          .expectState('the block', blockValue('human'), 'Likes tea.\nHas a cat.\nHas a dog.')
          .press('f2', 'L')
          .expectScreen(learnedTexts.position(1, 3, 0), '+ Has a cat.', '+ Has a dog.')
          .press('j', 'n')
          .expectState('the block', blockValue('human'), 'Likes tea.\nHas a dog.')
          .expectScreen(learnedTexts.position(2, 2, 0))
          .press('u')
          .expectState('the block', blockValue('human'), 'Likes tea.\nHas a cat.\nHas a dog.'),
    ),
  )

  it(
    'is announced without what the person has changed before the turn',
    withWorkbench(
      { options: { watch: true }, answers: [inserts('Has a cat.'), { text: 'Noted.' }] },
      (workbench) =>
        workbench
          .perform(saves('Likes tea.\nSleeps late.'))
          .send('I have a cat')
          .expectNotice(memoryLearned([{ label: 'human', added: 1, removed: 0 }])),
    ),
  )

  it(
    'is announced by one line after the turn, and Enter on the line opens the card',
    withWorkbench(
      {
        options: { watch: true },
        answers: [
          {
            calls: [{ name: 'memory_insert', args: { label: 'human', new_string: 'Has a cat.' } }],
          },
          { text: 'Noted.' },
          { text: 'You are welcome.' },
        ],
      },
      (workbench) =>
        workbench
          .send('I have a cat')
          .expectNotice(memoryLearned([{ label: 'human', added: 1, removed: 0 }]))
          .send('Thanks')
          .check((desk) => {
            const { settled } = desk.session.store.state
            const lines = settled.filter(
              (one) => one.type === 'notice' && one.command !== undefined,
            )
            expect(lines).to.have.length(1)
          })
          .press('f5', 'up', 'up')
          .press('enter')
          .expectState('the card', (state) => card(state)?.title, LEARNED_TITLE)
          .expectScreen('+ Has a cat.'),
    ),
  )
})
