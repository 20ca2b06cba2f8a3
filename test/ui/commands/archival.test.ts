import { expect } from 'chai'
import { LISTED_PASSAGES } from '../../../lib/session/state/memory.ts'
import {
  deletePassageQuestion,
  FIND_PASSAGE,
  INSERT_PASSAGE,
  NO_PASSAGE,
  NO_TEXT,
  PASSAGE_DELETED,
  PASSAGE_INSERTED,
} from '../../../ui/messages/archival.ts'
import type { RootState } from '../../../ui/state/state.ts'
import { archivalTexts, memoryPageTexts } from '../../../ui/view/messages/memory.ts'
import type { Desktop } from '../../support/desktop.ts'
import { type WorkbenchScript, withWorkbench } from '../../support/with-workbench.ts'

const inserts =
  (...texts: readonly string[]) =>
  async (desk: Desktop): Promise<void> => {
    await desk.session.opened
    for (const text of texts) await desk.session.memory.archival.insert(text)
  }
const passages = ({ workbench }: RootState): readonly string[] | undefined =>
  workbench.memory.archival?.passages?.map(({ text }) => text).toSorted()
const isOpen = ({ workbench }: RootState): boolean => workbench.memory.archival !== null
const opens = (workbench: WorkbenchScript): WorkbenchScript =>
  workbench
    .perform(inserts('Ada was born in 1815.', 'The build needs Node 20.'))
    .press('alt+2', 'A')
    .expectScreen(archivalTexts.title, 'Ada was born in 1815.', 'The build needs Node 20.')

describe('Archival memory', () => {
  it(
    'is listed in place of the blocks, and searched by text',
    withWorkbench({}, (workbench) =>
      opens(workbench)
        .expectScreen(archivalTexts.count(2))
        .press('/')
        .expectPrompt(FIND_PASSAGE.title)
        .type('node')
        .press('enter')
        .expectState('the passages', passages, ['The build needs Node 20.'])
        .expectScreen(archivalTexts.query('node'))
        .press('f6')
        .submit('/archival nowhere')
        .expectNotOnScreen('The build needs')
        .press('escape')
        .expectState('whether it is open', isOpen, false)
        .expectScreen(memoryPageTexts.blocks),
    ),
  )

  it(
    'is titled as the newest passages where a search finds others',
    withWorkbench({}, (workbench) =>
      workbench
        .perform(inserts(...Array.from({ length: LISTED_PASSAGES + 1 }, (_, at) => `Fact ${at}.`)))
        .press('alt+2', 'A')
        .expectScreen(`newest ${LISTED_PASSAGES} passages`, `Fact ${LISTED_PASSAGES}.`),
    ),
  )

  it(
    'gets a passage that is typed, and loses one after a yes',
    withWorkbench({}, (workbench) =>
      opens(workbench)
        .press('n')
        .expectPrompt(INSERT_PASSAGE.title)
        .type('Likes tea.')
        .press('enter')
        .expectFlash(PASSAGE_INSERTED)
        .expectState('the newest passage', (state) => passages(state)?.includes('Likes tea.'), true)
        .press('n', 'enter')
        .expectFlash(NO_TEXT)
        .press('/')
        .type('tea')
        .press('enter')
        .expectState('the passages', passages, ['Likes tea.'])
        .press('D')
        .expectQuestion(deletePassageQuestion('Likes tea.').title)
        .press('n')
        .expectNoOverlay()
        .press('D', 'y')
        .expectFlash(PASSAGE_DELETED)
        .expectState('the passages', passages, [])
        .press('D')
        .expectFlash(NO_PASSAGE)
        .perform(async (desk) => {
          const all = await desk.session.memory.archival.list('')
          expect(all).to.have.length(2)
        }),
    ),
  )

  it(
    'shows what was inserted meanwhile when a turn ends',
    withWorkbench({ answers: [{ text: 'Noted.' }] }, (workbench) =>
      opens(workbench)
        .perform(inserts('Has a cat.'))
        .send('I have a cat')
        .expectState('the passages', (state) => passages(state)?.length, 3)
        .expectScreen('Has a cat.'),
    ),
  )

  it(
    'is reported as missing when the server has none, and an error is shown',
    withWorkbench({}, (workbench) =>
      opens(workbench)
        .dispatch({ type: 'archival.read', query: '', passages: null, problem: null })
        .expectScreen(archivalTexts.unsupported)
        .dispatch({ type: 'archival.read', query: '', passages: null, problem: 'Out of order.' })
        .expectScreen('Out of order.')
        .press('r')
        .expectState('the passages', (state) => passages(state)?.length, 2),
    ),
  )
})
