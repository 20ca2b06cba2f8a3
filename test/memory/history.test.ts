import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import {
  blockVersionAt,
  listVersionRows,
  openHistory,
  type VersionPage,
} from '../../lib/memory/history.ts'
import { openLocalVersions } from '../../lib/memory/local-versions.ts'
import { parseSince } from '../../lib/memory/parse-since.ts'
import type { MemoryBlock } from '../../lib/session/state/memory.ts'

const BLOCK: MemoryBlock = {
  id: 'block-1',
  label: 'human',
  value: 'One',
  description: null,
  limit: 100,
  readOnly: false,
}

describe('The versions of a block on a server that stores none', () => {
  let directory: string
  let time = 0
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'letta-versions-'))
    time = 0
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))
  const open = () => openLocalVersions(path.join(directory, 'history'), 'http://x', () => ++time)
  const withValue = (value: string): MemoryBlock => ({ ...BLOCK, value })
  const file = (): string => {
    const [name = ''] = readdirSync(path.join(directory, 'history'))
    return path.join(directory, 'history', name)
  }
  const server = {
    versions: {
      list: async () => null,
      newest: async () => null,
      totals: async () => null,
      retrieve: async () => null,
      deleted: async () => null,
      restore: () => Promise.reject(new Error('not supported')),
    },
    blocks: { change: async (_: string, { value }: { value: string }) => withValue(value) },
  }

  it('are numbered once when two processes see the same change, also when they are long', async () => {
    const [one, other] = [open(), open()]
    const long = 'A long line of memory.\n'.repeat(10_000)
    for (const versions of [one, other]) await versions.observe(BLOCK, { by: 'letta' })
    for (const value of ['Two', long, 'Four']) {
      await one.observe(withValue(value), { by: 'user' })
      await other.observe(withValue(value), null)
    }
    await other.observe(withValue('Five'), { by: 'user' })
    await one.observe(withValue('Six'), { by: 'user' })
    const rows = (await open().list(BLOCK.id)).map(({ version, value, by }) => [
      version,
      value.length,
      by,
    ])
    expect(rows).to.deep.equal([
      [0, BLOCK.value.length, 'letta'],
      [1, 3, 'user'],
      [2, long.length, 'user'],
      [3, 4, 'user'],
      [4, 4, 'user'],
      [5, 3, 'user'],
    ])
  })

  it('are those that letta has seen, with a gap where it was not watching', async () => {
    await open().observe(BLOCK, null)
    const versions = open()
    await versions.observe(BLOCK, null)
    await versions.observe(withValue('Two'), null)
    await versions.observe(withValue('Three'), { by: 'user' })
    const rows = (await open().list(BLOCK.id)).map(({ version, value, by, at, since }) => [
      version,
      value,
      by,
      at,
      since,
    ])
    expect(rows).to.deep.equal([
      [0, 'One', 'unknown', 1, undefined],
      [1, 'Two', 'elsewhere', 2, 1],
      [2, 'Three', 'user', 3, undefined],
    ])
  })

  it('are in a file that only its owner can read', async () => {
    await open().observe(BLOCK, null)
    expect(statSync(file()).mode & 0o777).to.equal(0o600)
    expect(statSync(path.dirname(file())).mode & 0o777).to.equal(0o700)
  })

  it('survive a line that a crash has left incomplete', async () => {
    await open().observe(BLOCK, null)
    writeFileSync(file(), `${readFileSync(file(), 'utf8')}\n{"version":1,"val`)
    await open().observe(withValue('Two'), null)
    const values = (await open().list(BLOCK.id)).map(({ version, value }) => [version, value])
    expect(values).to.deep.equal([
      [0, 'One'],
      [1, 'Two'],
    ])
  })

  it('are listed, retrieved and restored like those of a server', async () => {
    const local = open()
    await local.observe(BLOCK, null)
    await local.observe(withValue('Two'), { by: 'user' })
    const history = openHistory(server, local)
    const numbers = async (limit: number, before: number | null): Promise<unknown> =>
      (await history.versions(BLOCK.id, { limit, before })).map(({ version }) => version)
    expect([await numbers(9, null), await numbers(1, null), await numbers(9, 1)]).to.deep.equal([
      [1, 0],
      [1],
      [0],
    ])
    const first = await history.version(BLOCK, 0)
    expect(first.value).to.equal('One')
    await history.restore(first)
    expect((await local.list(BLOCK.id)).at(-1)).to.deep.include({ value: 'One', by: 'restore' })
    expect(await history.isLocal(BLOCK.id)).to.equal(true)
    expect(await history.totals(BLOCK.id)).to.deep.equal({ versions: 3, characters: 9 })
  })

  it('are found by a time, where the first one counts for all the time before', async () => {
    const local = open()
    await local.observe(BLOCK, null)
    await local.observe(withValue('Two'), { by: 'user' })
    const history = openHistory(server, local)
    const at = async (moment: number) => (await blockVersionAt(history, BLOCK.id, moment))?.value
    expect([await at(0), await at(1), await at(2), await at(9)]).to.deep.equal([
      'One',
      'One',
      'Two',
      'Two',
    ])
  })
})

