import { expect } from 'chai'
import { readBlame } from '../../lib/memory/blame.ts'
import { type RevertScope, revertLine } from '../../lib/memory/revert-line.ts'
import type { BlockVersion } from '../../lib/session/state/memory.ts'

/** The versions of a block, oldest first, and the value after a line of the newest one was reverted. */
async function reverted(
  values: readonly string[],
  line: number,
  scope: RevertScope,
): Promise<string> {
  const versions = values.map(
    (value, version): BlockVersion => ({
      blockId: 'block-1',
      version,
      at: version,
      by: 'user',
      origin: {},
      label: 'human',
      value,
      limit: 100,
      description: null,
      isDeletion: false,
    }),
  )
  const blame = await readBlame({ versions: async () => versions.toReversed() }, 'block-1')
  const before = (blame[line]?.version.version ?? 0) - 1
  return revertLine(blame, line, values[before] ?? '', scope)
}

describe('Reverting a line of a block', () => {
  it('removes an added line and leaves lines next to it that later versions added', async () => {
    const values = ['one', 'one\ntwo', 'one\ntwo\nthree']
    expect(await reverted(values, 1, 'line')).to.equal('one\nthree')
  })

  it('restores what the line has replaced, in its old place', async () => {
    const values = ['a\nb\nc', 'a\nB\nC', 'zero\na\nB\nC']
    expect(await reverted(values, 2, 'line')).to.equal('zero\na\nb\nC')
    expect(await reverted(values, 3, 'line')).to.equal('zero\na\nB\nc')
    expect(await reverted(['a\nb\nc', 'A'], 0, 'line')).to.equal('a\nb\nc')
  })

  it('reverts all lines of the same change, but no other change of that version', async () => {
    const values = ['a\nb\nc\nd', 'A\nB\nc\nD', 'A\nnew\nB\nc\nD']
    expect(await reverted(values, 2, 'hunk')).to.equal('a\nb\nnew\nc\nD')
    expect(await reverted(values, 4, 'hunk')).to.equal('A\nnew\nB\nc\nd')
  })

  it('distinguishes equal lines of one version by their order', async () => {
    const values = ['x\ny', '-\nx\n-\ny']
    expect(await reverted(values, 2, 'line')).to.equal('-\nx\ny')
  })

  it('leaves an equal line that another version wrote', async () => {
    expect(await reverted(['dup', 'dup\nother\ndup'], 2, 'hunk')).to.equal('dup')
  })

  it('removes a line of the first version of a block', async () => {
    expect(await reverted(['one\ntwo'], 0, 'line')).to.equal('two')
  })
})
