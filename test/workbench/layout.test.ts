// cspell:ignore chthm
import { expect } from 'chai'
import { APPROVAL_TITLES } from '../../ui/messages/command-titles/approval.ts'
import { CONVERSATION_TITLES } from '../../ui/messages/command-titles/conversation.ts'
import { PICKER_TITLES } from '../../ui/messages/program.ts'
import { toolTexts } from '../../ui/view/messages/conversation.ts'
import { dialogTexts } from '../../ui/view/messages/dialogs.ts'
import type { WorkbenchDriver } from '../support/program.ts'
import { withProgram } from '../support/with-program.ts'

const read = (file: string) => ({ name: 'Read', args: { file_path: file } })
const EDIT = {
  name: 'Edit',
  args: { file_path: 'greet.ts', old_string: 'Helo', new_string: 'Hello' },
}
const todo = (content: string, status: string, id: string) => ({ content, status, id })
const todos = (second: string) => ({
  name: 'TodoWrite',
  args: { todos: [todo('Look', 'completed', '1'), todo('Mend it', second, '2')] },
})

/** The row of the screen with a text; the order of texts from top to bottom. */
const rowOf = ({ pty }: WorkbenchDriver, text: string): number =>
  pty.screen().findIndex((row) => row.includes(text))
const expectBelowEachOther = (workbench: WorkbenchDriver, ...texts: readonly string[]): void => {
  const rows = texts.map((text) => rowOf(workbench, text))
  expect(rows, workbench.screen()).to.not.include(-1)
  expect(rows).to.deep.equal(rows.toSorted((a, b) => a - b))
}