describe('A time since which changes are shown', () => {
  const now = new Date(2026, 10, 29, 15, 30).getTime()
  const local = (...parts: readonly [number, number, number, number?, number?]): number =>
    new Date(...parts).getTime()
  for (const [text, expected] of [
    ['3', { type: 'version', version: 3 }],
    ['v12', { type: 'version', version: 12 }],
    ['today', { type: 'time', at: local(2026, 10, 29) }],
    ['yesterday', { type: 'time', at: local(2026, 10, 28) }],
    ['2h', { type: 'time', at: now - 7_200_000 }],
    ['3 days ago', { type: 'time', at: now - 3 * 86_400_000 }],
    ['30 minutes', { type: 'time', at: now - 1_800_000 }],
    ['2026-11-28', { type: 'time', at: local(2026, 10, 28) }],
    ['2026-11-28T14:30', { type: 'time', at: local(2026, 10, 28, 14, 30) }],
    ['soon', null],
    ['', null],
    ['2026-99-99', null],
  ] as const) {
    it(`can be written "${text}"`, () => {
      expect(parseSince(text, now)).to.deep.equal(expected)
    })
  }

  it('is midnight of a date in the time zone of the process', () => {
    const zone = process.env['TZ']
    try {
      process.env['TZ'] = 'Asia/Tokyo'
      const at = Date.parse('2026-11-27T15:00:00Z')
      expect(parseSince('2026-11-28', now)).to.deep.equal({ type: 'time', at })
    } finally {
      if (zone === undefined) delete process.env['TZ']
      else process.env['TZ'] = zone
    }
  })
})

describe('The list of the versions of a block', () => {
  const asked: number[] = []
  const historyOf = (count: number, characters: number) => ({
    async versions(blockId: string, { limit, before }: VersionPage) {
      asked.push(limit)
      const newest = Math.min(count, before ?? count)
      return Array.from({ length: Math.min(limit, newest) }, (_, index) => {
        const version = newest - 1 - index
        const value = `${version}\n`.padEnd(characters, 'x')
        const fixed = { limit: 9, description: null, isDeletion: false, label: 'human' }
        return { ...fixed, blockId, version, value, at: version, by: 'user' as const, origin: {} }
      })
    },
  })
  const list = async (count: number, characters: number, limit: number) => {
    asked.length = 0
    const rows = await listVersionRows(historyOf(count, characters), 'b', { limit, before: null })
    return rows.map(({ version, added, removed }) => `${version} +${added} −${removed}`)
  }

  it('is read in one part after the first when they are short', async () => {
    const rows = await list(100, 20, 60)
    expect([rows.length, rows[0], rows.at(-1), asked]).to.deep.equal([
      60,
      '99 +1 −1',
      '40 +1 −1',
      [11, 51],
    ])
  })

  it('is read in parts of ten when they are long, each compared with the one before', async () => {
    const rows = await list(25, 20_000, 60)
    expect([rows.length, rows[10], rows.at(-1), asked]).to.deep.equal([
      25,
      '14 +1 −1',
      '0 +2 −0',
      [11, 11, 11],
    ])
    expect(await list(10, 20_000, 10)).to.have.length(10)
    expect(await list(0, 1, 10)).to.deep.equal([])
  })
})
