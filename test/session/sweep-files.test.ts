import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect } from 'chai'
import { sweepFiles } from '../../lib/session/sweep-files.ts'
import { temporaryDirectory } from '../support/letta-server.ts'

const DAY = 86_400
const NOW = 1_800_000_000

describe('Files that are stored for later', () => {
  let place: Awaited<ReturnType<typeof temporaryDirectory>>
  beforeEach(async () => {
    place = await temporaryDirectory()
  })
  afterEach(() => place.remove())

  const put = async (file: string, bytes: number, daysAgo: number): Promise<void> => {
    const name = path.join(place.directory, file)
    await mkdir(path.dirname(name), { recursive: true })
    await writeFile(name, 'x'.repeat(bytes))
    await utimes(name, NOW - daysAgo * DAY, NOW - daysAgo * DAY)
  }
  const sweeps = (maxOutputBytes = 1000): Promise<void> =>
    sweepFiles({ lettaDirectory: place.directory, now: NOW * 1000, maxOutputBytes })

  it('are bounded in size: the oldest outputs of commands are removed', async () => {
    await put('output/old', 500, 2)
    await put('output/new', 500, 0)
    await put('output/newer', 500, 1)
    await sweeps()
    expect((await readdir(path.join(place.directory, 'output'))).sort()).to.deep.equal([
      'new',
      'newer',
    ])
  })

  it('are removed when they are drafts of more than a year ago', async () => {
    await put('drafts/a.json', 10, 366)
    await put('drafts/b.json', 10, 364)
    await put('message-drafts/c.json', 10, 366)
    await put('letta.db', 10, 1000)
    await sweeps()
    expect(await readdir(path.join(place.directory, 'drafts'))).to.deep.equal(['b.json'])
    expect(await readdir(path.join(place.directory, 'message-drafts'))).to.deep.equal([])
    expect((await stat(path.join(place.directory, 'letta.db'))).size).to.equal(10)
  })

  it('are shortened by their older half when they are a log of usage with more than 8 MiB', async () => {
    const line = 'x'.repeat(1023)
    const lines = Array.from({ length: 9000 }, (_, index) => `${index} ${line}`)
    await writeFile(path.join(place.directory, 'usage.jsonl'), `${lines.join('\n')}\n`)
    await sweeps()
    const left = (await readFile(path.join(place.directory, 'usage.jsonl'), 'utf8')).split('\n')
    expect([left.length, left.at(-2)]).to.deep.equal([4500, lines.at(-1)])
  })

  it('may be missing', async () => {
    await sweeps()
    expect(await readdir(place.directory)).to.deep.equal([])
  })
})
