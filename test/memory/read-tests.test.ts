import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import {
  fileError,
  memoryTestEmptyList,
  memoryTestKey,
  noMarkdownFiles,
  TEST_EXPECTS_NOTHING,
  TEST_HAS_NO_QUESTION,
  TEST_NAME_NOT_ONE_LINE,
} from '../../lib/memory/messages.ts'
import { parseMemoryTest, readMemoryTests } from '../../lib/memory/read-tests.ts'
import { messageOf } from '../../lib/util/user-error.ts'
import { temporaryDirectory } from '../support/letta-server.ts'
import { rejection } from '../support/rejection.ts'

describe('A test of memory', () => {
  const parse = (text: string) => parseMemoryTest(text, 'tea.md')

  it('has a question below what is expected', async () => {
    const text =
      '---\nexpected: [tea, green | black]\nforbidden: coffee\nforbidden-tools:\n  - Bash\n---\nWhat do I drink?\n'
    expect(await parse(text)).to.deep.equal({
      name: 'tea',
      file: 'tea.md',
      question: 'What do I drink?',
      expected: ['tea', 'green | black'],
      forbidden: ['coffee'],
      forbiddenTools: ['Bash'],
    })
  })

  it('that is not understood is reported with file and line', async () => {
    const error = (line: number, reason: string) => ({ error: fileError(`tea.md:${line}`, reason) })
    const keys = ['question', 'expected', 'forbidden', 'forbidden-tools']
    expect(await parse('---\nexpected: tea\nexpects: tea\n---\nWhat?')).to.deep.equal(
      error(3, memoryTestKey('expects', keys)),
    )
    expect(await parse('---\nexpected: []\n---\nWhat?')).to.deep.equal(
      error(2, memoryTestEmptyList('expected')),
    )
    expect(await parse('---\nexpected: tea\n---\n')).to.deep.equal(error(4, TEST_HAS_NO_QUESTION))
    expect(await parse('What?')).to.deep.equal(error(1, TEST_EXPECTS_NOTHING))
    const broken = await parse('---\nquestion: a\nexpected: [tea\n---\nWhat?')
    expect(JSON.stringify(broken)).to.match(/tea\.md:3: front matter, line 3: /)
  })

  it('is read from a directory, of which every bad file is named', async () => {
    const { directory: parent, remove } = await temporaryDirectory()
    const directory = path.join(parent, 'memory-tests')
    mkdirSync(directory)
    const rejected = async () => messageOf(await rejection(readMemoryTests(directory)))
    expect(await rejected()).to.equal(noMarkdownFiles(directory))
    writeFileSync(path.join(directory, 'a.md'), '---\nexpected: tea\n---\nWhat?')
    writeFileSync(path.join(directory, 'notes.txt'), 'no test')
    expect((await readMemoryTests(directory)).map(({ name }) => name)).to.deep.equal(['a'])
    for (const name of ['b.md', 'c.md']) writeFileSync(path.join(directory, name), 'What?')
    expect(await rejected()).to.equal(
      ['b.md', 'c.md']
        .map((name) => fileError(`${path.join(directory, name)}:1`, TEST_EXPECTS_NOTHING))
        .join('\n'),
    )
    rmSync(directory, { recursive: true })
    await remove()
  })

  it('is refused when the name of its file has a line feed', async () => {
    const { directory: parent, remove } = await temporaryDirectory()
    writeFileSync(path.join(parent, 'a\nb.md'), '---\nexpected: tea\n---\nWhat?')
    expect(messageOf(await rejection(readMemoryTests(parent)))).to.equal(
      fileError(path.join(parent, 'a b.md'), TEST_NAME_NOT_ONE_LINE),
    )
    await remove()
  })
})
