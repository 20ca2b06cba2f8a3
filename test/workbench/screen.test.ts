import { mkdirSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { ATTENTION, MOUSE_OFF, PICKER_TITLES } from '../../ui/messages/program.ts'
import { composerTexts } from '../../ui/view/messages/composer.ts'
import type { WorkbenchDriver } from '../support/program.ts'
import { withProgram } from '../support/with-program.ts'

/** The rows from the first message on to the last error. */
function conversationOf(screen: string): readonly string[] {
  const rows = screen.split('\n').flatMap((row) => (row.trim() === '' ? [] : [row.trimEnd()]))
  const from = rows.findIndex((row) => row.includes('▌ Go on'))
  return rows.slice(from, rows.findIndex((row) => row.includes('No such thing')) + 1)
}

describe('The screen of the workbench', () => {
  const desk = withProgram()

  it('shows all panes side by side when it is large enough', async () => {
    await desk.setUp()
    const workbench = desk.opens({ columns: 140, rows: 45 })
    await workbench.sees('ready')
    for (const title of ['Memory', 'Skills', 'Message', 'persona', 'Web Scraper']) {
      expect(workbench.screen()).to.contain(title)
    }
  })

  for (const [columns, rows] of [
    [80, 24],
    [60, 15],
    [40, 10],
  ] as const) {
    it(`shows the conversation and the message at ${columns}×${rows}, other panes on request`, async () => {
      await desk.setUp()
      const workbench = desk.opens({ columns, rows })
      await workbench.sees('ready')
      expect(workbench.screen()).to.contain('Message').and.to.not.contain('Web Scraper')
      expect(workbench.screen()).to.match(/2 memory.* 4 skills/i)
      await workbench.presses('f2').sees('persona')
    })
  }

  it('is laid out again when the terminal changes its size', async () => {
    await desk.setUp()
    const workbench = desk.opens({ columns: 80, rows: 24 })
    await workbench.sees('ready')
    workbench.pty.resize(140, 45)
    await workbench.sees('Web Scraper')
    workbench.pty.resize(60, 15)
    await workbench.seesNoMore('Web Scraper')
  })

  it('shows a conversation after a restart as before: diffs, failed calls, errors, tasks and what turns cost', async () => {
    const todo = (content: string, status: string, id: string) => ({ content, status, id })
    const todos = [todo('Look', 'completed', '1'), todo('Edit', 'in_progress', '2')]
    await desk.setUp([
      {
        text: 'I look.',
        calls: [
          { name: 'Write', args: { file_path: 'made.txt', content: 'one\ntwo\n' } },
          { name: 'Read', args: { file_path: 'missing.txt' } },
          { name: 'Bash', args: { command: 'echo out; exit 3' } },
          { name: 'TodoWrite', args: { todos } },
        ],
      },
      { text: 'Done so far.', usage: { prompt: 900, completion: 77 } },
      { error: { status: 400, body: { error: { message: 'No such thing' } } } },
    ])
    const args = ['--permission-mode', 'bypassPermissions']
    const size = { columns: 120, rows: 60 }
    /** What is counted in the header. */
    const countsOf = (screen: string): readonly string[] =>
      /3 Changes (.*?) {2}.* ([\d.k]+\/\S+)/.exec(screen)?.slice(1) ?? []
    const first = await desk.opens({ args, ...size }).sees('ready')
    await first
      .types('Go on')
      .presses('enter')
      .sees(/Done so far\..*tokens/)
    await first
      .types('And then')
      .presses('enter')
      .sees(/No such thing/)
    await first.sees('ready')
    const before = conversationOf(first.screen())
    expect(before.join('\n')).to.match(/\+2 .*\n.*1 \+ one/)
    const counts = countsOf(first.screen())
    expect(counts).to.deep.equal(['+2', '977/128k'])
    const changesOf = (screen: string) => /─ Changes ─+ (.*?) ─/.exec(screen)?.[1]
    expect(changesOf(first.screen())).to.equal('1 file  +2')
    await first.quits()
    const again = await desk.opens({ args, ...size }).sees('Resumed')
    await again.sees('No such thing')
    await again.sees(/3 Changes \+2/)
    expect(again.screen()).to.match(/─ Changes ─+ 1 file {2}\+2 ─/)
    expect(countsOf(again.screen())).to.deep.equal(counts)
    expect(changesOf(again.screen())).to.equal('1 file  +2')
    expect(conversationOf(again.screen())).to.deep.equal(before)
    expect(again.screen()).to.include('▸ Edit')
  })

  it('is used with the mouse: tabs, calls, the lists of dialogs and the wheel', async () => {
    await desk.setUp([
      { calls: [{ name: 'Bash', args: { command: 'seq 1 40' } }] },
      { text: 'Counted.' },
    ])
    const args = ['--permission-mode', 'bypassPermissions']
    const workbench = await desk.opens({ args }).sees('ready')
    const click = (text: string): void => {
      const rows = workbench.pty.screen()
      const y = rows.findIndex((row) => row.includes(text))
      workbench.pty.click(rows[y]?.indexOf(text) ?? 0, y)
    }
    await workbench.types('Count').presses('enter').sees('Counted.')
    await workbench.sees('ready')
    click('2 Memory')
    await workbench.sees('BLOCKS')
    click('1 Chat')
    await workbench.sees('seq 1 40')
    await workbench.seesNoMore('│ 20')
    click('Bash  seq 1 40')
    await workbench.sees('│ 20')
    await workbench.presses('f1').sees('Type to filter')
    const help = (): string | undefined => workbench.pty.screen()[5]
    const top = help()
    workbench.pty.wheel('down', 70, 20)
    await workbench.pty.waitFor(() => help() !== top)
    await workbench.presses('escape').seesNoMore('Type to filter')
    await workbench.presses('f6').types('/mouse').presses('enter').sees(MOUSE_OFF)
    expect(workbench.pty.modes().mouse).to.equal('none')
    await workbench.quits()
    const again = await desk.opens({ args }).sees('ready')
    expect(again.pty.modes().mouse).to.equal('none')
  })

  it('calls for attention by bell and notification when it has no focus, and not when it has', async () => {
    await desk.setUp([
      { text: 'One.' },
      { calls: [{ name: 'Bash', args: { command: 'touch made' } }] },
      { text: 'Two.' },
      { text: 'Three.' },
    ])
    const environment = { TERM_PROGRAM: 'WezTerm' }
    const workbench = await desk.opens({ built: true, environment }).sees('ready')
    const notified = (): readonly string[] =>
      [...workbench.pty.raw().matchAll(/\x07\x1b\]9;letta: (.*?)\x07/g)].map(
        ([, text = '']) => text,
      )
    await workbench.types('One').presses('enter').sees('One.')
    await workbench.sees('ready')
    const [gone, back] = ['\x1b[O', '\x1b[I']
    await workbench.types(gone).types('Two').presses('enter').sees('approve once')
    const asked = ATTENTION.approval('project', 'Bash')
    expect(notified()).to.deep.equal([asked])
    await workbench.types(back).presses('f4', 'y').sees('Two.')
    await workbench.sees('ready')
    expect(notified()).to.deep.equal([asked])
    await workbench.types(gone).types('Three').presses('enter').sees('Three.')
    await workbench.sees('ready')
    expect(notified()).to.deep.equal([asked, ATTENTION.done('project')])
  })

  it('has no colors with NO_COLOR, and those of the terminal where it has 16, but marks what is selected', async () => {
    await desk.setUp()
    const foregrounds = async (environment: Readonly<Record<string, string | undefined>>) => {
      const workbench = await desk.opens({ built: true, environment }).sees('ready')
      await workbench.presses('alt+2').sees('BLOCKS')
      const runs = workbench.pty.runs().flat()
      const selected = runs.filter(({ text }) => text.includes('2 Memory'))
      await workbench.quits()
      return { colors: new Set(runs.flatMap(({ fg, bg }) => [fg, bg])), selected }
    }
    const none = await foregrounds({ NO_COLOR: '1' })
    expect([...none.colors]).to.deep.equal([null])
    expect(none.selected.map(({ inverse }) => inverse)).to.deep.equal([true])
    const few = await foregrounds({ FORCE_COLOR: '1' })
    expect([...few.colors].filter((color) => color !== null && Number(color) > 15)).to.deep.equal(
      [],
    )
    expect(few.colors.size).to.be.greaterThan(4)
  })

  it('keeps the width of the side column that is set by key, at the next start as well', async () => {
    await desk.setUp()
    const edge = ({ screen }: WorkbenchDriver): number =>
      (screen().split('\n')[1] ?? '').search(/[┬┭┮]/)
    const workbench = await desk.opens({ built: true }).sees('persona')
    const before = edge(workbench)
    workbench.presses('f5', 'alt+left', 'alt+left')
    await workbench.pty.waitFor(() => edge(workbench) > 0 && edge(workbench) < before - 12)
    const wide = edge(workbench)
    await workbench.quits()
    const again = await desk.opens({ built: true }).sees('persona')
    await again.pty.waitFor(() => edge(again) === wide)
  })

  it('opens without any model, and shows how to connect one', async () => {
    await desk.setUp()
    const none = { OPENAI_API_KEY: undefined, OPENAI_BASE_URL: undefined }
    const workbench = desk.opens({ environment: none })
    await workbench.sees(PICKER_TITLES.firstStart)
    await workbench.sees('ANTHROPIC_API_KEY')
    await workbench.presses('escape').seesNoMore(PICKER_TITLES.firstStart)
    await workbench.sees(composerTexts.withoutModel('c'))
    expect(await workbench.quits()).to.equal(0)
  })

  it('has the light theme when the terminal reports a light background, unless the user has set another', async () => {
    await desk.setUp()
    const colorsOf = async (settings: string): Promise<readonly unknown[]> => {
      writeFileSync(path.join(desk.home, '.letta', 'settings.json'), settings)
      const workbench = desk.opens({ environment: { COLORTERM: 'truecolor' } })
      await workbench.sees('ready')
      const color = (): unknown => workbench.pty.colorAt(0, 1)
      const before = color()
      workbench.pty.type('\u001b]11;rgb:ffff/ffff/ffff\u001b\\')
      if (settings === '{}') await workbench.pty.waitFor(() => color() !== before)
      await workbench.types('x').sees('› x')
      const after = color()
      // So does a change that it reports.
      if (settings === '{}') {
        workbench.pty.type('\u001b[?997;1n')
        await workbench.pty.waitFor(() => color() === before)
      }
      await workbench.presses('backspace').quits()
      return [before, after]
    }
    mkdirSync(path.join(desk.home, '.letta'))
    const [dark, light] = await colorsOf('{}')
    expect(light).to.not.equal(dark)
    expect(await colorsOf('{"theme":"dark"}')).to.deep.equal([dark, dark])
  })

  it('sends no hostile text of the model to the terminal', async () => {
    const text = 'before\u001b]0;owned\u0007\u001b[?1049l\u009d52;c;eA==\u009cafter'
    await desk.setUp([{ text: [text] }])
    const workbench = desk.opens()
    await workbench.sees('ready')
    await workbench.types('Attack').presses('enter').sees('after')
    expect(workbench.pty.modes()).to.include({ alternateScreen: true })
    expect(workbench.pty.modes().title).to.not.contain('owned')
    expect(workbench.pty.raw()).to.not.contain('\u001b]0;owned')
  })

  it('is restored on SIGTERM, with its exit code', async () => {
    await desk.setUp()
    const workbench = desk.opens({ columns: 80, rows: 24 })
    await workbench.sees('ready')
    expect((await workbench.dies('SIGTERM')).code).to.equal(143)
    expect(workbench.pty.modes()).to.include({ alternateScreen: false, mouse: 'none' })
  })

  it('ends with its terminal, like a hangup, without a core file', async () => {
    await desk.setUp()
    const workbench = desk.opens({ columns: 80, rows: 24 })
    await workbench.sees('ready')
    expect((await workbench.hangsUp()).signal).to.equal(constants.signals.SIGHUP)
  })

  it('is restored after an internal error, which is shown', async () => {
    await desk.setUp()
    const bug = path.join(desk.home, 'bug.mjs')
    writeFileSync(
      bug,
      "process.on('SIGUSR2', () => { setImmediate(() => { throw new Error('a bug to find') }) })\n",
    )
    const workbench = desk.opens({ node: ['--import', bug], columns: 80, rows: 24 })
    await workbench.sees('ready')
    expect((await workbench.dies('SIGUSR2')).code).to.equal(70)
    expect(workbench.pty.modes()).to.include({ alternateScreen: false, mouse: 'none' })
    expect(workbench.screen()).to.contain('a bug to find')
  })
})

describe('An agent that the server does not know', () => {
  const desk = withProgram()

  it('can be replaced by another or a new one', async () => {
    await desk.setUp([{ text: 'Here I am.' }])
    const lost = 'agent-00000000-0000-4000-8000-000000000000'
    const workbench = desk.opens({ args: ['--agent', lost], columns: 100, rows: 30 })
    await workbench.sees(PICKER_TITLES.missingAgent)
    await workbench.presses('enter').sees('ready')
    await workbench.types('Hello').presses('enter').sees('Here I am.')
    expect(await workbench.quits()).to.equal(0)
  })
})