describe('The layout of the workbench', () => {
  const desk = withProgram()

  it('has the place, the pages with their counts, model, gauge and cost in one row, and opens each page by key', async () => {
    await desk.setUp([
      { calls: [EDIT] },
      { text: 'Mended.', usage: { prompt: 70_000, completion: 4000 } },
    ])
    const args = ['--permission-mode', 'acceptEdits', '--model', 'openai/gpt-4o']
    const workbench = await desk.opens({ args, built: true }).sees('ready')
    await workbench.types('Mend it').presses('enter').sees('Mended.')
    const header = () => workbench.pty.screen()[0] ?? ''
    await workbench.pty.waitFor(() => header().includes('Changes +1'))
    await workbench.pty.waitFor(() => /74k/.test(header()))
    expect(header()).to.match(
      /^ project {3}⎇ \S+ ✱\d+ {4}1 Chat {2}2 Memory {2}3 Changes \+1 {2}4 Skills {2}5 Jobs {2}6 Agents +gpt-4o +[█▏▎▍▌▋▊▉░]{8} +74k\/128k +\$0\.\d+$/u,
    )
    for (const [key, shown] of [
      ['alt+2', 'BLOCKS'],
      ['alt+3', 'M greet.ts'],
      ['alt+4', 'web/scraper/SKILL.MD'],
      ['alt+5', 'No background jobs'],
      ['alt+1', 'Mended.'],
      ['f1', dialogTexts.filter],
    ] as const) {
      await workbench.presses(key).sees(shown)
    }
  })

  it('has an approval between conversation and message next to all panes, and above all of them in a smaller terminal', async () => {
    await desk.setUp([
      { text: 'I look.', calls: ['README.md', 'greet.ts', 'README.md', 'greet.ts'].map(read) },
      { text: 'I mend.', calls: [todos('in_progress'), EDIT] },
      { text: 'Mended.', calls: [todos('completed')] },
      { text: 'All done.' },
    ])
    const workbench = await desk.opens({ built: true, columns: 120 }).sees('ready')
    await workbench.types('Mend it').presses('enter').sees('approve once')
    // Calls of one step follow each other, with what came of them at the right; the list of tasks is in the side column.
    const grouped = new RegExp(
      [
        toolTexts.group({ looked: 4, ran: 0, changed: 0, memory: 0, other: 0 }),
        ...['README.md', 'greet.ts', 'README.md', 'greet.ts'].map(
          (file) => `● Read {2}${file} .* 1 line {2}│.*`,
        ),
      ].join('.*\\n *'),
    )
    expect(workbench.screen()).to.match(grouped)
    expect(workbench.screen()).to.match(/─ Tasks ─+ 1\/2 ─\n.*│ {3}✔ Look\s*\n.*│ {3}▸ Mend it/)
    for (const text of ['─ Tasks', '─ Memory', '─ Skills', 'Web Scraper']) {
      expectBelowEachOther(workbench, text, 'Approval: Edit greet.ts', '─ Message')
    }
    workbench.pty.resize(119, 45)
    await workbench.seesNoMore('─ Memory')
    expect(rowOf(workbench, 'Approval: Edit')).to.equal(1)
    expectBelowEachOther(workbench, 'Approval: Edit', '─ Message')
    workbench.pty.resize(120, 45)
    await workbench.sees('─ Memory')
    await workbench.presses('z').seesNoMore('─ Memory')
    expect(rowOf(workbench, 'Approval: Edit')).to.equal(1)
    await workbench.presses('z').sees('─ Memory')
    workbench.pty.resize(100, 45)
    await workbench.seesNoMore('─ Memory')
    await workbench.sees('y approve once')
    await workbench.presses('y').sees('All done.')
    await workbench.sees('─ Memory')
    expect(workbench.screen()).to.not.include('Approval:')
  })

  it('fills the main area with the part that has the focus and back by one key, and says in the last row what each can do', async () => {
    await desk.setUp([{ text: 'Here.' }])
    const workbench = await desk.opens({ built: true }).sees('ready')
    await workbench.types('Hello').presses('enter').sees('Here.')
    const lastRow = () => workbench.pty.screen().at(-1) ?? ''
    const hints: string[] = []
    for (const [key, title] of [
      ['f2', '▸ Memory ━'],
      ['f3', '▸ Skills ━'],
      ['f5', '▸ project · Hello ━'],
    ] as const) {
      await workbench.presses(key).sees(title)
      await workbench.pty.waitFor(() => lastRow().includes('? keys'))
      hints.push(lastRow())
      const row = rowOf(workbench, title)
      workbench.presses('z')
      await workbench.pty.waitFor(
        () => rowOf(workbench, title) === 1 && !/[┬┭┮]/.test(workbench.screen()),
      )
      workbench.presses('z')
      await workbench.pty.waitFor(
        () => rowOf(workbench, title) === row && /[┬┭┮]/.test(workbench.screen()),
      )
    }
    expect(new Set(hints)).to.have.lengthOf(3)
    // The help begins with the keys of the focused pane, and finds a key by what it does.
    await workbench.presses('?').sees(dialogTexts.filter)
    expect(rowOf(workbench, 'Conversation')).to.equal(rowOf(workbench, dialogTexts.filter) + 2)
    expect(workbench.screen()).to.include(CONVERSATION_TITLES['entry.next'])
    await workbench.types('always').seesNoMore(CONVERSATION_TITLES['entry.next'])
    expect(workbench.screen()).to.include(APPROVAL_TITLES['approval.always'])
    await workbench.presses('escape').seesNoMore(APPROVAL_TITLES['approval.always'])
    // The list of all commands finds them by some of their letters, and names their keys.
    await workbench.presses('ctrl+p').sees(PICKER_TITLES.commands)
    await workbench.types('chthm').sees(/▸ +Choose theme +\/theme/)
    const found = workbench.pty.runs()[rowOf(workbench, '▸   Choose theme')] ?? []
    expect(found.filter(({ bold }) => bold).map(({ text }) => text)).to.deep.equal([
      'Ch',
      'th',
      'm',
    ])
  })

  it('has tables as wide as their contents or as records, code with its language and key, lists of tasks, and what arrives of a call', async () => {
    const cells = (text: (at: number) => string) =>
      `| ${Array.from({ length: 12 }, (_, at) => text(at)).join(' | ')} |`
    const wide = [cells((at) => `c${at}`), '|---'.repeat(12), cells((at) => `a long value ${at}`)]
    const text = [
      '| name | does |\n|---|---|\n| add | adds |',
      wide.join('\n'),
      '- a bullet\n- [x] one\n- [ ] two',
      '> quoted',
      '```ts\nconst a = 1\n```',
    ].join('\n\n')
    const rows = Array.from({ length: 84 }, (_, at) => `row ${at}`).join('\\n')
    const write = { name: 'Write', deltas: ['{"file_path":"long.md","content":"', rows] }
    await desk.setUp([{ text }, { calls: [write], hang: true }])
    const workbench = await desk.opens({ built: true, columns: 110 }).sees('ready')
    await workbench.types('Show').presses('enter').sees('const a = 1')
    await workbench.sees('ready')
    await workbench.presses('f5').sees(/▎ ┌ ts ─+ y copies/)
    for (const drawn of [
      /name │ does\s.*\n.*─────┼─────.*\n.*add {2}│ adds\s/,
      /c0: a long value 0 .*\n.*c1: a long value 1 /,
      /• a bullet .*\n.*✔ one .*\n.*○ two /,
      /▎ ▎ quoted /,
    ]) {
      expect(workbench.screen()).to.match(drawn)
    }
    await workbench
      .presses('f6')
      .types('Write it')
      .presses('enter')
      .sees(/Write long\.md .*84 lines/)
    expect(workbench.screen()).to.not.include('file_path')
  })
})
