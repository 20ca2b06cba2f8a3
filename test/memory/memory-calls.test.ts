import { expect } from 'chai'
import { parseMemoryCall } from '../../lib/memory/memory-calls.ts'
import { MEMORY_TOOL, toolFamily } from '../../lib/permissions/rules/rule.ts'

/** The labels and the new value; null for a call that can only fail, or changes no value. */
const change = (
  tool: string,
  args: object,
  before = 'one\ntwo',
): readonly [readonly string[], string | null] | null => {
  const write = parseMemoryCall(tool, JSON.stringify(args))
  return write && [write.labels, write.edit?.apply(before) ?? null]
}

describe('A call of a memory tool', () => {
  it('is understood as the change that the server makes of it', () => {
    const label = 'human'
    const labels = [label]
    expect(change('memory_insert', { label, new_string: 'x' })).to.deep.equal([
      labels,
      'one\ntwo\nx',
    ])
    expect(change('memory_insert', { label, new_string: 'x', insert_line: 0 })).to.deep.equal([
      labels,
      'x\none\ntwo',
    ])
    expect(change('memory_insert', { label, new_string: 'x' }, '')).to.deep.equal([labels, 'x'])
    expect(change('memory_replace', { label, old_string: 'two', new_string: '$&' })).to.deep.equal([
      labels,
      'one\n$&',
    ])
    expect(change('memory_rethink', { label, new_memory: 'x' })).to.deep.equal([labels, 'x'])
    expect(change('core_memory_append', { label, content: 'x' })).to.deep.equal([
      labels,
      'one\ntwo\nx',
    ])
    expect(
      change('memory', { command: 'insert', path: '/memories/human', insert_text: 'x' }),
    ).to.deep.equal([labels, 'one\ntwo\nx'])
    expect(
      change('memory', { command: 'create', path: '/memories/human', file_text: 'x' }),
    ).to.deep.equal([labels, 'x'])
  })

  it('has no change when it can only fail', () => {
    const label = 'human'
    expect(change('memory_insert', { label, new_string: 'x', insert_line: 9 })?.[1]).to.equal(null)
    expect(change('memory_replace', { label, old_string: 'o', new_string: 'x' })?.[1]).to.equal(
      null,
    )
    expect(change('memory_replace', { label, old_string: 'z', new_string: 'x' })?.[1]).to.equal(
      null,
    )
  })

  it('names all blocks that it concerns', () => {
    const rename = { command: 'rename', old_path: '/memories/a', new_path: '/memories/b' }
    expect(change('memory', rename)).to.deep.equal([['a', 'b'], null])
    expect(change('memory', { command: 'delete', path: '/memories/a' })).to.deep.equal([
      ['a'],
      null,
    ])
    expect(parseMemoryCall('memory_insert', 'not JSON')?.labels).to.deep.equal([])
    const rewrite = { label: 'persona', target_block_label: 'human', new_memory: 'x' }
    expect(change('rethink_memory', rewrite)?.[0]).to.deep.equal(['persona', 'human'])
  })

  it('names every block of a patch, whatever its label is', () => {
    const patch = [
      '*** Update Block: human',
      '-a',
      '+*** not a header',
      '*** Delete Block:  /memories/persona\u001f',
      '*** Move to: other\r*** Add Block: new',
    ].join('\n')
    expect(change('memory_apply_patch', { label: 'notes', patch })).to.deep.equal([
      ['notes', 'human', '/memories/persona', 'persona', 'other', 'new'],
      null,
    ])
    expect(change('memory_apply_patch', { label: 'notes', patch: '-a\n+b' })).to.deep.equal([
      ['notes'],
      null,
    ])
  })

  it('is not a call of another tool', () => {
    expect(parseMemoryCall('Bash', '{"label":"human"}')).to.equal(null)
    expect(parseMemoryCall('toString', '{}')).to.equal(null)
    expect(parseMemoryCall('conversation_search', '{}')).to.equal(null)
  })

  it('are those that store a passage in archival memory, too', () => {
    expect(parseMemoryCall('archival_memory_insert', '{"content": "x"}')).to.deep.equal({
      labels: ['archival'],
      edit: null,
    })
    expect(toolFamily('archival_memory_insert')).to.equal(MEMORY_TOOL)
  })
})
