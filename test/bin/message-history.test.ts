import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { PICKER_TITLES } from '../../ui/messages/program.ts'
import { withProgram } from '../support/with-program.ts'

describe('The messages of earlier sessions', () => {
  const desk = withProgram()

  it('come back with the up key after the program was killed, and can be searched', async () => {
    await desk.setUp([{ text: 'First answer.' }, { text: 'Second answer.' }])
    const first = desk.opens()
    await first.sees('ready')
    await first.types('zebra one').presses('enter').sees('First answer.')
    await first
      .types('tiger two')
      .presses('enter')
      .sees(/Second answer\.[\s\S]*ready/)
    const file = path.join(desk.home, '.letta', 'history.jsonl')
    await first.dies('SIGKILL')
    expect(readFileSync(file, 'utf8')).to.include('tiger two')
    const second = desk.opens()
    await second.sees('Second answer.')
    await second.presses('up').sees('› tiger two')
    await second.presses('up').sees('› zebra one')
    await second.presses('ctrl+u', 'ctrl+r').sees(PICKER_TITLES.messages)
    await second.types('tig').presses('enter').sees('› tiger two')
    expect((statSync(file).mode & 0o777).toString(8)).to.equal('600')
    await second.presses('ctrl+u').quits()
  })
})
