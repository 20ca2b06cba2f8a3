import { expect } from 'chai'
import { COMMAND_TITLES } from '../../../ui/messages/commands.ts'
import { copied, partSize, SELECTED_TEXT } from '../../../ui/messages/entries.ts'
import { MOUSE_OFF, PICKER_TITLES } from '../../../ui/messages/program.ts'
import { EMPTY_EDITOR } from '../../../ui/state/editor.ts'
import { shownApproval } from '../../../ui/state/shown-approval.ts'
import type { RootState } from '../../../ui/state/state.ts'
import type { MouseInput } from '../../../ui/view/types.ts'
import type { Desktop } from '../../support/desktop.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

const options = { mode: 'bypassPermissions' } as const
const answers = [{ calls: [{ name: 'Bash', args: { command: 'seq 1 30' } }] }, { text: 'Done.' }]

const LONG = { text: Array.from({ length: 100 }, (_, at) => `- point ${at}`).join('\n') }

const LISTS = [
  {
    calls: [
      ...['one.txt', 'two.txt'].map((name) => ({
        name: 'Write',
        args: { file_path: name, content: `Text of ${name}\n` },
      })),
      ...['sleep 51', 'sleep 52'].map((command) => ({
        name: 'Bash',
        args: { command, run_in_background: true },
      })),
    ],
  },
  { text: 'Done.' },
]

const SKILLS = Object.fromEntries(
  ['bisect', 'release'].map((name) => [
    `.skills/${name}/SKILL.MD`,
    `---\nname: ${name}\ndescription: About it\n---\nText of ${name}\n`,
  ]),
)

const PROMPT = {
  type: 'prompt',
  title: 'Name',
  explanation: '',
  editor: EMPTY_EDITOR,
  action: { type: 'memory.create' },
} as const
const QUESTION = {
  type: 'question',
  title: 'Delete?',
  text: '',
  action: { type: 'directory.trust', grants: [] },
} as const

/** Where a text is on the screen. */
function placeOf(desk: Desktop, text: string): { x: number; y: number } {
  const lines = desk.screen().split('\n')
  const y = lines.findIndex((line) => line.includes(text))
  expect(y, `"${text}" is on the screen`).to.be.at.least(0)
  return { x: lines[y]?.indexOf(text) ?? 0, y }
}

const mouse = (
  desk: Desktop,
  action: MouseInput['action'],
  part: string | null,
  at = { x: 0, y: 0 },
): void => desk.mouse({ type: 'mouse', action, button: 'left', part, ...at })

const click = (part: string, text: string) => (desk: Desktop) => {
  const at = placeOf(desk, text)
  mouse(desk, 'press', part, at)
  mouse(desk, 'release', part, at)
}

