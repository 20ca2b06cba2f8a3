import { expect } from 'chai'
import { createHeadTailBuffer } from '../../../lib/tools/process/head-tail-buffer.ts'

const note = (omitted: number): string => `[${omitted}]`

/** A buffer of 10 bytes at either end that received this text byte by byte. */
function filled(text: string) {
  const buffer = createHeadTailBuffer(10)
  for (const byte of Buffer.from(text)) buffer.push(Buffer.of(byte))
  return buffer
}

describe('The head and tail of a stream', () => {
  it('are all of it while it is short', () => {
    expect(filled('0123456789').text(100, note)).to.equal('0123456789')
  })

  it('are joined by a note about the bytes between them', () => {
    const buffer = filled(`${'a'.repeat(10)}${'-'.repeat(80)}${'z'.repeat(10)}`)
    expect(buffer.text(20, note)).to.equal(`${'a'.repeat(10)}[80]${'z'.repeat(10)}`)
    expect(buffer.total).to.equal(100)
  })

  it('keep no more than the size at either end in memory', () => {
    const { text, lost, next } = filled(`${'-'.repeat(90)}${'z'.repeat(10)}`).since(0)
    expect([text, lost, next]).to.deep.equal(['z'.repeat(10), 90, 100])
  })

  it('give what is new since an offset, and nothing twice', () => {
    const buffer = filled('0123')
    const { next } = buffer.since(0)
    buffer.push(Buffer.from('45'))
    expect(buffer.since(next)).to.deep.equal({ text: '45', lost: 0, next: 6 })
    expect(buffer.since(6).text).to.equal('')
  })

  it('do not end within a character', () => {
    const buffer = filled(`${'ä'.repeat(30)}x`)
    expect(buffer.text(11, note)).to.match(/^ä+\[\d+\]ä*x$/)
  })
})
