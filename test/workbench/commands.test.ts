import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { keymapSet, PICKER_TITLES, unknownSlashCommand } from '../../ui/messages/program.ts'
import { withProgram } from '../support/with-program.ts'
import { withWorkbench } from '../support/with-workbench.ts'

describe('The workbench', () => {
  const desk = withProgram()

  it(
    'suggests commands and files while they are typed, and names the file to the agent',
    withWorkbench({ answers: [{ text: 'It greets.' }], files: { 'greet.ts': '' } }, (workbench) =>
      workbench
        .type('/')
        .expectScreen('▸ /help')
        .type('ren')
        .expectScreen('▸ /rename <name>')
        .press('enter')
        .expectMessage('/rename ')
        .submit('Ada')
        .expectScreen('─ Ada ─')
        .type('Read @gre')
        .expectScreen('▸ greet.ts')
        .press('tab')
        .expectMessage('Read @greet.ts ')
        .press('enter')
        .expectScreen('It greets.')
        .check(({ endpoint }) =>
          expect(JSON.stringify(endpoint.requests[0]?.body.messages)).to.contain('Read @greet.ts'),
        ),
    ),
  )

  it('runs a command that is given as its argument, and sends a path as a message', async () => {
    await desk.setUp([{ text: 'A folder.' }])
    const workbench = desk.opens({ args: ['/rename', 'Ada Lovelace'] })
    await workbench.sees('─ Ada Lovelace ─')
    expect(desk.model.requests).to.deep.equal([])
    await workbench.quits()
    const slip = desk.opens({ args: ['/renam'] })
    await slip.sees(unknownSlashCommand('renam', ['rename']))
    await slip.quits()
    await desk.opens({ args: ['/usr/bin', 'is what?'] }).sees('A folder.')
  })

  it('runs a prompt file of the user that is given as its argument', async () => {
    await desk.setUp([{ text: 'Looks good.' }])
    mkdirSync(`${desk.home}/.letta/commands`, { recursive: true })
    writeFileSync(`${desk.home}/.letta/commands/review.md`, 'Review $ARGUMENTS closely.\n')
    await desk.opens({ args: ['/review greet.ts'] }).sees('Looks good.')
    expect(JSON.stringify(desk.model.requests[0]?.body.messages)).to.contain(
      'Review greet.ts closely.',
    )
  })

  it('applies another keymap and another theme at once, and again at the next start', async () => {
    await desk.setUp()
    const workbench = desk.opens({ columns: 100, rows: 30 })
    await workbench.sees('ready')
    await workbench.types('/keymap vim').presses('enter').sees(keymapSet('vim'))
    // The first Escape leaves the insert mode, the second one the message.
    await workbench.presses('escape').sees('NORMAL')
    await workbench.presses('escape').sees('▸ project')
    await workbench.presses('i').types('/theme lihgt').presses('enter').sees('Did you mean light?')
    await workbench.types('/theme light').presses('enter').seesNoMore('› /theme')
    await workbench.quits()
    const again = desk.opens({ columns: 100, rows: 30 })
    await again.sees('ready')
    await again.presses('escape').sees('NORMAL')
    await again.presses('escape').sees('▸ project')
    await again.presses('i')
    expect(await again.quits()).to.equal(0)
  })

  it('shows each theme while the list of themes is moved through, and the one before after escape', async () => {
    await desk.setUp()
    const workbench = await desk.opens({ columns: 100, rows: 30, built: true }).sees('ready')
    // The line of a title has the color of borders, which differs from theme to theme.
    const border = (): unknown => workbench.pty.colorAt(99, 1)
    const before = border()
    const changesTo = (isWanted: (color: unknown) => boolean) =>
      workbench.pty.waitFor(() => isWanted(border()))
    const openThemes = async (): Promise<void> => {
      await workbench.presses('ctrl+p').sees(PICKER_TITLES.commands)
      await workbench.types('choose theme').sees(/▸ +Choose theme/)
      await workbench.presses('enter').sees(PICKER_TITLES.theme)
    }
    await openThemes()
    workbench.types('nord')
    await changesTo((color) => color !== before)
    const nord = border()
    workbench.presses('ctrl+u').types('gruvbox')
    await changesTo((color) => color !== before && color !== nord)
    workbench.presses('escape')
    await changesTo((color) => color === before)
    await openThemes()
    workbench.types('nord').presses('enter')
    await workbench.quits()
    const settings = readFileSync(`${desk.home}/.letta/settings.json`, 'utf8')
    expect(settings).to.include('"theme": "nord"')
  })
})
