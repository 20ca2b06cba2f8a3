import { expect } from 'chai'
import type { SessionState } from '../../../lib/session/state/session-state.ts'
import { BLOCK_PROMPTS, TEXT_IN_BOTH, transferred } from '../../../ui/messages/memory.ts'
import { changedMeanwhile, undoesMove } from '../../../ui/messages/memory-history.ts'
import type { Desktop } from '../../support/desktop.ts'
import { type WorkbenchScript, withWorkbench } from '../../support/with-workbench.ts'

const find = ({ memory }: SessionState, label: string) =>
  memory.find(({ block }) => block.label === label)?.block
const write =
  (label: string, value: string) =>
  async (desk: Desktop): Promise<void> => {
    await desk.session.opened
    const before = find(desk.session.store.state, label)?.value ?? ''
    await desk.session.memory.edit(label, value, before)
  }
const values = ({ session }: { readonly session: SessionState }) => [
  find(session, 'human')?.value,
  find(session, 'project')?.value,
]
const opens = (workbench: WorkbenchScript): WorkbenchScript =>
  workbench
    .perform(write('human', 'Likes tea.\nUses npm.\nRuns on Node.\nHas a cat.'))
    .perform(write('project', 'A parser.'))
    .press('alt+2')
    .dispatch({ type: 'memory.selected', label: 'human' })
    .press('right', 'down', 'space', 'down')

describe('Selected lines of a block', () => {
  it(
    'are moved to the end of another block',
    withWorkbench({}, (workbench) =>
      opens(workbench)
        .press('m')
        .expectPicker(BLOCK_PROMPTS.moveText)
        .type('project')
        .press('enter')
        .expectFlash(transferred(2, 'human', 'project', true))
        .expectState('the blocks', values, [
          'Likes tea.\nHas a cat.',
          'A parser.\nUses npm.\nRuns on Node.',
        ]),
    ),
  )

  it(
    'cannot be moved into the list of skills, which letta writes again at the next start',
    withWorkbench({}, (workbench) =>
      opens(workbench).press('m').expectPicker(BLOCK_PROMPTS.moveText, ['persona', 'project']),
    ),
  )

  it(
    'are moved by two changes, which one undo reverts after both were shown',
    withWorkbench({}, (workbench) =>
      opens(workbench)
        .press('m')
        .expectPicker(BLOCK_PROMPTS.moveText)
        .type('project')
        .press('enter')
        .expectFlash(transferred(2, 'human', 'project', true))
        .dispatch({ type: 'memory.selected', label: 'project' })
        .press('u')
        .expectPage('human@1, project@1')
        .expectScreen(undoesMove('human', 'project'), '+ Uses npm.', '- Uses npm.')
        .press('y')
        .expectState('the blocks', values, [
          'Likes tea.\nUses npm.\nRuns on Node.\nHas a cat.',
          'A parser.',
        ])
        .press('u')
        .expectPage('project@2')
        .expectScreen('+ Uses npm.'),
    ),
  )

  it(
    'keep their author in the other block, and in a third one',
    withWorkbench({}, (workbench) =>
      opens(workbench)
        .press('c')
        .expectPicker(BLOCK_PROMPTS.copyText)
        .type('project')
        .press('enter')
        .expectFlash(transferred(2, 'human', 'project', false))
        .perform(async (desk) => {
          const lines = await desk.session.memory.blame('project')
          expect(
            lines.map(({ text, version, arrival }) => [
              text,
              `${version.label}@${version.version}`,
              `${arrival.label}@${arrival.version}`,
            ]),
          ).to.deep.equal([
            ['A parser.', 'project@1', 'project@1'],
            ['Uses npm.', 'human@1', 'project@2'],
            ['Runs on Node.', 'human@1', 'project@2'],
          ])
        })
        .dispatch({ type: 'memory.selected', label: 'project' })
        .press('b')
        .expectScreen(/human@1 you .*Uses npm\./),
    ),
  )

  it(
    'are copied to another block',
    withWorkbench({}, (workbench) =>
      opens(workbench)
        .press('c')
        .expectPicker(BLOCK_PROMPTS.copyText)
        .type('project')
        .press('enter')
        .expectFlash(transferred(2, 'human', 'project', false))
        .expectState('the blocks', values, [
          'Likes tea.\nUses npm.\nRuns on Node.\nHas a cat.',
          'A parser.\nUses npm.\nRuns on Node.',
        ]),
    ),
  )

  it(
    'are in both blocks when somebody has changed them before they were moved',
    withWorkbench({}, (workbench) =>
      opens(workbench)
        .press('m')
        .expectPicker(BLOCK_PROMPTS.moveText)
        .perform(write('human', 'Likes tea.\nUses pnpm.\nRuns on Node.\nHas a cat.'))
        .type('project')
        .press('enter')
        .expectFlash(`${changedMeanwhile('human')} ${TEXT_IN_BOTH}`)
        .expectState('the blocks', values, [
          'Likes tea.\nUses pnpm.\nRuns on Node.\nHas a cat.',
          'A parser.\nUses npm.\nRuns on Node.',
        ]),
    ),
  )
})
