import { Readable } from 'node:stream'
import { expect } from 'chai'
import { readPipedText } from '../../bin/io/stdin.ts'
import { STDIN_NOT_UTF8 } from '../../bin/messages.ts'
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

  it('is refused when it is not UTF-8', async () => {
    for (const bytes of [Buffer.from('caf\xe9', 'latin1'), Buffer.from([0xff, 0xfe, 0x61, 0])]) {
      const thrown = (await rejection(piped(bytes))) as UserError
      expect(thrown.message).to.equal(STDIN_NOT_UTF8)
    }
  })
})
