import { expect } from 'chai'
import { createRedactor, createTextRedactor, findSecrets } from '../../lib/util/redact.ts'

const SECRET = 'p/ss "word"'
const KEY = 'sk-proj-0123456789abcdefghij'

describe('Redaction of secrets', () => {
  it('takes variables for secrets by their name, unless the value is too short to be one', () => {
    const environment = {
      MY_API_KEY: 'abcdef',
      A_TOKEN: 'abcde',
      HOME: '/home/ada',
      PASSWORD: undefined,
    }
    expect(findSecrets(environment)).to.deep.equal(['abcdef'])
  })

  it('removes a known secret also where it is escaped as in JSON or a URL', () => {
    const redact = createTextRedactor([SECRET], 'none')
    const texts = [SECRET, JSON.stringify({ SECRET }), `?q=${encodeURIComponent(SECRET)}`]
    expect(texts.map(redact)).to.deep.equal(['[hidden]', '{"SECRET":"[hidden]"}', '?q=[hidden]'])
  })

  it('removes a secret of several lines also where an error puts it on one', () => {
    expect(createTextRedactor(['one\ntwo\n'], 'none')('No: one two.')).to.equal('No: [hidden].')
  })

  it('removes the longer of two secrets that begin alike', () => {
    expect(createTextRedactor(['secret', 'secret-2'])('secret-2 secret')).to.equal(
      '[hidden] [hidden]',
    )
  })

  it('removes what has the form of a key, and of a part of a key only when asked to', () => {
    const text = `${KEY} and sk-proj-****cret`
    expect(createTextRedactor([], 'none')(text)).to.equal(text)
    expect(createTextRedactor([])(text)).to.equal('[hidden] and sk-proj-****cret')
    expect(createTextRedactor([], 'partial')(text)).to.equal('[hidden] and [hidden]')
  })

  it('reaches texts and names of members at any depth', () => {
    const value = { [KEY]: [{ text: `It is ${KEY}`, count: 1, none: null }] }
    expect(createRedactor([])(value)).to.deep.equal({
      '[hidden]': [{ text: 'It is [hidden]', count: 1, none: null }],
    })
  })
})
