import { expect } from 'chai'
import type { MemoryBlock } from '../../../lib/session/state/memory.ts'
import {
  commandNotFoundInBlock,
  FIND_IN_BLOCK,
  FINDINGS_TITLE,
  notFoundInBlock,
  TURN_UNKNOWN,
} from '../../../ui/messages/memory.ts'
import {
  REVERT_QUESTION,
  restoreQuestion,
  revertTitle,
} from '../../../ui/messages/memory-history.ts'
import type { MemoryPage } from '../../../ui/state/memory-page.ts'
import type { RootState } from '../../../ui/state/state.ts'
import { memoryPageTexts } from '../../../ui/view/messages/memory.ts'
import type { Desktop } from '../../support/desktop.ts'
import { type WorkbenchScript, withWorkbench } from '../../support/with-workbench.ts'

const insert = {
  calls: [{ id: 'c1', name: 'memory_insert', args: { label: 'human', new_string: 'Has a cat.' } }],
}
const human = (desk: Desktop): MemoryBlock | undefined =>
  desk.session.store.state.memory.find(({ block }) => block.label === 'human')?.block
const saves =
  (...values: readonly string[]) =>
  async (desk: Desktop): Promise<void> => {
    await desk.session.opened
    for (const value of values)
      await desk.session.memory.edit('human', value, human(desk)?.value ?? '')
  }
const pageOf = ({ workbench }: RootState): MemoryPage => workbench.memory.page
const column = (state: RootState): string => pageOf(state).column
const selectedVersion = (state: RootState): number | undefined =>
  pageOf(state).facts?.versions[pageOf(state).version]?.version
const line = (state: RootState): number => pageOf(state).line

