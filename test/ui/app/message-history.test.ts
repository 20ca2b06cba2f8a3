import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { openMessageHistory } from '../../../ui/app/message-history.ts'

describe('The history of messages', () => {
  let home: string
  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'letta-history-'))
  })
  afterEach(() => rmSync(home, { recursive: true, force: true }))

  const added = async (directory: string, ...texts: readonly string[]): Promise<void> => {
    const history = openMessageHistory(home, directory)
    for (const text of texts) history.add(text, [])
    await history.saved()
  }
  const loaded = async (directory: string): Promise<readonly string[]> =>
    (await openMessageHistory(home, directory).load()).messages

  it('is empty before the first message', async () => {
    expect(await loaded('/a')).to.deep.equal([])
  })

  it('ends with the messages of this directory, each once at its newest place', async () => {
    await added('/a', 'one', 'two', 'one')
    await added('/b', 'two\nlines', 'two')
    expect(await loaded('/a')).to.deep.equal(['two\nlines', 'two', 'one'])
    expect(await loaded('/b')).to.deep.equal(['one', 'two\nlines', 'two'])
  })

  it('knows which parts of a message were pasted', async () => {
    const history = openMessageHistory(home, '/a')
    history.add('See: one\ntwo.', ['one\ntwo'])
    history.add('plain', [])
    await history.saved()
    expect(await openMessageHistory(home, '/a').load()).to.deep.equal({
      messages: ['See: one\ntwo.', 'plain'],
      pastes: ['one\ntwo'],
    })
  })

  it('is readable by the user only', async () => {
    await added('/a', 'one')
    const { mode } = statSync(path.join(home, 'history.jsonl'))
    expect((mode & 0o777).toString(8)).to.equal('600')
  })

  it('loses no message when two processes add at once', async () => {
    const texts = Array.from({ length: 20 }, (_, at) => `text ${at}`)
    await Promise.all([added('/a', ...texts), added('/b', ...texts.map((text) => `b ${text}`))])
    expect(await loaded('/a')).to.have.lengthOf(40)
  })

  it('leaves out a line that was cut, and is empty when the file cannot be read', async () => {
    await added('/a', 'one')
    const file = path.join(home, 'history.jsonl')
    writeFileSync(file, `${readFileSync(file, 'utf8')}{"text":"tw\n[]\n{"text":1}\n`)
    expect(await loaded('/a')).to.deep.equal(['one'])
    rmSync(file)
    expect(await loaded('/a')).to.deep.equal([])
    expect((await openMessageHistory('/dev/null/x', '/a').load()).messages).to.deep.equal([])
    await added('/a', 'again')
  })

  it('retains the newest messages when the file has become large', async () => {
    const line = (text: string): string => `${JSON.stringify({ text, directory: '/a' })}\n`
    const long = 'x'.repeat(5000)
    const lines = Array.from({ length: 1000 }, (_, at) => line(`${at} ${long}`))
    const file = path.join(home, 'history.jsonl')
    writeFileSync(file, lines.join(''), { mode: 0o600 })
    const texts = await loaded('/a')
    expect([texts.length, texts.at(-1)]).to.deep.equal([500, `999 ${long}`])
    expect(statSync(file).size).to.equal(lines.slice(-500).join('').length)
  })
})
