import { expect } from 'chai'
import { retryAfterSeconds } from '../../lib/client/messages.ts'
import { namedWait } from '../../lib/util/named-wait.ts'

describe('The wait that an error message names', () => {
  it('is read in the words of providers', () => {
    const waits = [
      'Rate limit reached. Please try again in 20s. Visit the console.',
      'Please try again in 1m30.5s.',
      'try again in 450ms',
      'Retry after 5 seconds.',
      'Please retry in 2 minutes',
      retryAfterSeconds(7),
    ]
    expect(waits.map(namedWait)).to.deep.equal([20_000, 90_500, 450, 5000, 120_000, 7000])
  })

  it('is unknown when the message names none, or an implausible one', () => {
    expect(namedWait('Invalid API key. Status 401.')).to.equal(null)
    expect(namedWait('Retry 3 of 5 failed after 20 s')).to.equal(null)
    expect(namedWait('Try again in 999999 hours')).to.equal(null)
  })
})
