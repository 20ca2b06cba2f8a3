import { expect } from 'chai'
import { MISSING_FILE, versionOf } from '../../../lib/tools/files/files.ts'
import type { JournalEntry } from '../../../lib/tools/journal/journal-log.ts'
import { ownVersions } from '../../../lib/tools/journal/own-versions.ts'

const file = (...changed: readonly string[]): string =>
  Array.from({ length: 12 }, (_, at) => changed.find((one) => one.startsWith(`${at} `)) ?? `${at}`)
    .join('\n')
    .concat('\n')

describe('The changes of a file as one', () => {
  const stored = new Map<string, Buffer>()
  const contents = {
    save: async (bytes: Buffer) => keep(String(bytes)),
    load: async (version: string) => stored.get(version) ?? null,
  }
  const keep = (text: string | null): string => {
    if (text === null) return MISSING_FILE
    const bytes = Buffer.from(text)
    stored.set(versionOf(bytes), bytes)
    return versionOf(bytes)
  }
  const change = (before: string | null, after: string | null): JournalEntry => ({
    id: '',
    callId: '',
    turnId: '',
    tool: 'Edit',
    at: 0,
    path: '/a.txt',
    before: keep(before),
    after: keep(after),
    mode: null,
    madeFolder: null,
    undone: false,
    isMade: true,
  })
  const own = async (...chain: readonly JournalEntry[]) => {
    const { before, after } = await ownVersions(chain, contents)
    const text = (version: string) => stored.get(version)?.toString() ?? null
    return [text(before), text(after)]
  }

  it('leave out what a person has changed in between in other lines', async () => {
    const edit = change(file('6 person', '2 one'), file('6 person', '2 one', '10 two'))
    expect(await own(change(file(), file('2 one')), edit)).to.deep.equal([
      file(),
      file('2 one', '10 two'),
    ])
    expect(await own(change(null, file('2 one')), edit)).to.deep.equal([
      null,
      file('2 one', '10 two'),
    ])
  })

  it('begin after what a person has changed in the same lines', async () => {
    const first = change(file(), file('2 one'))
    const later = change(file('2 person'), file('2 two'))
    expect(await own(first, later)).to.deep.equal([file('2 person'), file('2 two')])
  })

  it('retain what was changed before in other lines than a person has changed in between', async () => {
    const first = change(file(), file('2 one', '5 one', '6 one', '9 one'))
    const second = change(
      file('2 one', '5 one', '6 person', '9 one', '11 person'),
      file('2 one', '5 one', '6 two', '9 one', '10 two', '11 person'),
    )
    expect(await own(first, second)).to.deep.equal([
      file('6 person', '11 person'),
      file('2 one', '5 one', '6 two', '9 one', '10 two', '11 person'),
    ])
  })

  it('store nothing but the two versions', async () => {
    const first = change(file(), file('2 one', '5 one'))
    const second = change(file('2 one', '5 person'), file('2 one', '5 two'))
    const third = change(file('2 one', '5 own'), file('2 one', '5 three'))
    const count = stored.size
    expect(await own(first, second, third)).to.deep.equal([file('5 own'), file('2 one', '5 three')])
    expect(stored.size).to.equal(count + 1)
  })

  it('are all lines of a created file except those that a person has changed in between', async () => {
    const first = change(null, file('2 one'))
    const second = change(file('2 person'), file('2 two', '5 two'))
    expect(await own(first, second)).to.deep.equal(['2 person\n', file('2 two', '5 two')])
  })

  it('are the first and the last version where nothing was changed in between', async () => {
    const first = change(file(), file('2 one'))
    expect(await own(first, change(file('2 one'), null))).to.deep.equal([file(), null])
  })
})
