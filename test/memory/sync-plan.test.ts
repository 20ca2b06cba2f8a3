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
const step = (
  base: string | null,
  ofBlock: string | null,
  ofFile: string | null,
  readOnly = false,
): readonly [string, string | null] => {
  const blocks = ofBlock === null ? [] : [block(ofBlock, readOnly)]
  const files =
    ofFile === null ? [] : [{ label: 'human', value: ofFile, description: null, limit: null }]
  const [one] = planSync(blocks, files, base === null ? {} : { human: base })
  return one === undefined ? ['none', null] : [one.type, 'value' in one ? one.value : null]
}

describe('The synchronization of a block with its file', () => {
  it('takes what only one side has changed', () => {
    expect(step('a', 'a', 'b')).to.deep.equal(['toBlock', 'b'])
    expect(step('a', 'b', 'a')).to.deep.equal(['toFile', 'b'])
    expect(step('a', 'b', 'b')).to.deep.equal(['same', 'b'])
  })

  it('merges changes of different lines, and no others', () => {
    expect(step('a\nb\nc', 'A\nb\nc', 'a\nb\nC')).to.deep.equal(['merged', 'A\nb\nC'])
    expect(step('a', 'b', 'c')).to.deep.equal(['conflict', null])
    expect(step(null, 'b', 'c')).to.deep.equal(['conflict', null])
  })

  it('creates what is missing, but nothing that the agent has lost', () => {
    expect(step(null, null, 'a')).to.deep.equal(['create', 'a'])
    expect(step(null, 'a', null)).to.deep.equal(['toFile', 'a'])
    expect(step('a', null, 'a')).to.deep.equal(['gone', null])
  })

  it('does not change a block to a text with a new secret', () => {
    const secret = `ghp_${'a1B2'.repeat(9)}`
    expect(step('a', 'a', `a\n${secret}`)).to.deep.equal(['conflict', null])
    expect(step(null, null, secret)).to.deep.equal(['conflict', null])
    const file = { label: 'human', value: `b\n${secret}`, description: null, limit: null }
    const base = { human: secret }
    expect(planSync([block(secret)], [file], base)[0]?.type).to.equal('toBlock')
    expect(planSync([block('a')], [file], { human: 'a' }, false)[0]?.type).to.equal('toBlock')
  })

  it('does not change a read-only block', () => {
    expect(step('a', 'a', 'b', true)).to.deep.equal(['conflict', null])
  })
})
