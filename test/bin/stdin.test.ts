import { Readable } from 'node:stream'
import { mock } from 'node:test'
import { expect } from 'chai'
import { readPipedText } from '../../bin/io/stdin.ts'
import { STDIN_NOT_UTF8, STDIN_SILENT } from '../../bin/messages.ts'
import type { UserError } from '../../lib/util/user-error.ts'
import { rejection } from '../support/rejection.ts'

describe('Piped text', () => {
  const piped = (...chunks: readonly Buffer[]): Promise<string | null> =>
    readPipedText(Readable.from(chunks), false, () => undefined)

  it('is read as UTF-8, however it is split, without the white space around it', async () => {
    const bytes = Buffer.from('\uFEFF \n naïve 漢😀 \n')
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(await piped(bytes.subarray(0, cut), bytes.subarray(cut))).to.equal('naïve 漢😀')
    }
    expect(await piped()).to.equal('')
  })

  it('is nothing where standard input is closed', async () => {
    const closed = Object.assign(Readable.from([Buffer.from('never read')]), { fd: 2 ** 20 })
    expect(await readPipedText(closed, false, () => undefined)).to.equal(null)
  })

  it('is not waited for when a prompt was typed and the pipe stays silent', async () => {
    mock.timers.enable({ apis: ['setTimeout'] })
    try {
      const notices: string[] = []
      const silent = new Readable({ read: () => undefined })
      const read = readPipedText(silent, true, (notice) => notices.push(notice))
      mock.timers.tick(3000)
      expect([await read, notices]).to.deep.equal([null, [STDIN_SILENT]])
    } finally {
      mock.timers.reset()
    }
  })

  it('is refused when it is not UTF-8', async () => {
    for (const bytes of [Buffer.from('caf\xe9', 'latin1'), Buffer.from([0xff, 0xfe, 0x61, 0])]) {
      const thrown = (await rejection(piped(bytes))) as UserError
      expect(thrown.message).to.equal(STDIN_NOT_UTF8)
    }
  })
})
