import { expect } from 'chai'
import { formatLocalTime } from '../../lib/util/local-time.ts'

describe('A time that people read', () => {
  const zone = process.env['TZ']
  afterEach(() => {
    if (zone === undefined) delete process.env['TZ']
    else process.env['TZ'] = zone
  })

  it('is in the time zone of the process', () => {
    const at = Date.parse('2026-11-29T23:05:00Z')
    process.env['TZ'] = 'Asia/Tokyo'
    expect(formatLocalTime(at)).to.equal('2026-11-30 08:05')
    process.env['TZ'] = 'America/New_York'
    expect(formatLocalTime(at)).to.equal('2026-11-29 18:05')
  })
})