describe('The mouse', () => {
  it(
    'closes a list, help or an empty prompt by a press outside of it, but no question and no text that was written',
    withWorkbench({}, (workbench) =>
      workbench
        .press('ctrl+p')
        .expectPicker(PICKER_TITLES.commands)
        .perform((desk) => mouse(desk, 'press', 'overlay'))
        .expectPicker(PICKER_TITLES.commands)
        .perform((desk) => mouse(desk, 'press', 'conversation'))
        .expectNoOverlay()
        .expectFocus('composer')
        .press('f1')
        .perform((desk) => mouse(desk, 'press', 'header'))
        .expectNoOverlay()
        .dispatch({ type: 'overlay.opened', overlay: PROMPT })
        .type('x')
        .perform((desk) => mouse(desk, 'press', 'conversation'))
        .expectPrompt(PROMPT.title, 'x')
        .press('backspace')
        .perform((desk) => mouse(desk, 'press', 'conversation'))
        .expectNoOverlay()
        .dispatch({ type: 'overlay.opened', overlay: QUESTION })
        .perform((desk) => mouse(desk, 'press', 'conversation'))
        .expectQuestion(QUESTION.title),
    ),
  )

  it(
    'focuses the pane that is clicked, except the status line, and the wheel focuses nothing',
    withWorkbench({}, (workbench) =>
      workbench
        .perform((desk) => mouse(desk, 'press', 'memory'))
        .expectFocus('memory')
        .perform((desk) => mouse(desk, 'press', 'status'))
        .perform((desk) => mouse(desk, 'press', null))
        .perform((desk) => mouse(desk, 'wheelUp', 'conversation'))
        .expectFocus('memory'),
    ),
  )

  it(
    'opens the page of a tab that is clicked, and of a title that has the focus',
    withWorkbench({}, (workbench) => {
      const page = ({ workbench: { page } }: RootState): string => page
      return workbench
        .perform(click('header', 'Memory'))
        .expectState('page', page, 'memory')
        .perform(click('header', '5 Jobs'))
        .expectState('page', page, 'jobs')
        .perform(click('header', '1 Chat'))
        .expectState('page', page, 'chat')
        .perform(click('skills', '─ Skills'))
        .expectFocus('skills')
        .expectState('page', page, 'chat')
        .perform(click('skills', '▸ Skills'))
        .expectState('page', page, 'skills')
    }),
  )

  it(
    'selects the skill that is clicked in the list of the page, and nothing by its text',
    withWorkbench({ files: SKILLS }, (workbench) => {
      const selected = ({ workbench: { skills } }: RootState): string | null => skills.selected
      return workbench
        .press('alt+4')
        .expectScreen(/▸ bisect/, 'Text of bisect', 'release')
        .perform(click('skills', 'release'))
        .expectState('selected', selected, 'release')
        .expectScreen(/▸ release/, 'Text of release')
        .perform((desk) => {
          const { x } = placeOf(desk, 'Text of release')
          const at = { x, y: placeOf(desk, 'bisect').y }
          mouse(desk, 'press', 'skills', at)
          mouse(desk, 'release', 'skills', at)
        })
        .expectState('selected', selected, 'release')
    }),
  )

  it(
    'selects what is clicked in the lists of changes and of jobs',
    withWorkbench({ answers: LISTS, options }, (workbench) =>
      workbench
        .send('Make lists')
        .press('alt+3')
        .expectScreen('A two.txt')
        .perform(click('changes', 'A two.txt'))
        .expectScreen('Text of two.txt')
        .press('alt+5')
        .perform(click('jobs', 'sleep 51'))
        .expectScreen(/▸ . sleep 51/)
        .perform(click('jobs', 'sleep 52'))
        .expectScreen(/▸ . sleep 52/)
        .press('X', 'X'),
    ),
  )

  it(
    'shows the pending call that is clicked in the list of several, and answers nothing',
    withWorkbench({ answers: LISTS }, (workbench) => {
      const shown = (state: RootState) => {
        const approval = shownApproval(state)
        return approval === null ? null : [approval.call.label, approval.waiting.length]
      }
      return workbench
        .submit('Make')
        .expectApproval('Write')
        .press('f4', 'z')
        .expectState('the shown call', shown, ['one.txt', 2])
        .perform(click('approval', 'one.txt new file'))
        .expectState('the shown call', shown, ['one.txt', 2])
        .perform(click('approval', 'Write      two.txt'))
        .expectState('the shown call', shown, ['two.txt', 2])
    }),
  )

  it(
    'selects the conversation that is clicked, and opens it with the next click',
    withWorkbench({ answers: [{ text: 'One.' }, { text: 'Two.' }] }, (workbench) => {
      let at = { x: 0, y: 0 }
      const press = (desk: Desktop): void => {
        mouse(desk, 'press', 'conversations', at)
        mouse(desk, 'release', 'conversations', at)
      }
      return workbench
        .send('First message')
        .submit('/new')
        .expectState('default', ({ session }) => session.conversation.id === 'default', false)
        .send('Second message')
        .press('alt+6')
        .expectScreen('Two.', 'First message')
        .perform((desk) => {
          at = placeOf(desk, 'First message')
          press(desk)
        })
        .expectScreen('One.')
        .perform(press)
        .expectState('title', ({ session }) => session.conversation.title, 'First message')
    }),
  )

  it(
    'expands and collapses the call that is clicked, and selects other entries',
    withWorkbench({ answers, options }, (workbench) =>
      workbench
        .send('Count')
        .perform(click('conversation', 'seq 1 30'))
        .expectFocus('conversation')
        .expectState('expanded', ({ workbench: { expanded } }) => expanded.length, 1)
        .perform(click('conversation', '│ 20'))
        .expectState('expanded', ({ workbench: { expanded } }) => expanded.length, 1)
        .perform(click('conversation', 'seq 1 30'))
        .expectState('expanded', ({ workbench: { expanded } }) => expanded.length, 0)
        .perform(click('conversation', '26 more lines'))
        .expectState('expanded', ({ workbench: { expanded } }) => expanded.length, 1),
    ),
  )

  it(
    'selects a memory block, and opens the selected one',
    withWorkbench({}, (workbench) =>
      workbench
        .perform(click('memory', ' human '))
        .expectState('selected', ({ workbench: { memory } }) => memory.selected, 'human')
        .perform(click('memory', '▸ human'))
        .expectState('open', ({ workbench: { memory } }) => memory.open, ['human']),
    ),
  )

  it(
    'copies the text that is dragged over, without the margin of the conversation',
    withWorkbench({ answers, options }, (workbench) =>
      workbench
        .send('Count')
        .perform((desk) => {
          const from = placeOf(desk, '│ 28')
          mouse(desk, 'press', 'conversation', { x: from.x + 2, y: from.y })
          mouse(desk, 'drag', 'conversation', { x: from.x + 3, y: from.y + 2 })
          expect(desk.root.state.workbench.textSelection).to.not.equal(null)
          mouse(desk, 'release', 'conversation', { x: from.x + 3, y: from.y + 2 })
        })
        .expectFlash(copied(SELECTED_TEXT, partSize('28\n29\n30'), 'terminal'))
        .check((desk) => {
          expect(desk.done).to.deep.equal(['copy 28\n29\n30'])
          expect(desk.root.state.workbench.textSelection).to.equal(null)
        }),
    ),
  )

  it(
    'leads the cursor of the conversation back to the newest entry when the wheel is back at the end',
    withWorkbench({ answers: [LONG, { text: 'Short.' }] }, (workbench) =>
      workbench
        .send('First')
        .send('Second')
        .press('f5', 'k')
        .perform((desk) => {
          const { selectedEntry } = desk.root.state.workbench
          // It stays while it is visible.
          mouse(desk, 'wheelUp', 'conversation')
          mouse(desk, 'wheelDown', 'conversation')
          expect(desk.root.state.workbench.selectedEntry).to.equal(selectedEntry)
        })
        .press('g')
        .perform((desk) => {
          expect(desk.root.state.workbench.selectedEntry).to.be.a('string')
          for (let step = 0; step < 60; step++) mouse(desk, 'wheelDown', 'conversation')
        })
        .expectState(
          'the selected entry',
          ({ workbench: { selectedEntry } }) => selectedEntry,
          null,
        ),
    ),
  )

  it(
    'scrolls help and moves in a list with the wheel, and does nothing to the panes below',
    withWorkbench({}, (workbench) =>
      workbench
        .press('f1')
        .perform((desk) => mouse(desk, 'wheelDown', 'conversation'))
        .expectState(
          'scroll',
          ({ workbench: { overlay } }) => overlay?.type === 'help' && overlay.scroll,
          3,
        )
        .perform((desk) => mouse(desk, 'press', 'memory'))
        .expectFocus('composer')
        .press('escape', 'ctrl+p')
        .perform((desk) => mouse(desk, 'wheelDown', 'overlay'))
        .expectState(
          'selected',
          ({ workbench: { overlay } }) => overlay?.type === 'picker' && overlay.selected,
          1,
        ),
    ),
  )

  it(
    'selects the item of a list that is clicked, and chooses it with the next click',
    withWorkbench({}, (workbench) =>
      workbench
        .press('ctrl+p')
        .type('show')
        .press('down', 'down')
        .perform(click('overlay', COMMAND_TITLES['help.open']))
        .expectState(
          'selected',
          ({ workbench: { overlay } }) => overlay?.type === 'picker' && overlay.selected,
          0,
        )
        .perform(click('overlay', COMMAND_TITLES['help.open']))
        .expectState('the dialog', ({ workbench: { overlay } }) => overlay?.type, 'help'),
    ),
  )

  it(
    'is turned off by a command, and stays off',
    withWorkbench({}, (workbench) =>
      workbench
        .submit('/mouse')
        .expectFlash(MOUSE_OFF)
        .check((desk) => expect(desk.done).to.deep.equal(['mouse false'])),
    ),
  )
})
