import type { RootState } from '../../../ui/state/state.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

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
})
