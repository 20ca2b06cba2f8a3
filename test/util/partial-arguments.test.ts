import { expect } from 'chai'
import { assert, json, nat, property } from 'fast-check'
import { partialArguments } from '../../lib/util/partial-arguments.ts'

describe('Arguments that are still arriving', () => {
  it('are read as far as they have arrived', () => {
    const text = JSON.stringify({ file_path: 'a "b".md', replace_all: true, content: 'one\n\\two' })
    expect(partialArguments(text)).to.deep.equal([
      { name: 'file_path', text: 'a "b".md', isComplete: true },
      { name: 'content', text: 'one\n\\two', isComplete: true },
    ])
    expect(partialArguments(text.slice(0, 9))).to.deep.equal([])
    expect(partialArguments(text.slice(0, -5))).to.deep.equal([
      { name: 'file_path', text: 'a "b".md', isComplete: true },
      { name: 'content', text: 'one\n\\', isComplete: false },
    ])
    // The escape of the backslash is cut off.
    expect(partialArguments(text.slice(0, -6)).at(-1)?.text).to.equal('one\n')
    expect(partialArguments('{"a":{"b":"c","d":["e"]},"f":"g\\u00e')).to.deep.equal([
      { name: 'f', text: 'g', isComplete: false },
    ])
  })

  it('cause no error, whatever they are', () =>
    assert(
      property(json(), nat(200), (text, length) => {
        partialArguments(text.slice(0, length))
      }),
    ))
})
