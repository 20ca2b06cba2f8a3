import { expect } from 'chai'
import { authorName } from '../../../lib/session/messages/memory.ts'
import type { MemoryBlock } from '../../../lib/session/state/memory.ts'
import { blockIsReadOnly, blockUnknown } from '../../../ui/messages/memory.ts'
import {
  comparison,
  historyTitle,
  NO_EARLIER_VERSION,
  OLDER_VERSIONS,
  restoreQuestion,
  VERSION_ACTIONS,
} from '../../../ui/messages/memory-history.ts'
import type { RootState } from '../../../ui/state/state.ts'
import type { Desktop } from '../../support/desktop.ts'
import { type WorkbenchScript, withWorkbench } from '../../support/with-workbench.ts'

const human = (desk: Desktop): MemoryBlock | undefined =>
  desk.session.store.state.memory.find(({ block }) => block.label === 'human')?.block

const saves =
  (...values: readonly string[]) =>
  async (desk: Desktop): Promise<void> => {
    await desk.session.opened
    for (const value of values)
      await desk.session.memory.edit('human', value, human(desk)?.value ?? '')
  }

const listed = ({ workbench }: RootState): number | undefined =>
  workbench.memory.page.facts?.versions.length

describe('The history of a memory block', () => {
  const opens = (workbench: WorkbenchScript): WorkbenchScript =>
    workbench
      .perform(saves('Likes tea.', 'Likes tea.\nLikes cake.'))
      .submit('/history human')
      .expectPicker(historyTitle('human'))
      .expectScreen(/v2 .*\+1 {2}you/, /v1 .*\+1 −1 {2}you/, /v0 .*letta/)

  it(
    'lists its versions with author, age and changed lines, and shows what one has changed',
    withWorkbench({}, (workbench) =>
      opens(workbench)
        .press('enter', 'enter')
        .expectPage(comparison('human', 'human@1', 'human@2'))
        .expectScreen('+ Likes cake.', '  Likes tea.')
        .press('escape')
        .expectNoOverlay(),
    ),
  )

  it(
    'has its newest versions in the first frame of the page, before their values are read',
    withWorkbench({}, (workbench) =>
      workbench
        .perform(saves('Likes tea.', 'Likes tea.\nLikes cake.'))
        .dispatch({ type: 'memory.selected', label: 'human' })
        .expectState(
          'the newest versions',
          ({ workbench: { memory } }) =>
            memory.page.newest?.versions.map(({ version, added, removed, by }) => [
              version,
              added,
              removed,
              by,
            ]),
          [
            [2, 1, 0, 'user'],
            [1, 1, 1, 'user'],
            [0, 1, 0, 'letta'],
          ],
        )
        .perform((desk) => {
          desk.presses('alt+2')
          expect(desk.root.state.workbench.memory.page.facts).to.equal(null)
          expect(desk.screen()).to.include('v2').and.to.include('+1  you')
        })
        .press('h', 'down', 'down', 'R')
        .expectPage('human@0')
        .press('n')
        .expectState('the versions with their values', listed, 3),
    ),
  )

  it(
    'continues with older versions when there are more than the list has room for',
    withWorkbench({}, (workbench) =>
      workbench
        .perform(saves(...Array.from({ length: 101 }, (_, index) => `Text ${index + 1}`)))
        .submit('/history human')
        .expectPicker(historyTitle('human'))
        .type(OLDER_VERSIONS)
        .expectScreen(`▸   ${OLDER_VERSIONS}`)
        .press('enter')
        .expectScreen(/▸ {3}v1 .*\+1 −1 {2}you/, / {5}v0 .*letta/),
    ),
  )

  it(
    'compares a version with the current value and with another version',
    withWorkbench({}, (workbench) =>
      opens(workbench)
        .press('down', 'down', 'enter')
        .expectPicker('human@0', Object.values(VERSION_ACTIONS))
        .press('down', 'enter')
        .expectPage(comparison('human', 'human@0', null))
        .expectScreen('+ Likes tea.', '+ Likes cake.')
        .press('escape')
        .submit('/history human')
        .expectPicker(historyTitle('human'))
        .press('down', 'down', 'enter')
        .press('down', 'down', 'enter')
        .expectPicker(VERSION_ACTIONS.compareOther)
        .press('down', 'enter')
        .expectPage(comparison('human', 'human@0', 'human@1'))
        .expectScreen('@@ -1,1 +1,1 @@', '+ Likes tea.'),
    ),
  )

  it(
    'restores a version after a yes, which is a version itself',
    withWorkbench({}, (workbench) =>
      opens(workbench)
        .press('down', 'enter')
        .press('up', 'enter')
        .expectPage('human@1')
        .expectScreen('- Likes cake.', restoreQuestion(['human', 1]))
        .press('y')
        .expectState(
          'change',
          ({ session }) => session.memory.find(({ block }) => block.label === 'human')?.change?.by,
          'restore',
        )
        .check((desk) => expect(human(desk)?.value).to.equal('Likes tea.'))
        .submit('/history human')
        .expectScreen(/v3 .*a restore/),
    ),
  )

  it(
    'shows what changed apart from the text, and what a restore changes of it',
    withWorkbench({}, (workbench) =>
      workbench
        .perform(saves('One'))
        .perform(async (desk) => {
          const { id = '', limit = 0 } = human(desk) ?? {}
          await desk.session.memory.blocks.change(id, { limit: limit - 1 })
          await desk.session.memory.edit('human', 'Two', 'One')
        })
        .press('alt+2')
        .dispatch({ type: 'memory.selected', label: 'human' })
        .press('h')
        .expectState('the versions', listed, 4)
        .press('down')
        .expectScreen('limit 100000 → 99999')
        .press('down', 'R')
        .expectPage('human@1')
        .expectScreen('limit 99999 → 100000', '+ One')
        .press('n')
        .perform((desk) =>
          desk.session.memory.blocks.change(human(desk)?.id ?? '', { readOnly: true }),
        )
        .press('R')
        .expectFlash(blockIsReadOnly('human')),
    ),
  )

  it(
    'is read on from the last version that the page lists',
    withWorkbench({}, (workbench) =>
      workbench
        .perform(saves('One', 'Two'))
        .press('alt+2')
        .dispatch({ type: 'memory.selected', label: 'human' })
        .press('h')
        .expectState('the versions', listed, 3)
        .perform(({ root }) => {
          const { facts } = root.state.workbench.memory.page
          if (facts === null) throw new Error('No facts were read.')
          const versions = facts.versions.slice(0, 1)
          root.dispatch({ type: 'memoryPage.factsRead', facts: { ...facts, versions } })
        })
        .expectState('the versions', listed, 1)
        .press('down')
        .expectState('the versions', listed, 3)
        .expectState('the selection', ({ workbench: { memory } }) => memory.page.version, 1),
    ),
  )

  it(
    'undoes the last change of the selected block',
    withWorkbench({}, (workbench) =>
      workbench
        .perform(saves('Likes tea.', 'Likes cake.'))
        .press('f2', 'down', 'u')
        .expectPage('human@1')
        .press('n')
        .check((desk) => expect(human(desk)?.value).to.equal('Likes cake.'))
        .press('u')
        .expectPage('human@1')
        .press('y')
        .expectNoOverlay()
        .expectState(
          'value',
          ({ session }) => session.memory.find(({ block }) => block.label === 'human')?.block.value,
          'Likes tea.',
        ),
    ),
  )

  it(
    'reports an unknown block, and one without an earlier version',
    withWorkbench({}, (workbench) =>
      workbench
        .perform((desk) => desk.session.opened)
        .submit('/history humn')
        .expectFlash(blockUnknown('humn'))
        .press('f2', 'u')
        .expectFlash(NO_EARLIER_VERSION),
    ),
  )
})

describe('The name of the author of a change', () => {
  it('names the tool, the other agent, the program and the other client', () => {
    expect([
      authorName('agent', { tool: 'memory_insert' }),
      authorName('agent', { isOther: true }),
      authorName('elsewhere', { client: 'Letta/JS 1.12.1' }),
      authorName('elsewhere', {}),
      authorName('user', {}),
      authorName('user', { isOther: true }),
    ]).to.deep.equal([
      'the agent (memory_insert)',
      'another agent',
      'another client (Letta/JS 1.12.1)',
      'another client',
      'you',
      'you in another client',
    ])
  })
})
