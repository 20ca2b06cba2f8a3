import { expect } from 'chai'
import { formatBytes, plural } from '../../lib/util/quantities.ts'

describe('A quantity', () => {
  it('has a noun in the singular for one, otherwise in the plural', () => {
    const counts = [0, 1, 2].map((count) => plural(count, 'line'))
    expect(counts).to.deep.equal(['0 lines', '1 line', '2 lines'])
    expect(plural(2, 'entry', 'entries')).to.equal('2 entries')
  })

  it('of bytes has a binary unit, and a fraction where it says something', () => {
    const sizes = [0, 1023, 1024, 65_536, 1_048_576, 1_600_000, 10 * 1_048_576].map(formatBytes)
    expect(sizes).to.deep.equal(['0 B', '1023 B', '1 KiB', '64 KiB', '1 MiB', '1.5 MiB', '10 MiB'])
  })
})
