import { expect } from 'chai'
import { READ_TO_END } from '../../../ui/messages/approvals.ts'
import { COMMAND_TITLES } from '../../../ui/messages/commands.ts'
import { TRUST_QUESTION, TRUST_TITLE } from '../../../ui/messages/permissions.ts'
import { PICKER_TITLES } from '../../../ui/messages/program.ts'
import type { RootState } from '../../../ui/state/state.ts'
import { dialogTexts } from '../../../ui/view/messages/dialogs.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

const scroll = ({ workbench: { overlay } }: RootState): number | null =>
  overlay?.type === 'help' || overlay?.type === 'page' ? overlay.scroll : null

/** The numbers of the first and the last visible row, and of all rows, in the lower border. */
const shownRows = (screen: string): readonly number[] =>
  (/(\d+)–(\d+) of (\d+) ─╯/.exec(screen) ?? []).slice(1).map(Number)

const PAGE_DOWN_TO_THE_END = Array.from({ length: 60 }, () => 'pagedown')

describe('The help', () => {
  it(
    'begins with the keys of the focused pane, and shows what is searched for',
    withWorkbench({}, (workbench) =>
      workbench
        .press('f2', '?')
        .expectScreen(
          new RegExp(`${dialogTexts.filter.slice(1)}[^]*Memory .*[^]*Edit memory block`),
        )
        .type('undo')
        .expectScreen('Undo last change of block')
        .expectNotOnScreen('Edit memory block')
        .press('escape')
        .expectNoOverlay()
        .expectFocus('memory'),
    ),
  )

  it(
    'scrolls by a page, of which one row stays',
    withWorkbench({}, (workbench) => {
      let last = 0
      return workbench
        .press('f1')
        .check(({ screen }) => {
          ;[, last = 0] = shownRows(screen())
          expect(last).to.be.greaterThan(20)
        })
        .press('pagedown')
        .check(({ screen }) => expect(shownRows(screen())[0]).to.equal(last))
    }),
  )

  it('scrolls up with the first key after its end was reached', () => {
    let last = 0
    let count = 0
    return withWorkbench({}, (workbench) =>
      workbench
        .press('f1')
        .press(...PAGE_DOWN_TO_THE_END)
        .check(({ screen }) => {
          ;[, last = 0, count = 0] = shownRows(screen())
          expect(last).to.be.greaterThan(1)
          expect(last).to.equal(count)
        })
        .press('up')
        .check(({ screen }) => {
          expect(shownRows(screen()).slice(1)).to.deep.equal([count - 1, count])
        }),
    )()
  })

  it('scrolls from its visible rows after the screen has grown', () => {
    let first = 0
    return withWorkbench({}, (workbench) =>
      workbench
        .press('f1')
        .press(...PAGE_DOWN_TO_THE_END)
        .dispatch({ type: 'viewport.changed', size: { columns: 120, rows: 50 } })
        .check(({ screen }) => {
          ;[first = 0] = shownRows(screen())
          expect(first).to.be.greaterThan(1)
        })
        .press('up')
        .check(({ screen }) => expect(shownRows(screen())[0]).to.equal(first - 1)),
    )()
  })
})

describe('The list of all commands', () => {
  it(
    'is no wider than almost all of its items need, whatever makes a command unavailable',
    withWorkbench({}, (workbench) =>
      workbench.press('ctrl+p').check((desk) => {
        const [border = ''] = /╭ .*╮/.exec(desk.screen()) ?? []
        expect(border).to.include(PICKER_TITLES.commands)
        expect(border.length).to.be.within(56, 88)
      }),
    ),
  )

  it(
    'has what can be done with the entry at the cursor',
    withWorkbench({}, (workbench) =>
      workbench
        .press('ctrl+p')
        .type('all entries')
        .expectPicker(PICKER_TITLES.commands, [
          COMMAND_TITLES['entries.collapse'],
          COMMAND_TITLES['entries.expand'],
        ])
        .press('ctrl+u')
        .type('quote entry')
        .expectPicker(PICKER_TITLES.commands, [COMMAND_TITLES['entry.quote']]),
    ),
  )
})

