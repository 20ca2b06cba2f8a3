import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { dangers } from '../../../lib/permissions/messages.ts'
import { type Desktop, openDesktop } from '../../support/desktop.ts'

describe('a dangerous call', () => {
  let desk: Desktop
  afterEach(() => desk.close())

  const bash = (command: string) => ({ calls: [{ name: 'Bash', args: { command } }] })
  const built = (): boolean => existsSync(path.join(desk.project, 'build/a'))

  it('says why, and runs only at the second key', async () => {
    const files = { 'build/a': '' }
    desk = await openDesktop([bash('rm -rf build'), { text: 'Gone.' }], { files })
    desk.types('Clean').presses('enter')
    await desk.asks()
    desk.presses('f4')
    expect(desk.screen()).to.include(`! ${dangers.deletesFiles}`).and.include('y yes, once')
    desk.presses('y')
    expect(desk.screen()).to.include(`y again to allow  n no  ${dangers.deletesFiles}`)
    expect(built()).to.equal(true)
    desk.presses('y')
    await desk.sees('Gone.')
    expect(built()).to.equal(false)
  })

  it('asks anew after a look elsewhere, and takes a no at once', async () => {
    desk = await openDesktop([bash('sudo ls'), { text: 'Then not.' }])
    desk.types('List').presses('enter')
    await desk.asks()
    desk.presses('f4', 'y', 'f6', 'f4')
    expect(desk.screen()).to.include('y yes, once').and.not.include('again to allow')
    desk.presses('y', 'n')
    await desk.sees('Then not.')
    expect(desk.screen()).to.include('you said no')
  })

  it('is not every call: others run at one key', async () => {
    desk = await openDesktop([bash('touch made'), { text: 'Made.' }])
    desk.types('Make').presses('enter')
    await desk.asks()
    desk.presses('f4', 'y')
    await desk.sees('Made.')
  })
})
