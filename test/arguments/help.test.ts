import { expect } from 'chai'
import { flags } from '../../lib/arguments/flags.ts'
import { helpText } from '../../lib/arguments/help.ts'

describe('help', () => {
  it('names every flag that works and none that doesn’t, within 100 columns', () => {
    const text = helpText()
    for (const { name, planned } of flags) {
      expect(text.includes(`--${name}`), name).to.equal(planned !== true)
    }
    expect(text).to.include('USAGE').and.include('OPTIONS')
    expect(Math.max(...text.split('\n').map((line) => line.length))).to.be.at.most(100)
  })
})

describe('the table of flags', () => {
  it('gives no name or letter twice', () => {
    const names = flags.flatMap(({ name, short }) => (short === undefined ? [name] : [name, short]))
    expect(new Set(names).size).to.equal(names.length)
  })
})
