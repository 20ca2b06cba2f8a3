import { expect } from 'chai'
import { planSync } from '../../lib/memory/sync-plan.ts'

const block = (value: string, readOnly = false) => ({
  id: 'block-1',
  label: 'human',
  value,
  limit: 1000,
  description: null,
  readOnly,
})

/** The step for one block and its file, and the value that both have afterwards. */
const step = async (
  base: string | null,
  ofBlock: string | null,
  ofFile: string | null,
  readOnly = false,
): Promise<readonly [string, string | null]> => {
  const blocks = ofBlock === null ? [] : [block(ofBlock, readOnly)]
  const files =
    ofFile === null ? [] : [{ label: 'human', value: ofFile, description: null, limit: null }]
  const [one] = await planSync(blocks, files, base === null ? {} : { human: base })
  return one === undefined ? ['none', null] : [one.type, 'value' in one ? one.value : null]
}

describe('The synchronization of a block with its file', () => {
  it('takes what only one side has changed', async () => {
    expect(await step('a', 'a', 'b')).to.deep.equal(['toBlock', 'b'])
    expect(await step('a', 'b', 'a')).to.deep.equal(['toFile', 'b'])
    expect(await step('a', 'b', 'b')).to.deep.equal(['same', 'b'])
  })

  it('merges changes of different lines, and no others', async () => {
    expect(await step('a\nb\nc', 'A\nb\nc', 'a\nb\nC')).to.deep.equal(['merged', 'A\nb\nC'])
    expect(await step('a', 'b', 'c')).to.deep.equal(['conflict', null])
    expect(await step(null, 'b', 'c')).to.deep.equal(['conflict', null])
  })

  it('creates what is missing, but nothing that the agent has lost', async () => {
    expect(await step(null, null, 'a')).to.deep.equal(['create', 'a'])
    expect(await step(null, 'a', null)).to.deep.equal(['toFile', 'a'])
    expect(await step('a', null, 'a')).to.deep.equal(['gone', null])
  })

  it('does not change a block to a text with a new secret', async () => {
    const secret = `ghp_${'a1B2'.repeat(9)}`
    expect(await step('a', 'a', `a\n${secret}`)).to.deep.equal(['conflict', null])
    expect(await step(null, null, secret)).to.deep.equal(['conflict', null])
    const file = { label: 'human', value: `b\n${secret}`, description: null, limit: null }
    const base = { human: secret }
    expect((await planSync([block(secret)], [file], base))[0]?.type).to.equal('toBlock')
    expect((await planSync([block('a')], [file], { human: 'a' }, false))[0]?.type).to.equal(
      'toBlock',
    )
  })

  it('does not change a block to a text with an unresolved conflict of git', async () => {
    const marked = '<<<<<<< HEAD\na\n=======\nb\n>>>>>>> main'
    expect(await step('a', 'a', marked)).to.deep.equal(['conflict', null])
    expect(await step(null, null, marked)).to.deep.equal(['conflict', null])
    expect(await step(marked, marked, `${marked}\nmore`)).to.include('toBlock')
    expect(await step('a', 'a', 'Lines of <<<<<<< are marks')).to.include('toBlock')
  })

  it('does not change a read-only block', async () => {
    expect(await step('a', 'a', 'b', true)).to.deep.equal(['conflict', null])
  })
})
