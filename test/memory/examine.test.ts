import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { examineMemory, type Finding } from '../../lib/memory/examine.ts'
import { blockDrafts, placeholderTexts } from '../../lib/prompts/index.ts'

const NOW = Date.parse('2026-11-29T12:00:00Z')
const block = (label: string, value: string, limit = 1000) => ({
  id: `block-${label}`,
  label,
  value,
  limit,
  description: null,
  readOnly: false,
})

describe('The examination of memory', () => {
  let directory: string
  before(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'letta-examine-'))
    mkdirSync(path.join(directory, 'src'))
    writeFileSync(path.join(directory, 'src', 'app.ts'), '')
  })
  after(() => rmSync(directory, { recursive: true }))

  const examine = async (
    ...blocks: readonly ReturnType<typeof block>[]
  ): Promise<readonly Finding[]> =>
    examineMemory({ blocks, directory, placeholders: placeholderTexts(), now: NOW })

  it('finds empty blocks, and those near their limit, counted in characters', async () => {
    expect(await examine(block('a', ' \n'), block('b', '😀'.repeat(90), 100))).to.deep.equal([
      { type: 'empty', label: 'a', line: null },
      { type: 'nearLimit', label: 'b', line: null, size: 90, limit: 100 },
    ])
    expect(await examine(block('b', '😀'.repeat(80), 100))).to.deep.equal([])
  })

  it('finds blocks that still say that nothing is known, unlike the first persona', async () => {
    const found = await examine(...blockDrafts().map(({ label, value }) => block(label, value)))
    expect(found).to.deep.equal(
      ['human', 'project'].map((label) => ({ type: 'unused', label, line: null })),
    )
  })

  it('finds a line that another block has too, whatever its list mark and case', async () => {
    const found = await examine(
      block('human', 'x\n- Prefers two spaces to tabs.'),
      block('project', '* prefers  two spaces to tabs.\nyes'),
    )
    expect(found).to.deep.equal([
      {
        type: 'duplicate',
        label: 'project',
        line: 1,
        text: '* prefers  two spaces to tabs.',
        other: { label: 'human', line: 2 },
        more: 0,
      },
    ])
  })

  it('finds dates that were ahead and are past, not those of what happened', async () => {
    const found = await examine(
      block('human', 'On holiday until 2026-08-01.\nMoved on 2026-08-01.\nDue 2027-01-01.'),
    )
    expect(found).to.deep.equal([
      {
        type: 'pastDate',
        label: 'human',
        line: 1,
        text: 'On holiday until 2026-08-01.',
        date: '2026-08-01',
      },
    ])
  })

  it('names a line that a block repeats once, with the number of repetitions', async () => {
    const line = 'Tests run with npm test.'
    const found = await examine(block('a', `${line}\n${line}\n${line}`), block('b', line))
    const counts = found.map((one) => [one.type, one.label, one.line, 'more' in one && one.more])
    expect(counts).to.deep.equal([
      ['duplicate', 'a', 2, 1],
      ['duplicate', 'b', 1, 0],
    ])
  })

  it('finds keys and tokens, and does not repeat them', async () => {
    const secret = `ghp_${'a1B2'.repeat(9)}`
    expect(await examine(block('human', `Name: Ada\nToken ${secret}`))).to.deep.equal([
      { type: 'secret', label: 'human', line: 2, kind: 'a token of GitHub' },
    ])
  })

  it('finds paths that the project does not have', async () => {
    const found = await examine(
      block(
        'project',
        'See `src/app.ts` and `src/gone.ts`.\nTests and/or docs at https://x.org/a/b.html\nold/',
      ),
    )
    expect(found.map((one) => one.type === 'deadPath' && [one.line, one.path])).to.deep.equal([
      [1, 'src/gone.ts'],
      [3, 'old/'],
    ])
  })
})
