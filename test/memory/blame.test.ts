import { expect } from 'chai'
import { type BlameLine, readBlame } from '../../lib/memory/blame.ts'
import type { BlockVersion } from '../../lib/session/state/memory.ts'

const version = (
  number: number,
  value: string,
  more: Partial<BlockVersion> = {},
): BlockVersion => ({
  blockId: 'b',
  version: number,
  at: number,
  by: 'user',
  origin: {},
  label: 'human',
  value,
  limit: 100,
  description: null,
  isDeletion: false,
  ...more,
})

/** The lines with the number of the version that wrote them; `~` for one that may be older. */
async function blame(...values: readonly (string | BlockVersion)[]): Promise<readonly string[]> {
  const versions = values
    .map((value, index) => (typeof value === 'string' ? version(index, value) : value))
    .toReversed()
  const lines = await readBlame(
    {
      versions: async (_, { limit, before }) =>
        versions.filter((one) => before === null || one.version < before).slice(0, limit),
    },
    'b',
  )
  return lines.map((line) => `${line.isOldest ? '~' : ''}${line.version.version} ${line.text}`)
}

describe('The author of a line of memory', () => {
  it('is the version that added it, whatever was inserted and removed around it since', async () => {
    expect(await blame('a\nb', 'a\nb\nc', 'x\na\nc', 'x\na\nc\nd')).to.deep.equal([
      '2 x',
      '0 a',
      '1 c',
      '3 d',
    ])
  })

  it('is the version that changed the line last', async () => {
    expect(await blame('a\nb', 'a\nB', 'a\nBB')).to.deep.equal(['0 a', '2 BB'])
  })

  it('is the one before the user removed the line and brought it back', async () => {
    const agent = version(1, 'a\nb\nc', { by: 'agent' })
    expect(await blame('a', agent, 'a\nd', 'a\nb\nc\nd')).to.deep.equal([
      '0 a',
      '1 b',
      '1 c',
      '2 d',
    ])
    const restored = version(3, 'a\nb\nc', { by: 'restore' })
    expect(await blame('a', agent, '', restored)).to.deep.equal(['0 a', '1 b', '1 c'])
    expect(await blame('a', agent, 'a', 'a\nb', 'a', 'a\nb\nb')).to.deep.equal([
      '0 a',
      '1 b',
      '5 b',
    ])
  })

  it('is the one before the line was moved, whoever moved it', async () => {
    const agent = version(1, 'a\nb\nc', { by: 'agent' })
    expect(await blame('a', agent, 'b\nc\na')).to.have.members(['0 a', '1 b', '1 c'])
    expect(await blame('a\nb\nc', version(1, 'c\na\nb', { by: 'agent' }))).to.deep.equal([
      '0 c',
      '0 a',
      '0 b',
    ])
  })

  it('is the agent that wrote a line again which the user had removed', async () => {
    expect(await blame('a\nb', 'a', version(2, 'a\nb', { by: 'agent' }))).to.deep.equal([
      '0 a',
      '2 b',
    ])
  })

  it('is not a deletion', async () => {
    expect(await blame('a', version(1, 'a', { isDeletion: true }), 'a\nb')).to.deep.equal([
      '0 a',
      '2 b',
    ])
  })

  it('is found across many pages of versions', async () => {
    const values = Array.from({ length: 180 }, (_, index) =>
      Array.from({ length: index + 1 }, (_, line) => `line ${line}`).join('\n'),
    )
    const lines = await blame(...values)
    expect(lines[0]).to.equal('0 line 0')
    expect(lines[130]).to.equal('130 line 130')
  })

  it('may be older than the first version that is known', async () => {
    const first = version(3, 'a', { by: 'unknown' })
    expect(await blame(first, version(4, 'a\nb'))).to.deep.equal(['~3 a', '4 b'])
  })

  describe('that came from another block', () => {
    const author = (line: BlameLine) =>
      `${line.version.label}@${line.version.version} ${line.version.by} ${line.text}`
    const notes = (number: number, value: string, more: Partial<BlockVersion> = {}) =>
      version(number, value, { blockId: 'notes', label: 'notes', ...more })
    const from = (...sources: readonly string[]) => ({ origin: { sources } })
    /** The blame of `human`, of versions of several blocks. */
    const follow = async (...versions: readonly BlockVersion[]): Promise<readonly string[]> => {
      const lines = await readBlame(
        {
          versions: async (id, { limit, before, until }) =>
            versions
              .filter(({ blockId }) => blockId === id)
              .filter((one) => before === null || one.version < before)
              .filter(({ at }) => until === undefined || at <= until)
              .toReversed()
              .slice(0, limit),
        },
        'b',
      )
      return lines.map(author)
    }

    it('is the one that it had there, whether it was moved or copied', async () => {
      const written = notes(0, 'Has a cat.\nLikes tea.', { by: 'agent', at: 1 })
      const moved = version(1, 'One.\nHas a cat.', { at: 2, ...from('notes') })
      const start = version(0, 'One.', { at: 0 })
      const expected = ['human@0 user One.', 'notes@0 agent Has a cat.']
      expect(await follow(written, start, moved)).to.deep.equal(expected)
      const left = notes(1, 'Likes tea.', { at: 2 })
      expect(await follow(written, left, start, moved)).to.deep.equal(expected)
    })

    it('is followed through several blocks, and ends where blocks name each other', async () => {
      const first = notes(0, 'Has a cat.', { by: 'agent', at: 1 })
      const second = version(0, 'Has a cat.', { blockId: 'c', label: 'c', at: 2, ...from('notes') })
      expect(await follow(first, second, version(0, 'Has a cat.', from('c')))).to.deep.equal([
        'human@0 user Has a cat.',
      ])
      const third = version(0, 'Has a cat.', { at: 3, ...from('c') })
      expect(await follow(first, second, third)).to.deep.equal(['notes@0 agent Has a cat.'])
      const circle = notes(0, 'Has a cat.', { at: 3, ...from('b') })
      expect(
        await follow(circle, version(0, 'Has a cat.', { at: 3, ...from('notes') })),
      ).to.have.length(1)
    })

    it('is the user when the other block did not have the line', async () => {
      const other = notes(0, 'Has a dog.', { by: 'agent', at: 1 })
      expect(
        await follow(other, version(0, 'Has a cat.', { at: 2, ...from('notes') })),
      ).to.deep.equal(['human@0 user Has a cat.'])
    })
  })

  it('is unknown without versions', async () => {
    expect(await blame()).to.deep.equal([])
    expect(await blame('')).to.deep.equal([])
  })
})
