import { EMPTY_EDITOR } from '../../../ui/state/editor.ts'
import type { RootState } from '../../../ui/state/state.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

const LIST = {
  type: 'picker',
  title: 'Choices',
  items: [],
  selected: 0,
  query: EMPTY_EDITOR,
} as const
const INFO = { type: 'page', title: 'Facts', lines: [], scroll: 0 } as const
const page = ({ workbench }: RootState) => workbench.page

describe('The keys of the pages', () => {
  it(
    'open a page, and escape returns to the chat',
    withWorkbench({}, (workbench) =>
      workbench
        .press('alt+2')
        .expectState('page', page, 'memory')
        .expectFocus('memory')
        .press('alt+4')
        .expectState('page', page, 'skills')
        .press('escape')
        .expectState('page', page, 'chat')
        .expectFocus('composer')
        .type('draft')
        .press('alt+2', 'tab')
        .expectFocus('composer')
        .press('escape')
        .expectState('page', page, 'chat')
        .expectMessage('draft'),
    ),
  )

  it(
    'zoom the focused pane to its page and back',
    withWorkbench({}, (workbench) =>
      workbench
        .press('f2')
        .expectState('page', page, 'chat')
        .press('f2')
        .expectState('page', page, 'memory')
        .press('z')
        .expectState('page', page, 'chat')
        .expectFocus('memory')
        .press('z')
        .expectState('page', page, 'memory')
        .press('f3')
        .expectState('page', page, 'skills'),
    ),
  )

  it(
    'close a list of choices, and wait for the answer to a question',
    withWorkbench({}, (workbench) =>
      workbench
        .dispatch({ type: 'overlay.opened', overlay: LIST })
        .press('alt+3')
        .expectNoOverlay()
        .expectState('page', page, 'changes')
        .dispatch({ type: 'overlay.opened', overlay: INFO })
        .press('alt+2')
        .expectPage(INFO.title)
        .expectState('page', page, 'changes'),
    ),
  )

  it(
    'make escape on a page not the first of two that rewind',
    withWorkbench({}, (workbench) =>
      workbench
        .dispatch({ type: 'command.pressed', command: 'app.back', at: 0 })
        .press('alt+2')
        .expectState('page', page, 'memory')
        .press('escape')
        .expectState('page', page, 'chat')
        .expectState('first', ({ workbench: state }) => state.firstPress, null),
    ),
  )
})
