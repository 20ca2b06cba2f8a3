import { expect } from 'chai'
import { invalidLimit, labelInUse, limitBelowSize } from '../../../lib/memory/messages.ts'
import type { MemoryBlock } from '../../../lib/session/state/memory.ts'
import type { SessionState } from '../../../lib/session/state/session-state.ts'
import {
  agentHasLabel,
  attachableDetail,
  attachBlockQuestion,
  BLOCK_PROMPTS,
  CREATE_BLOCK,
  deleteBlockQuestion,
  detachBlockQuestion,
  NOTHING_DELETED_BEFORE,
  SHARING,
  shareBlockQuestion,
  unshareBlockQuestion,
} from '../../../ui/messages/memory.ts'
import type { RootState } from '../../../ui/state/state.ts'
import { memoryPageTexts } from '../../../ui/view/messages/memory.ts'
import { selectedBlock } from '../../../ui/view/panes/memory-selection.ts'
import type { Desktop } from '../../support/desktop.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

const find = ({ memory }: SessionState, label: string): MemoryBlock | undefined =>
  memory.find(({ block }) => block.label === label)?.block
const labels = ({ session }: { session: SessionState }): unknown =>
  session.memory.map(({ block }) => block.label)
const selected = (root: RootState): unknown => selectedBlock(root)?.block.label
const ready = (desk: Desktop): Promise<void> => desk.session.opened