describe('The memory page', () => {
  /** With the block `human` selected, and what is read of it on the screen. */
  const opens = (workbench: WorkbenchScript): WorkbenchScript =>
    workbench
      .perform(saves('Likes tea.\nLikes cake.', 'Likes tea.\nLikes cake.\nSleeps late.'))
      .press('alt+2', 'down')
      .expectState('the block', ({ workbench: { memory } }) => memory.selected, 'human')
      .expectScreen(memoryPageTexts.blocks, memoryPageTexts.history('human'), /v2 .*ago|v2 .*now/)

  it(
    'shows the blocks with their sizes, the text and the history, and what the session learned',
    withWorkbench({}, (workbench) =>
      opens(workbench).expectScreen(
        /human +● +\d+ +\d+/,
        memoryPageTexts.learned,
        /human +\+3 −1/,
        'Likes cake.',
        '+2 −1  you',
      ),
    ),
  )

  it(
    'names the author of each line, and goes to the call that wrote it',
    withWorkbench({ answers: [insert, { text: 'Noted.' }] }, (workbench) =>
      workbench
        .perform(saves('Likes tea.'))
        .submit('I have a cat')
        .expectScreen('Noted.')
        .press('alt+2')
        .dispatch({ type: 'memory.selected', label: 'human' })
        .press('b', 'right')
        .expectScreen(/v1 you .*│ Likes tea\./, /v2 agent .*│ Has a cat\./)
        .press('enter')
        .expectScreen(TURN_UNKNOWN)
        .press('down', 'enter')
        .expectState('the page', ({ workbench: { page } }) => page, 'chat')
        .expectState('the focus', ({ workbench: { focus } }) => focus, 'conversation'),
    ),
  )

  it(
    'keeps the selected line, the selected version and the scroll when somebody else writes the block',
    withWorkbench({}, (workbench) => {
      const lines = Array.from({ length: 90 }, (_, index) => `Line ${index}.`)
      const value = (...first: readonly string[]): string => [...first, ...lines].join('\n')
      const top = ({ workbench: { scroll } }: RootState): unknown =>
        scroll.memory.type === 'item' && scroll.memory.item
      return workbench
        .perform(saves(value()))
        .press('alt+2')
        .dispatch({ type: 'memory.selected', label: 'human' })
        .expectScreen(memoryPageTexts.history('human'))
        .press('right')
        .dispatch({ type: 'memoryPage.lineMoved', line: 60 })
        .dispatch({
          type: 'scroll.moved',
          pane: 'memory',
          scroll: { type: 'item', item: '50', row: 0 },
        })
        .perform(saves(value('New.', 'Newer.')))
        .expectState('the line', line, 62)
        .expectState('the top', top, '52')
        .press('right')
        .expectScreen('v2')
        .press('down')
        .expectState('the version', selectedVersion, 1)
        .perform(saves(value('New.')))
        .expectScreen('v3')
        .expectState('the version', selectedVersion, 1)
        .expectState('the focus', ({ workbench: { focus } }) => focus, 'memory')
    }),
  )

  it(
    'shows what each version has changed, and compares any two',
    withWorkbench({}, (workbench) =>
      opens(workbench)
        .press('h')
        .expectState('the column', column, 'history')
        .expectScreen(memoryPageTexts.change('v1', 'v2'), '+ Sleeps late.')
        .press('space', 'down', 'down')
        .expectScreen(memoryPageTexts.change('v0', 'v2'), '+ Likes tea.', '+ Sleeps late.')
        .press('escape')
        .expectState('the column', column, 'blocks'),
    ),
  )

  it(
    'restores the selected version after a yes',
    withWorkbench({}, (workbench) =>
      opens(workbench)
        .press('h', 'down', 'R')
        .expectScreen(restoreQuestion(['human', 1]))
        .press('y')
        .perform(async (desk) => {
          await desk.session.store.when(() =>
            human(desk)?.value === 'Likes tea.\nLikes cake.' ? true : undefined,
          )
        })
        .expectScreen(/v3/),
    ),
  )

  it(
    'reverts a line, a change or a version alone after it has shown the difference',
    withWorkbench({}, (workbench) =>
      opens(workbench)
        .press('right', 'down', 'down', 'r')
        .expectPage(revertTitle('human', 2))
        .expectScreen('- Sleeps late.', REVERT_QUESTION)
        .press('n')
        .check((desk) => expect(human(desk)?.value).to.include('Sleeps late.'))
        .press('up', 'R')
        .expectPage(revertTitle('human', 1))
        .expectScreen('- Likes tea.', '- Likes cake.', '  Sleeps late.')
        .press('y')
        .perform((desk) =>
          desk.session.store.when(() =>
            human(desk)?.value.includes('Likes') === false ? true : undefined,
          ),
        )
        .check((desk) => expect(human(desk)?.value).to.match(/\nSleeps late\.$/))
        .expectState('the newest version', (state) => pageOf(state).facts?.versions[0]?.by, 'user')
        .expectScreen(/v3 /)
        .press('right', 'r')
        .expectPage(revertTitle('human', 3))
        .expectScreen('+ Likes tea.', '+ Likes cake.')
        .press('y')
        .perform((desk) =>
          desk.session.store.when(() =>
            human(desk)?.value === 'Likes tea.\nLikes cake.\nSleeps late.' ? true : undefined,
          ),
        ),
    ),
  )

  it(
    'finds text in the block, in circles',
    withWorkbench({}, (workbench) =>
      opens(workbench)
        .press('/')
        .expectScreen(FIND_IN_BLOCK.explanation)
        .type('likes')
        .press('enter')
        .expectState('the column', column, 'text')
        .expectState('the line', line, 0)
        .press('n')
        .expectState('the line', line, 1)
        .press('n')
        .expectState('the line', line, 0)
        .press('N')
        .expectState('the line', line, 1)
        .press('/')
        .press('ctrl+u')
        .type('nowhere')
        .press('enter')
        .expectScreen(notFoundInBlock('nowhere'))
        .type('/')
        .press('ctrl+u')
        .type('search')
        .press('enter')
        .expectScreen(commandNotFoundInBlock('search')),
    ),
  )

  it(
    'copies the block, and a line of it',
    withWorkbench({}, (workbench) =>
      opens(workbench)
        .press('y', 'right', 'down', 'y')
        .perform((desk) => {
          expect(desk.done.filter((one) => one.startsWith('copy '))).to.deep.equal([
            'copy Likes tea.\nLikes cake.\nSleeps late.',
            'copy Likes cake.',
          ])
        }),
    ),
  )

  it(
    'examines memory, and goes to a line that was found',
    withWorkbench({}, (workbench) =>
      workbench
        .perform(saves('Likes tea.\nOn holiday until 2020-01-01.'))
        .submit('/memory doctor')
        .expectPicker(FINDINGS_TITLE)
        .type('2020')
        .press('enter')
        .expectState('the page', ({ workbench: { page } }) => page, 'memory')
        .expectState('the line', line, 1)
        .expectState('the column', column, 'text'),
    ),
  )

  it(
    'names the agents that share a block',
    withWorkbench({}, (workbench) =>
      workbench
        .perform(async (desk) => {
          await desk.session.opened
          await desk.session.agents.open('sharing')
        })
        .press('alt+2', 'down')
        .expectScreen(/human +≡/, /≡ \w/),
    ),
  )
})
