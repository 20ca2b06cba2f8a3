import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { resolveReferences } from '../../../lib/util/references.ts'
import {
  customFile,
  keymapSet,
  PICKER_TITLES,
  STREAMING_OFF,
  STREAMING_ON,
} from '../../../ui/messages/program.ts'
import type { Desktop } from '../../support/desktop.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

/** A file of the user's, which inherits everything. */
const custom = (directory: string, name: string, inherits: string) => (desk: Desktop) => {
  const at = path.join(desk.home, '.letta', directory)
  mkdirSync(at, { recursive: true })
  writeFileSync(path.join(at, `${name}.json`), JSON.stringify({ inherits }))
}
const shown = (message: string): string => resolveReferences(message, ({ id }) => `~/.letta/${id}`)
const saved = (desk: Desktop): unknown => desk.settings('home', 'settings.json')

describe('The command /stream', () => {
  const answers = [
    { text: ['I begin', ' and'], hang: true },
    { text: ['I begin', ' and end.'] },
  ] as const

  it(
    'shows answers only when they are complete, and saves that for the next start',
    withWorkbench({ answers }, (workbench) =>
      workbench
        .submit('/stream')
        .expectNotice(STREAMING_OFF)
        .check((desk) => expect(saved(desk)).to.include({ tokenStreaming: false }))
        .submit('Go')
        .expectState(
          'whether the answer has begun',
          ({ session }) => session.current.some(({ type }) => type === 'assistant'),
          true,
        )
        .expectNotOnScreen('I begin')
        .press('escape')
        .expectScreen('I begin')
        .submit('Again')
        .expectScreen('I begin and end.')
        .submit('/stream')
        .expectNotice(STREAMING_ON)
        .check((desk) => expect(saved(desk)).to.include({ tokenStreaming: true })),
    ),
  )
})

describe('The width of the side column', () => {
  it(
    'is saved when it is set by key',
    withWorkbench({}, (workbench) =>
      workbench
        .press('f5', 'alt+left', 'alt+left')
        .expectState('whether it is set', ({ workbench: own }) => own.hasOwnSideShare, true)
        .perform(async (desk) => {
          const share = Number(desk.root.state.workbench.sideShare.toFixed(4))
          const wanted = `"sideColumn":${share}`
          while (!JSON.stringify(saved(desk)).includes(wanted))
            await new Promise((resolve) => setImmediate(resolve))
        }),
    ),
  )
})

describe('The command /keymap', () => {
  it(
    'lists the shipped keymaps and those of the user, marks the current one, and saves the choice',
    withWorkbench({}, (workbench) =>
      workbench
        .perform(custom('keymaps', 'mine', 'default'))
        .submit('/keymap ')
        .expectPicker(PICKER_TITLES.keymap, ['default', 'emacs', 'vim', 'mine'])
        .expectScreen(/● default/, shown(customFile('keymaps', 'mine')))
        .type('vim')
        .press('enter')
        .expectNotice(keymapSet('vim'))
        .check((desk) => {
          expect(desk.done).to.deep.equal(['keymap vim'])
          expect(saved(desk)).to.include({ keymap: 'vim' })
        }),
    ),
  )
})

const SHIPPED = [
  'catppuccin',
  'dark',
  'dracula',
  'gruvbox',
  'high-contrast',
  'light',
  'nord',
  'solarized-light',
]

describe('The command /theme', () => {
  it(
    'lists the themes, applies the one that is named, and saves it',
    withWorkbench({}, (workbench) =>
      workbench
        .perform(custom('themes', 'sepia', 'dark'))
        .submit('/theme ')
        .expectPicker(PICKER_TITLES.theme, ['auto', ...SHIPPED, 'sepia'])
        .expectScreen(/● dark/, shown(customFile('themes', 'sepia')))
        .press('escape')
        .submit('/theme light')
        .perform((desk) =>
          desk.root.when(() => (desk.done.includes('theme light') ? true : undefined)),
        )
        .check((desk) => expect(desk.done).to.deep.equal(['theme light'])),
    ),
  )
})