describe('A page of facts that fits the screen', () => {
  const page = {
    type: 'page',
    title: 'Facts',
    lines: [{ type: 'text', text: 'one' }],
    scroll: 0,
  } as const

  it(
    'does not scroll',
    withWorkbench({}, (workbench) =>
      workbench
        .dispatch({ type: 'overlay.opened', overlay: page })
        .press('pagedown', 'down')
        .expectState('the scroll position', scroll, 0),
    ),
  )
})

describe('The question whether to trust a directory', () => {
  const lines = Array.from({ length: 60 }, (_, at) => ({
    type: 'grant' as const,
    text: `allow Bash(make ${at})`,
  }))
  const overlay = {
    type: 'page' as const,
    title: TRUST_TITLE,
    lines: [...lines, { type: 'grant' as const, text: 'allow Bash(a\n\u202e:*)' }],
    scroll: 0,
    question: { text: TRUST_QUESTION, action: { type: 'directory.trust' as const, grants: [] } },
  }

  it(
    'accepts a yes only after its end was displayed, with everything invisible spelled out',
    withWorkbench({}, (workbench) =>
      workbench
        .dispatch({ type: 'overlay.opened', overlay })
        .expectScreen(dialogTexts.readFirst('pagedown', 'y'))
        .expectNotOnScreen('y yes')
        .press('y')
        .expectFlash(READ_TO_END)
        .expectPage(TRUST_TITLE)
        .press('pagedown', 'pagedown', 'pagedown')
        .expectNotOnScreen(dialogTexts.readFirst('pagedown', 'y'))
        .expectScreen('y yes')
        .press('home')
        .expectScreen(dialogTexts.readFirst('pagedown', 'y'))
        .press('G', 'G', 'G')
        .expectScreen('y yes')
        .check(({ screen }) => expect(screen()).to.contain('allow Bash(a⏎\\u202e:*)'))
        .press('y')
        .expectNoOverlay(),
    ),
  )

  it(
    'shows every row before the last ones, also with the keys that go to the end',
    withWorkbench({}, (workbench) =>
      workbench
        .dispatch({ type: 'overlay.opened', overlay })
        .expectScreen('allow Bash(make 0)')
        .press('end')
        .expectScreen('allow Bash(make 30)')
        .expectScreen(dialogTexts.readFirst('pagedown', 'y'))
        .press('y')
        .expectFlash(READ_TO_END)
        .expectPage(TRUST_TITLE)
        .press('G')
        .expectScreen('allow Bash(make 59)')
        .expectScreen('y yes'),
    ),
  )

  it(
    'begins again when the width changes, by which rows get to other positions',
    withWorkbench({}, (workbench) =>
      workbench
        .dispatch({ type: 'overlay.opened', overlay })
        .press('end')
        .expectScreen('allow Bash(make 30)')
        .dispatch({ type: 'viewport.changed', size: { columns: 60, rows: 30 } })
        .expectState('the scroll position', scroll, 0),
    ),
  )

  it(
    'shows every row on a screen of six rows before it accepts a yes',
    withWorkbench({}, (workbench) => {
      const seen = new Set<string>()
      const look = (screen: () => string): void => {
        for (const [, at] of screen().matchAll(/make (\d+)/g)) seen.add(at ?? '')
      }
      const steps = workbench
        .dispatch({ type: 'viewport.changed', size: { columns: 40, rows: 6 } })
        .dispatch({ type: 'overlay.opened', overlay })
      for (let step = 1; step < overlay.lines.length; step++) {
        steps
          .press('y')
          .expectFlash(READ_TO_END)
          .check(({ screen }) => look(screen))
          .press('pagedown')
      }
      return steps
        .check(({ screen }) => look(screen))
        .check(() => expect(seen.size).to.equal(60))
        .check(({ screen }) => expect(screen()).to.contain('\\u202e'))
        .expectScreen('y yes')
        .press('y')
        .expectNoOverlay()
    }),
  )

  it(
    'accepts no yes on a screen that shows no row of it',
    withWorkbench({}, (workbench) =>
      workbench
        .dispatch({ type: 'viewport.changed', size: { columns: 40, rows: 3 } })
        .dispatch({ type: 'overlay.opened', overlay })
        .press(...Array.from({ length: 80 }, () => 'pagedown'))
        .press('y')
        .expectFlash(READ_TO_END)
        .expectPage(TRUST_TITLE),
    ),
  )
})
