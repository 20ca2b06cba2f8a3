import { expect } from 'chai'
import { array, assert, constantFrom, dictionary, nat, property, string } from 'fast-check'
import { arrivingMembers, NO_ARGUMENTS, readArguments } from '../../lib/util/arriving-arguments.ts'

const read = (json: string) => arrivingMembers(readArguments(NO_ARGUMENTS, json))

describe('Arguments that are still arriving', () => {
  it('are read as far as they have arrived', () => {
    const text = JSON.stringify({ file_path: 'a "b".md', replace_all: true, content: 'one\n\\two' })
    const path = { name: 'file_path', firstLine: 'a "b".md', lines: 1, lastLine: 'a "b".md' }
    const body = { name: 'content', firstLine: 'one' }
    expect(read(text)).to.deep.equal([path, { ...body, lines: 2, lastLine: '\\two' }])
    expect(read(text.slice(0, 9))).to.deep.equal([])
    expect(read(text.slice(0, -5))).to.deep.equal([path, { ...body, lines: 2, lastLine: '\\' }])
    // The escape of the backslash is cut off.
    expect(read(text.slice(0, -6)).at(-1)).to.deep.equal({ ...body, lines: 1, lastLine: 'one' })
    expect(read('{"a":{"b":"c","d":["e"]},"f":"g\\u00e')).to.deep.equal([
      { name: 'f', firstLine: 'g', lines: 1, lastLine: 'g' },
    ])
    expect(read('{"a":"\\ud83d\\ude00 \\q\n')).to.deep.equal([
      { name: 'a', firstLine: '😀 \\q', lines: 1, lastLine: '😀 \\q' },
    ])
    expect(read('{"a":""')).to.deep.equal([{ name: 'a', firstLine: '', lines: 0, lastLine: '' }])
  })

  it('have as many lines as the text has, whether or not it ends with a line break', () => {
    const lines = (text: string) => read(JSON.stringify({ content: text }))[0]?.lines
    const body = Array.from({ length: 84 }, (_, at) => `line ${at}`).join('\n')
    expect([body, `${body}\n`, '\n', '\n\nthird'].map(lines)).to.deep.equal([84, 84, 1, 3])
  })

  it('are read the same in any pieces', () =>
    assert(
      property(
        dictionary(string(), string({ unit: constantFrom('a', ' ', '\n', '\\', '"', '😀', ',') })),
        array(nat(60), { maxLength: 8 }),
        (values, lengths) => {
          const json = JSON.stringify(values)
          let [state, rest] = [NO_ARGUMENTS, json]
          for (const length of lengths) {
            state = readArguments(state, rest.slice(0, length))
            rest = rest.slice(length)
          }
          expect(readArguments(state, rest)).to.deep.equal(readArguments(NO_ARGUMENTS, json))
        },
      ),
    ))

  it('keep no more of a long text than a line that fits the screen', () => {
    const members = read(`{"content":"${'x'.repeat(100_000)}\\n y`)
    expect(members[0]).to.include({ lines: 2, lastLine: ' y' })
    expect(members[0]?.firstLine.length).to.equal(2000)
  })
})