describe('The blocks of the memory pane', () => {
  it(
    'are created with a label that the agent does not have yet',
    withWorkbench({}, (workbench) =>
      workbench
        .perform(ready)
        .press('f2', 'n')
        .expectPrompt(CREATE_BLOCK.title)
        .type('human')
        .press('enter')
        .expectFlash(labelInUse('human'))
        .type('-2')
        .press('enter')
        .expectNoOverlay()
        .expectState('labels', labels, ['persona', 'human', 'project', 'skills', 'human-2'])
        .expectState('the selected block', selected, 'human-2'),
    ),
  )

  it(
    'stay selected when they are renamed, and leave their place to the next when they are deleted',
    withWorkbench({}, (workbench) =>
      workbench
        .perform(ready)
        .press('f2', 'down', 'down', 'r', 'ctrl+u')
        .type('plan')
        .press('enter')
        .expectNoOverlay()
        .expectState('the renamed block', selected, 'plan')
        .press('D')
        .expectQuestion(deleteBlockQuestion('plan', [], true).title)
        .press('y')
        .expectState('labels', labels, ['persona', 'human', 'skills'])
        .expectState('the next block', selected, 'skills')
        .press('x')
        .expectQuestion(detachBlockQuestion('skills', []).title)
        .press('y')
        .expectState('labels', labels, ['persona', 'human'])
        .expectState('the last block', selected, 'human'),
    ),
  )

  it(
    'are renamed, described, limited and made read-only',
    withWorkbench({}, (workbench) =>
      workbench
        .perform(ready)
        .press('f2', 'down', 'r')
        .expectPrompt('human', 'human')
        .type('ity')
        .press('enter')
        .expectState('labels', labels, ['persona', 'humanity', 'project', 'skills'])
        .press('d', 'ctrl+u')
        .type('About people')
        .press('enter')
        .expectNoOverlay()
        .press('l', 'ctrl+u')
        .type('5')
        .press('enter')
        .expectFlash('humanity has')
        .press('ctrl+u')
        .type('nothing')
        .press('enter')
        .expectFlash(invalidLimit('humanity'))
        .press('ctrl+u')
        .type('5,000')
        .press('enter')
        .expectNoOverlay()
        .press('R')
        .expectState(
          'the block',
          ({ session }) => {
            const { description, limit, readOnly } = find(session, 'humanity') ?? {}
            return [description, limit, readOnly]
          },
          ['About people', 5000, true],
        ),
    ),
  )

  it(
    'are detached and attached again, and deleted and restored, each after a question',
    withWorkbench({}, (workbench) =>
      workbench
        .perform(ready)
        .press('f2', 'down', 'x')
        .expectQuestion(detachBlockQuestion('human', []).title)
        .press('n')
        .expectState('labels', labels, ['persona', 'human', 'project', 'skills'])
        .press('x')
        .expectQuestion(detachBlockQuestion('human', []).title)
        .press('y')
        .expectState('labels', labels, ['persona', 'project', 'skills'])
        .press('a')
        .expectPicker(BLOCK_PROMPTS.attach, ['human'])
        .press('enter')
        .expectQuestion(attachBlockQuestion('human', []).title)
        .press('y')
        .expectState('labels', labels, ['persona', 'project', 'skills', 'human'])
        .press('D')
        .expectQuestion(deleteBlockQuestion('human', [], true).title)
        .press('n')
        .expectNoOverlay()
        .expectState('labels', labels, ['persona', 'project', 'skills', 'human'])
        .press('D')
        .expectQuestion(deleteBlockQuestion('human', [], true).title)
        .expectScreen('It can be restored')
        .press('y')
        .expectState('labels', labels, ['persona', 'project', 'skills'])
        .press('U')
        .expectPicker(BLOCK_PROMPTS.restoreDeleted, ['human'])
        .press('enter')
        .expectPage('human@1')
        .press('y')
        .expectState('labels', labels, ['persona', 'project', 'skills', 'human'])
        .press('U')
        .expectFlash(NOTHING_DELETED_BEFORE),
    ),
  )

  it(
    'are shared with another agent and unshared, after a question that names the agents that have them',
    withWorkbench({}, (workbench) =>
      workbench
        .perform(ready)
        .perform((desk) => desk.session.agents.open('sharing'))
        .press('alt+2', 'n')
        .type('notes')
        .press('enter')
        .expectState('labels', (state) => find(state.session, 'notes')?.label, 'notes')
        .dispatch({ type: 'memory.selected', label: 'notes' })
        .press('s')
        .expectPicker(SHARING.title('notes'))
        .press('enter')
        .expectQuestion(shareBlockQuestion('notes', 'project', []).title)
        .press('y')
        .expectScreen('≡ project')
        .press('s')
        .expectPicker(SHARING.title('notes'))
        .press('enter')
        .expectQuestion(unshareBlockQuestion('notes', 'project', []).title)
        .press('y')
        .expectNotOnScreen('≡ project')
        .expectScreen(memoryPageTexts.places.agent),
    ),
  )

  it(
    'are listed with the agents that have them before one is attached',
    withWorkbench({}, (workbench) =>
      workbench
        .perform(ready)
        .perform((desk) => desk.session.agents.open('sharing'))
        .press('f2', 'n')
        .type('notes')
        .press('enter')
        .expectState('the selected block', selected, 'notes')
        .press('s')
        .expectPicker(SHARING.title('notes'))
        .press('enter')
        .expectQuestion(shareBlockQuestion('notes', 'project', []).title)
        .press('y')
        .expectNoOverlay()
        .press('x')
        .expectQuestion(detachBlockQuestion('notes', ['project']).title)
        .press('y')
        .expectState('the block', ({ session }) => find(session, 'notes'), undefined)
        .press('a')
        .expectScreen(attachableDetail('0', ['project'], '').trim())
        .type('notes')
        .press('enter')
        .expectQuestion(attachBlockQuestion('notes', ['project']).title),
    ),
  )

  it(
    'are not shared with an agent that has another block of the label, which is reported before the question',
    withWorkbench({}, (workbench) =>
      workbench
        .perform(ready)
        .perform((desk) => desk.session.agents.open('sharing'))
        .press('alt+2')
        .dispatch({ type: 'memory.selected', label: 'project' })
        .perform(async ({ root, session }) => {
          const { blocks } = session.memory
          await blocks.detach(find(root.state.session, 'project')?.id ?? '')
          await blocks.create('project')
        })
        .dispatch({ type: 'memory.selected', label: 'project' })
        .press('s')
        .expectPicker(SHARING.title('project'))
        .press('enter')
        .expectFlash(agentHasLabel('project', 'project')),
    ),
  )

  it(
    'are restored also when they were empty',
    withWorkbench({}, (workbench) =>
      workbench
        .perform(ready)
        .press('f2', 'n')
        .type('plan')
        .press('enter')
        .expectState('the selected block', selected, 'plan')
        .press('D')
        .expectQuestion(deleteBlockQuestion('plan', [], true).title)
        .press('y')
        .expectState('the block', ({ session }) => find(session, 'plan'), undefined)
        .press('U')
        .expectPicker(BLOCK_PROMPTS.restoreDeleted, ['plan'])
        .press('enter', 'y')
        .expectState('the block', ({ session }) => find(session, 'plan')?.value, ''),
    ),
  )

  it('name the size that a limit must allow', () => {
    expect(limitBelowSize('human', 80, 5))
      .to.contain('80')
      .and.to.contain('5')
  })
})
