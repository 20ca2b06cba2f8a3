import { expect } from 'chai'
import { parseRetryAfter } from '../../lib/util/retry-after.ts'

const NOW = Date.parse('2026-01-01T10:00:00Z')

function wait(headers: Readonly<Record<string, string>>): number | null {
  return parseRetryAfter((name) => headers[name], NOW)
}

describe('The wait that a server asks for', () => {
  it('is read in seconds, also with a fraction', () => {
    expect([wait({ 'retry-after': '7' }), wait({ 'retry-after': ' 1.5 ' })]).to.deep.equal([
      7000, 1500,
    ])
  })

  it('is read in milliseconds when the server gives those too', () => {
    expect(wait({ 'retry-after-ms': '250', 'retry-after': '1' })).to.equal(250)
  })

  it('counts a date from the clock of the server', () => {
    const headers = {
      'retry-after': 'Thu, 01 Jan 2026 12:00:30 GMT',
      date: 'Thu, 01 Jan 2026 12:00:00 GMT',
    }
    expect(wait(headers)).to.equal(30_000)
  })

  it('counts a date from the local clock when the response has no date', () => {
    expect(wait({ 'retry-after': 'Thu, 01 Jan 2026 10:00:30 GMT' })).to.equal(30_000)
  })

  it('is nothing for a date that has passed', () => {
    expect(wait({ 'retry-after': 'Thu, 01 Jan 2026 09:00:00 GMT' })).to.equal(0)
  })

  it('is unknown when the header is missing, empty or not understood', () => {
    expect([wait({}), wait({ 'retry-after': '' }), wait({ 'retry-after': 'soon' })]).to.deep.equal([
      null,
      null,
      null,
    ])
  })
})
