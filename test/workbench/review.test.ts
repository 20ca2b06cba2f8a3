import { chmodSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { MIN_VISIBLE_MS } from '../../ui/state/shown-approval.ts'
import type { WorkbenchDriver } from '../support/program.ts'
import { withProgram } from '../support/with-program.ts'

const KILL_BEFORE_RENAME = path.join(import.meta.dirname, '../support/kill-before-rename.mjs')
const LINES = Array.from({ length: 60 }, (_, at) => `line ${at + 1} of sixty`)
const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')
const changed = (...numbers: readonly number[]): string =>
  text(LINES.map((line, at) => (numbers.includes(at + 1) ? line.toUpperCase() : line)))
const FIVE = [3, 15, 27, 39, 51] as const
const call = (name: string, args: object) => ({ name, args })
const write = (file: string, content: string) => call('Write', { file_path: file, content })
const edit = (file: string, from: string, to: string) =>
  call('Edit', { file_path: file, old_string: from, new_string: to })
const bash = (command: string) => call('Bash', { command })

/** An answer counts when what it answers could be seen for a moment, and the screen does not change when that is over. */
const seen = (): Promise<void> => delay(2 * MIN_VISIBLE_MS)

describe('A review in the terminal', () => {
  const desk = withProgram()
  const readByAgent = (request: number): string =>
    JSON.stringify(desk.model.requests[request]?.body.messages)

  it('applies four of five hunks, side by side, at 100 columns, and the agent reads which', async () => {
    await desk.setUp([{ calls: [write('sixty.txt', changed(...FIVE))] }, { text: 'Four of them.' }])
    desk.write('sixty.txt', text(LINES))
    const workbench = desk.opens({ columns: 100, rows: 30 })
    await workbench.sees('ready')
    await workbench.types('Shout').presses('enter').sees('approve once')
    await workbench.sees('25 more rows below')
    await workbench.presses('v').sees(/15 - line 15 of sixty +│ 15 \+ LINE 15 OF SIXTY/)
    await workbench.presses(']').sees(/▌✓ @@ -12,7/)
    await workbench.presses('space').sees('apply 4 of 5 parts')
    await workbench.sees(/▌✗ @@ -12,7/)
    await workbench.presses('y').sees('Four of them.')
    expect(desk.read('sixty.txt')).to.equal(changed(3, 27, 39, 51))
    expect(readByAgent(1)).to.contain('LINE 15 OF SIXTY').and.to.contain('rejected')
    expect(await workbench.quits()).to.equal(0)
  })

  it('runs what was written in the pane and then in the editor, after both were shown', async () => {
    await desk.setUp([{ calls: [write('new.txt', 'first\nsecond\n')] }, { text: 'With yours.' }])
    const editor = path.join(desk.home, 'editor.sh')
    desk.write('../home/editor.sh', '#!/bin/sh\nsed -i s/second/last/ "$1"\n')
    chmodSync(editor, 0o755)
    const workbench = desk.opens({ environment: { EDITOR: editor, VISUAL: undefined } })
    await workbench.sees('ready')
    await workbench.types('Write it').presses('enter').sees('approve once')
    await workbench.presses('e').sees('show for approval')
    await workbench
      .types('My ')
      .presses('ctrl+s')
      .sees(/\+ My first/)
    await workbench.sees('Edited by you')
    await workbench.presses('E').sees(/\+ last/)
    expect(() => desk.read('new.txt')).to.throw('ENOENT')
    await seen()
    await workbench.presses('y').sees('With yours.')
    expect(desk.read('new.txt')).to.equal('My first\nlast\n')
    expect(readByAgent(1)).to.contain('+My first').and.to.contain('-second')
  })

  it('approves the changes of a file and all the rest with two keys each, and stops with the turn', async () => {
    const edits = ['one', 'two', 'three', 'four'].map((word) =>
      edit('words.txt', word, word.toUpperCase()),
    )
    await desk.setUp([
      { calls: [...edits, bash('touch made.txt')] },
      { text: 'All five.', calls: [bash('touch more.txt'), bash('rm -rf build')] },
    ])
    desk.write(
      'words.txt',
      text(['one', '', '', '', 'two', '', '', '', 'three', '', '', '', 'four']),
    )
    const workbench = desk.opens({ columns: 80, rows: 24 })
    await workbench.sees('ready')
    await workbench.types('Go').presses('enter').sees('1 of 5')
    await workbench.sees('y approve')
    await seen()
    await workbench.presses('A').sees('y yes')
    await seen()
    await workbench.presses('y').sees('Approval: Bash')
    await workbench.seesNoMore('y yes')
    await seen()
    await workbench.presses('y').sees('1 of 2')
    expect(desk.read('words.txt').trim().split(/\n+/)).to.deep.equal([
      'ONE',
      'TWO',
      'THREE',
      'FOUR',
    ])
    await seen()
    await workbench.presses('x').sees('again')
    await workbench.presses('x').sees('Cancelled')
    expect(desk.read('made.txt')).to.equal('')
    expect(() => desk.read('more.txt')).to.throw('ENOENT')
  })

  it('leaves plan mode with an approved plan, and asks four questions in one pane', async () => {
    const options = [
      { label: 'red', description: 'warm' },
      { label: 'blue', description: 'cold' },
    ]
    const questions = ['Colour?', 'Sizes?', 'Name?', 'Sure?'].map((question) => ({
      question,
      header: question.slice(0, 4),
      options,
      multiSelect: question === 'Sizes?',
    }))
    await desk.setUp([
      { calls: [call('ExitPlanMode', { plan: '# The plan\n\n1. Write `p.txt`\n' })] },
      { calls: [write('p.txt', 'planned\n')] },
      { calls: [call('AskUserQuestion', { questions })] },
      { text: 'Blue it is.' },
    ])
    const workbench = desk.opens({ args: ['--permission-mode', 'plan'] })
    await workbench.sees('ready')
    await workbench.types('Plan').presses('enter').sees('approve, accept edits')
    await workbench.sees('1. Write p.txt')
    await seen()
    await workbench.presses('a').sees('question 1 of 4')
    await seen()
    expect(desk.read('p.txt')).to.equal('planned\n')
    await workbench.presses('j', 'enter').sees('question 2 of 4')
    await workbench.presses('space', 'j', 'space', 'enter').sees('question 3 of 4')
    await workbench.presses('o').types('日本 one').presses('enter').sees('question 4 of 4')
    await workbench.presses('space', 'enter').sees('enter send')
    await workbench.sees('日本 one')
    await workbench.presses('enter').sees('Blue it is.')
    expect(readByAgent(3)).to.contain('日本 one').and.to.contain('red, blue')
  })

  it('undoes and redoes a file on the page of changes, rewinds everything, and undoes the rewind', async () => {
    await desk.setUp([
      { calls: [edit('greet.ts', 'Helo', 'Hello'), bash('echo made > made.txt')] },
      { text: 'Changed.' },
    ])
    const workbench = desk.opens({ args: ['--permission-mode', 'bypassPermissions'] })
    await workbench.sees('ready')
    await workbench.types('Mend it').presses('enter').sees('Changed.')
    await workbench.sees('ready')
    await workbench.presses('alt+3').sees('By shell commands')
    await workbench.sees(/\+ export const greeting = "Hello"/)
    await workbench.presses('d').sees('Undo this?')
    await seen()
    await workbench.presses('y').seesNoMore('Undo this?')
    await workbench.sees('undone')
    expect(desk.read('greet.ts')).to.contain('Helo')
    await workbench.presses('ctrl+y').sees('Redo this?')
    await seen()
    await workbench.presses('y').sees(/M greet.ts +\+1 −1/)
    expect(desk.read('greet.ts')).to.contain('Hello')
    await workbench.presses('alt+1').sees('Type a message')
    await workbench.types('/rewind').presses('enter').sees('in 2 files')
    await workbench.presses('enter').sees('Conversation and files')
    await workbench.presses('enter').sees('Rewind?')
    await workbench.sees('made.txt  is deleted')
    await seen()
    await workbench.presses('y').sees('! Mend it')
    await workbench.sees('Rewound to: Mend it')
    expect(desk.read('greet.ts')).to.contain('Helo')
    expect(() => desk.read('made.txt')).to.throw('ENOENT')
    await workbench.presses('ctrl+u').types('/rewind').presses('enter').sees('Before the rewind')
    await workbench.presses('enter').sees('Conversation and files')
    await workbench.presses('enter').sees('Rewind?')
    await seen()
    await workbench.presses('y').sees('Restored: Before the rewind')
    expect(desk.read('greet.ts')).to.contain('Hello')
    expect(desk.read('made.txt')).to.equal('made\n')
  })
})

describe('A rewind in the terminal', () => {
  const desk = withProgram()

  it('that is killed, and killed again when it is continued, leaves each file old or new until it is complete', async () => {
    const names = ['a.txt', 'b.txt', 'c.txt']
    await desk.setUp([
      { text: 'Hello.' },
      { calls: names.map((name) => write(name, 'new\n')) },
      { text: 'All new.' },
    ])
    for (const name of names) desk.write(name, 'old\n')
    const args = ['--permission-mode', 'bypassPermissions']
    const starts = (killBefore: string) => {
      const node = ['--import', KILL_BEFORE_RENAME]
      return desk.opens({ args, node, environment: { KILL_BEFORE: killBefore } }).sees('ready')
    }
    const files = (): readonly string[] => names.map((name) => desk.read(name).trim())
    /** The files that the journal lists as changed. */
    const changed = async (): Promise<readonly string[]> => {
      const { stdout } = await desk.runs(['changes', '--json', '--since', '1h'])
      return JSON.parse(stdout).files.map(({ label }: { label: string }) => label)
    }
    /** `newer`: how many points the list has above the message. */
    const rewinds = async (workbench: WorkbenchDriver, newer: number) => {
      await workbench.types('/rewind').presses('enter').sees('Rewind to before')
      for (let count = 0; count < newer; count++) workbench.presses('down')
      await workbench.sees(/▸ +Make them new/)
      workbench.presses('enter')
      // Without other parts it is not asked what to rewind.
      if (newer === 0) await workbench.sees(/▸ +Conversation and files/)
      if (newer === 0) workbench.presses('enter')
      await workbench.sees('Rewind?')
      await seen()
      workbench.presses('y')
    }
    const first = await starts('')
    await first.types('Hello').presses('enter').sees('Hello.')
    await first.types('Make them new').presses('enter').sees('All new.')
    await first.sees('ready')
    await first.quits()
    const killed = await starts('b.txt')
    await rewinds(killed, 0)
    expect((await killed.pty.exit).signal).to.equal(9)
    expect(files()).to.deep.equal(['old', 'new', 'new'])
    expect(await changed()).to.deep.equal(['b.txt', 'c.txt'])

    const again = await starts('c.txt')
    await again.sees('A rewind was interrupted: Make them new.')
    await rewinds(again, 1)
    expect((await again.pty.exit).signal).to.equal(9)
    expect(files()).to.deep.equal(['old', 'old', 'new'])
    expect(await changed()).to.deep.equal(['c.txt'])

    const last = await starts('')
    await last.sees('A rewind was interrupted: Make them new.')
    await rewinds(last, 2)
    await last.sees('Rewound to: Make them new')
    await last.sees('! Make them new')
    expect(files()).to.deep.equal(['old', 'old', 'old'])
    expect(await changed()).to.deep.equal([])
  })
})
