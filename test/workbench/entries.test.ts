import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { UNDO_QUESTIONS } from '../../ui/messages/undo.ts'
import { conversationTexts } from '../../ui/view/messages/conversation.ts'
import type { WorkbenchDriver } from '../support/program.ts'
import { withProgram } from '../support/with-program.ts'

const bash = (command: string) => ({ name: 'Bash', args: { command } })
const edit = (file: string, from: string, to: string) => ({
  name: 'Edit',
  args: { file_path: file, old_string: from, new_string: to },
})
const LINES = Array.from({ length: 12 }, (_, at) => `line ${at + 1}\n`).join('')
const args = ['--permission-mode', 'bypassPermissions']

/** The row with the cursor of the conversation. */
const marked = ({ pty }: WorkbenchDriver): string =>
  pty.screen().find((row) => row.startsWith('▎')) ?? ''

describe('The list of entries in the terminal', () => {
  const desk = withProgram()

  it('is moved through by entry, message, change and error, and opens each entry here and in other programs', async () => {
    await desk.setUp([
      { text: 'I change it.', calls: [edit('twelve.txt', 'line 8', 'LINE 8')] },
      { text: 'I count.', calls: [bash('seq 101 116'), bash('echo broken; exit 3')] },
      { text: 'Counted.' },
      { text: 'Bye.' },
    ])
    desk.write('twelve.txt', LINES)
    const record = (name: string): string => {
      const program = path.join(desk.home, name)
      writeFileSync(
        program,
        `#!/bin/sh\n{ echo "$@"; cat ${name === 'pager' ? '' : '/dev/null'}; } > ${program}.log\n`,
      )
      chmodSync(program, 0o755)
      return program
    }
    const environment = { EDITOR: record('vi'), VISUAL: undefined, PAGER: record('pager') }
    const workbench = await desk.opens({ args, environment, built: true }).sees('ready')
    await workbench.types('Change and count').presses('enter').sees('Counted.')
    await workbench.types('Good bye').presses('enter').sees('Bye.')
    await workbench.sees('ready')
    const marks = (text: string): Promise<void> =>
      workbench.pty.waitFor(() => marked(workbench).includes(text))
    workbench.presses('f5')
    await marks('Bye.')
    for (const [key, text] of [
      ['k', '▌ Good bye'],
      ['j', 'Bye.'],
      ['[', '▌ Good bye'],
      ['[', '▌ Change and count'],
      [']', '▌ Good bye'],
      ['(', 'echo broken'],
      ['{', 'Edit  twelve.txt'],
      [')', 'echo broken'],
      ['up', 'seq 101 116'],
    ] as const) {
      workbench.presses(key)
      await marks(text)
    }
    await workbench.presses('space').sees('│ 105')
    await workbench.presses('space').seesNoMore('│ 105')
    await workbench.presses('+').sees('│ 105')
    await workbench.presses('-').seesNoMore('│ 105')
    const log = (name: string): string => {
      const file = path.join(desk.home, `${name}.log`)
      return existsSync(file) ? readFileSync(file, 'utf8') : ''
    }
    workbench.presses('v')
    while (!log('pager').includes('116\n')) await workbench.pty.settle(20)
    await workbench.sees('seq 101 116')
    workbench.presses('{')
    await marks('Edit  twelve.txt')
    workbench.presses('e')
    while (!log('vi').includes('twelve.txt')) await workbench.pty.settle(20)
    expect(log('vi')).to.match(/\+8 .*twelve\.txt/)
    // Its change is undone here, and the command is put into the message again.
    await workbench.sees('Edit  twelve.txt')
    await workbench.presses('u').sees(UNDO_QUESTIONS.undo)
    workbench.presses('y')
    while (desk.read('twelve.txt') !== LINES) await workbench.pty.settle()
    await workbench.seesNoMore(UNDO_QUESTIONS.undo)
    workbench.presses(')')
    await marks('echo broken')
    await workbench.presses('R').sees(/! !echo broken; exit 3/)
  })

  it('loads what came before at its top and to find a text, and counts what is newer than its cursor', async () => {
    const read = { name: 'Read', args: { file_path: 'README.md' } }
    // More messages than are loaded at once.
    const many = (text: string) => ({ text, calls: Array.from({ length: 45 }, () => read) })
    await desk.setUp([
      { text: 'A zebra.', calls: [bash('echo a quagga; seq 1 30')] },
      many('In the middle.'),
      many('Later.'),
      { text: 'Many.' },
      { text: 'I wait.', calls: [bash('while [ ! -e go ]; do sleep 0.02; done; seq 1 30')] },
      { text: 'News.' },
    ])
    const first = await desk.opens({ args, built: true }).sees('ready')
    await first.types('Go on').presses('enter').sees('Many.')
    await first.sees('ready')
    await first.quits()
    const workbench = await desk.opens({ args, built: true }).sees('Many.')
    await workbench
      .presses('f5', '/')
      .types('quagga')
      .sees(conversationTexts.match(2, 2, true))
    // The newest of its two matches is the nearest above.
    await workbench.presses('enter', 'n').sees(conversationTexts.match(1, 2, true))
    await workbench.presses('escape', 'end', 'g').sees('▌ Go on')
    await workbench.presses('f6').types('Wait').presses('enter').sees('I wait.')
    await workbench.presses('f5', 'k', 'k').pty.waitFor(() => marked(workbench).includes('▌ Wait'))
    writeFileSync(path.join(desk.project, 'go'), '')
    await workbench.sees(conversationTexts.newBelow(1))
    await workbench.presses('G').sees('News.')
    expect(workbench.screen()).to.not.include('newer ↓')
  })
})
