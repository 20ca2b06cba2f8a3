import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { type Desktop, openDesktop } from '../../support/desktop.ts'

describe('commands about the look', () => {
  let desk: Desktop
  afterEach(() => desk.close())

  const own = (folder: string, name: string): void => {
    mkdirSync(path.join(desk.home, '.letta', folder), { recursive: true })
    writeFileSync(path.join(desk.home, '.letta', folder, `${name}.json`), '{"inherits":"default"}')
  }
  const saved = (): unknown => desk.settings('home', 'settings.json')

  it('/stream shows answers whole, and keeps that for the next start', async () => {
    desk = await openDesktop([
      { text: ['I begin', ' and'], hang: true },
      { text: ['I begin', ' and end.'] },
    ])
    desk.types('/stream').presses('enter')
    await desk.sees('Answers are shown whole.')
    expect(saved()).to.include({ tokenStreaming: false })
    desk.types('Go').presses('enter')
    await desk.root.when(
      ({ session }) => session.current.some((one) => one.type === 'assistant') || undefined,
    )
    expect(await desk.sees('answering')).to.not.include('I begin')
    desk.presses('escape')
    await desk.sees('I begin')
    desk.types('Again').presses('enter')
    await desk.sees('I begin and end.')
    desk.types('/stream').presses('enter')
    await desk.sees('Answers are shown as they come.')
    expect(saved()).to.include({ tokenStreaming: true })
  })

  it('/keymap lists ours and the user’s, the present one marked, and takes the choice', async () => {
    desk = await openDesktop()
    own('keymaps', 'mine')
    desk.types('/keymap ').presses('enter')
    const shown = await desk.sees('yours: ~/.letta/keymaps/mine.json')
    expect(shown).to.match(/● default[\s\S]* vim[\s\S]* mine/)
    desk.types('vim').presses('enter')
    await desk.sees('The keys are those of the keymap "vim" now.')
    expect(desk.done).to.deep.equal(['keymap vim'])
    expect(saved()).to.include({ keymap: 'vim' })
  })

  it('/theme takes a name at once, and keeps it', async () => {
    desk = await openDesktop()
    own('themes', 'sepia')
    desk.types('/theme ').presses('enter')
    expect(await desk.sees('yours: ~/.letta/themes/sepia.json')).to.match(/● dark/)
    desk.presses('escape').types('/theme light').presses('enter')
    expect(desk.done).to.deep.equal(['theme light'])
  })
})
