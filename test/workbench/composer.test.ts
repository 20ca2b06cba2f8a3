import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { COMPOSER_TITLES } from '../../ui/messages/command-titles/composer.ts'
import { DRAFT_RESTORED } from '../../ui/messages/composer.ts'
import { withProgram } from '../support/with-program.ts'

describe('A message that was being written', () => {
  const desk = withProgram()

  /** Waits until a file of drafts contains the text. */
  const saved = async (text: string): Promise<void> => {
    const directory = path.join(desk.home, '.letta/message-drafts')
    const files = (): readonly string[] => (existsSync(directory) ? readdirSync(directory) : [])
    const contents = (): readonly string[] =>
      files()
        .filter((name) => name.endsWith('.json'))
        .map((name) => readFileSync(path.join(directory, name), 'utf8'))
    while (!contents().some((one) => one.includes(text))) await delay(20)
  }

  it('is there again, and not sent, after the program was killed', async () => {
    await desk.setUp([{ text: 'I begin', hang: true }])
    const first = desk.opens()
    await first.sees('ready')
    await first.types('Go').presses('enter').sees('I begin')
    first.types('to be queued').presses('enter')
    await first.sees(/⋯ .*to be queued/)
    await first.types('half a sen').sees('half a sen')
    // The text is on the disk when the next one is typed after the delay.
    await saved('half a sen')
    await first.dies('SIGKILL')
    const second = desk.opens()
    await second.sees(DRAFT_RESTORED)
    await second.sees('half a sen')
    await second.sees('to be queued')
  })

  it('is there again as it was when a signal or the end of the terminal ends the program right after a key', async () => {
    await desk.setUp([])
    for (const end of ['SIGTERM', 'hangup'] as const) {
      const workbench = desk.opens()
      await workbench.sees('ready')
      await workbench.types('written first').sees('written first')
      await saved('written first')
      await workbench.presses('ctrl+u').seesNoMore('written first')
      await workbench.types(`before the ${end}`).sees(`before the ${end}`)
      await (end === 'hangup' ? workbench.hangsUp() : workbench.dies(end))
      const next = desk.opens()
      await next.sees(DRAFT_RESTORED)
      await next.sees(`before the ${end}`)
      expect(next.screen()).not.to.include('written first')
      await next.presses('ctrl+u').seesNoMore(`before the ${end}`)
      await next.quits()
    }
  })

  it('is what is left of the text that is typed, deleted and corrected while the program starts', async () => {
    await desk.setUp([])
    const workbench = desk.opens()
    workbench.types('Zqq').presses('ctrl+u').types('abc').presses('backspace', 'backspace')
    await workbench.sees(/› a\s/)
    // The first frame is shown, and the agent is not open yet.
    workbench.presses('ctrl+u').types('bcd').presses('backspace', 'left').types('X')
    await workbench.sees(/› bXc\s/)
    await workbench.sees('ready')
    expect(workbench.screen())
      .to.match(/› bXc\s/)
      .and.not.include('Zq')
  })

  it('names files by some of their letters, and sends lines of one with it', async () => {
    await desk.setUp([{ text: 'Read.' }])
    desk.write('lib/deep/settings-file.ts', 'one\ntwo\nthree\nfour\n')
    const workbench = await desk.opens({ built: true }).sees('ready')
    await workbench.types('Read @setfi').sees('▸ lib/deep/settings-file.ts')
    await workbench.presses('tab').sees('› Read @lib/deep/settings-file.ts')
    await workbench.presses('ctrl+u').types('Read @+lib/deep/settings-file.ts:2-3').presses('enter')
    await workbench.sees('Read.')
    const sent = JSON.stringify(desk.model.requests.at(-1)?.body.messages)
    expect(sent).to.include('two').and.include('three').and.not.include('four')
  })

  it('has a box above it after the first key of a longer binding, which shows what each next key does', async () => {
    await desk.setUp([])
    const workbench = desk.opens()
    await workbench.sees('ready')
    const title = COMPOSER_TITLES['composer.edit']
    await workbench
      .types('a')
      .presses('ctrl+x')
      .sees(new RegExp(`│ .*ctrl\\+e +${title}.*│`))
    await workbench.types('b').seesNoMore(title)
    expect(workbench.screen()).to.match(/› ab\s/)
  })
})
