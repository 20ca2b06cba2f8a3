import { mkdirSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { openShell, type Shell } from '../support/command-line.ts'

describe('letta --demo', () => {
  const usual = process.env['TMPDIR']
  let shell: Shell
  before(async () => {
    shell = await openShell()
  })
  after(async () => {
    if (usual === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = usual
    await shell.close()
  })

  it('leaves no directory behind, also when a later part of the command line is not valid', async () => {
    shell.write('notes.txt', 'mine')
    const temporary = path.join(shell.project, 'temporary')
    mkdirSync(temporary)
    process.env['TMPDIR'] = temporary
    const codes: number[] = []
    for (const more of [[], ['--skills', 'nowhere'], ['--record', 'notes.txt']]) {
      codes.push((await shell.letta(['-p', 'hi', '--demo', ...more])).code)
    }
    expect(codes).to.deep.equal([0, 2, 1])
    expect(readdirSync(temporary)).to.deep.equal([])
  })
})
