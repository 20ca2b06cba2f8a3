import { expect } from 'chai'
import { readFrontMatter, writeFrontMatter } from '../../lib/util/front-matter.ts'
import { UserError } from '../../lib/util/user-error.ts'

async function fieldsOf(...lines: readonly string[]): Promise<unknown> {
  return (await readFrontMatter(`---\n${lines.join('\n')}\n---\nBody.\n`)).fields
}

describe('Front matter', () => {
  it('reads every scalar as a string, also in flow lists and over several lines', async () => {
    const fields = await fieldsOf('id: 007', 'tags: [1, true, null, 2024-05-01]', 'long:', '  4.50')
    expect(fields).to.deep.equal({
      id: '007',
      tags: ['1', 'true', 'null', '2024-05-01'],
      long: '4.50',
    })
  })

  it('takes a value that is not YAML literally', async () => {
    expect(await fieldsOf('description: Use when: asked, see #5')).to.deep.equal({
      description: 'Use when: asked, see #5',
    })
  })

  it('is refused when it names an alias more often than a person would', async () => {
    const lines = ['a0: &a0', '  - x']
    for (let level = 1; level < 10; level++) {
      lines.push(`a${level}: &a${level}`, ...Array<string>(3).fill(`  - *a${level - 1}`))
    }
    const thrown = await fieldsOf(...lines).catch((error: unknown) => error)
    expect(thrown).to.be.an.instanceOf(UserError)
  })

  it('is read back as it was written', async () => {
    const fields = { label: '007', description: 'Who: the "user"\n---\n', path: 'null' }
    const read = await readFrontMatter(await writeFrontMatter(fields, 'Body.\n'))
    expect(read).to.deep.equal({ fields, body: 'Body.\n' })
  })
})
