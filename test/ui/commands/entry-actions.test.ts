import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import {
  NO_MESSAGE_ABOVE,
  NOTHING_TO_RUN_AGAIN,
  NOTHING_TO_UNDO_HERE,
} from '../../../ui/messages/entries.ts'
import { REWIND_PARTS_TITLE } from '../../../ui/messages/rewind.ts'
import { UNDO_TITLES } from '../../../ui/messages/undo.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

const WRITE = { calls: [{ name: 'Write', args: { file_path: 'a.txt', content: 'one\n' } }] }
const WRITE_OTHER = { calls: [{ name: 'Write', args: { file_path: 'b.txt', content: 'two\n' } }] }
const LIST = { calls: [{ name: 'Bash', args: { command: 'echo two' } }] }
const bypass = { options: { mode: 'bypassPermissions' } } as const

describe('The entry at the cursor', () => {
  it(
    'is quoted into the message, below what is written there',
    withWorkbench({ answers: [{ text: 'First line.\n\nSecond line.' }] }, (workbench) =>
      workbench
        .send('Hello')
        .type('My answer')
        .press('f5', '>')
        .expectFocus('composer')
        .expectMessage('My answer\n> First line.\n>\n> Second line.\n'),
    ),
  )

  it(
    'is written again as a message or as a shell line, and nothing is sent',
    withWorkbench({ answers: [LIST, { text: 'Done.' }], ...bypass }, (workbench) =>
      workbench
        .send('List it')
        .press('f5', 'R')
        .expectFlash(NOTHING_TO_RUN_AGAIN)
        .press('k', 'R')
        .expectMessage('!echo two')
        .press('f5', '[', 'R')
        .expectMessage('List it')
        .check((desk) => expect(desk.endpoint.requests.length).to.equal(2)),
    ),
  )

  it(
    'shows what an undo of its change reverts, and reverts it after a yes',
    withWorkbench({ answers: [WRITE, { text: 'Done.' }], ...bypass }, (workbench) =>
      workbench
        .send('Write it')
        .press('f5', 'u')
        .expectFlash(NOTHING_TO_UNDO_HERE)
        .press('k', 'u')
        .expectPage(UNDO_TITLES.undo)
        .press('y')
        .expectNoOverlay()
        .expectScreen('Reverted a.txt')
        .check((desk) => expect(existsSync(join(desk.project, 'a.txt'))).to.equal(false)),
    ),
  )

  it(
    'is the one whose change is undone, not a newer or an older one',
    withWorkbench({ answers: [WRITE, WRITE_OTHER, { text: 'Done.' }], ...bypass }, (workbench) =>
      workbench
        .send('Write both')
        .press('f5', 'k', 'k', 'u')
        .expectPage(UNDO_TITLES.undo)
        .press('y')
        .expectNoOverlay()
        .expectScreen('Reverted a.txt')
        .press('f5', 'G', 'k')
        .check((desk) => expect(existsSync(join(desk.project, 'b.txt'))).to.equal(true)),
    ),
  )

  it(
    'is where a rewind or a copy of the conversation begins: before the message that led to it',
    withWorkbench(
      { answers: [WRITE, { text: 'Done.' }, { text: 'More.' }], ...bypass },
      (workbench) =>
        workbench
          .press('f5', 'w')
          .expectFlash(NO_MESSAGE_ABOVE)
          .press('f6')
          .send('Write it')
          .send('And more')
          .press('f5', '[', 'k', 'k', 'w')
          .expectPicker(REWIND_PARTS_TITLE)
          .press('escape', 'f5', 'G', 'F')
          .expectMessage('And more')
          .expectScreen('Done.')
          .expectNotOnScreen('More.'),
    ),
  )
})

describe('The conversation', () => {
  it(
    'fills the main area with the key of the zoom, and gets its side column again with the same key',
    withWorkbench({ answers: [{ text: 'Hello.' }] }, (workbench) =>
      workbench
        .send('Hi')
        .press('f5')
        .expectScreen(/─ Memory ─/)
        .press('z')
        .expectNotOnScreen('─ Memory ─')
        .press('z')
        .expectScreen(/─ Memory ─/),
    ),
  )
})
