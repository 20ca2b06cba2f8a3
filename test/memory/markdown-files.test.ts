import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { planImport } from '../../lib/memory/import-plan.ts'
import { fileNames } from '../../lib/memory/markdown.ts'
import { readBlocks, readExisting, writeBlocks } from '../../lib/memory/markdown-files.ts'
import {
  directoryNotFound,
  duplicateLabel,
  editedFile,
  foreignFile,
  importReadOnly,
  importTooLong,
  LABEL_NOT_ONE_LINE,
  nameNotUtf8,
  pathNotDirectory,
} from '../../lib/memory/messages.ts'
import type { MemoryBlock } from '../../lib/session/state/memory.ts'
import { messageOf } from '../../lib/util/user-error.ts'
import { skipWhen } from '../support/skip.ts'

const block = (label: string, value: string, more: Partial<MemoryBlock> = {}): MemoryBlock => ({
  id: `block-${label}`,
  label,
  value,
  limit: 100,
  description: null,
  readOnly: false,
  ...more,
})

function writes(path: Buffer): boolean {
  try {
    writeFileSync(path, '')
    return true
  } catch {
    return false
  }
}

describe('Memory as markdown files', () => {
  let root: string
  let directory: string
  const read = (name: string): string => readFileSync(join(directory, name), 'utf8')
  const put = (name: string, text: string): void => {
    mkdirSync(directory, { recursive: true })
    writeFileSync(join(directory, name), text)
  }
  const errorOf = (work: Promise<unknown>): Promise<string> => work.then(() => 'none', messageOf)

  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'letta-memory-')))
    directory = join(root, 'memory')
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  it('creates no block whose label has a line feed, also when that is the name of its file', async () => {
    put('a\nb.md', 'named by its file')
    put('c.md', '---\nlabel: "c\\nd"\n---\nnamed in the file')
    const files = await readBlocks(directory)
    expect(files.map(({ label }) => label)).to.deep.equal(['a\nb', 'c\nd'])
    for (const step of await planImport(files, [])) {
      expect(step).to.include({ type: 'refused', reason: LABEL_NOT_ONE_LINE })
    }
    const own = [block('c\nd', 'old')]
    expect((await planImport(files, own)).map(({ type }) => type)).to.deep.equal([
      'refused',
      'update',
    ])
  })

  it('reports where it cannot be written', async () => {
    const file = join(root, 'file')
    writeFileSync(file, '')
    for (const path of [file, join(file, 'below')]) {
      expect(await errorOf(writeBlocks(path, [block('human', 'x')]))).to.equal(
        pathNotDirectory(file),
      )
    }
    expect(await errorOf(readExisting(file))).to.equal(pathNotDirectory(file))
  })

  it('refuses a file whose name is not UTF-8, and names it', async function () {
    put('human.md', 'Name: Ada')
    const name = Buffer.concat([
      Buffer.from(`${directory}/caf`),
      Buffer.from([0xe9]),
      Buffer.from('.md'),
    ])
    skipWhen(this, !writes(name), 'file names must be UTF-8 here')
    const misread = join(directory, 'caf\uFFFD.md')
    expect(await errorOf(readBlocks(directory))).to.equal(nameNotUtf8(misread))
    expect(await errorOf(readExisting(directory))).to.equal(nameNotUtf8(misread))
    rmSync(name)
    put('caf\uFFFD.md', 'This name is valid.')
    expect((await readBlocks(directory)).map(({ label }) => label)).to.deep.equal([
      'caf\uFFFD',
      'human',
    ])
  })

  it('reports a file system that accepts no directory', async function () {
    skipWhen(this, process.platform !== 'linux', 'there is no /proc')
    expect(await errorOf(writeBlocks('/proc/letta/below', [block('human', 'x')]))).to.match(
      /^\/proc\/letta: E/,
    )
  })

  it('contains the attributes of a block between --- lines, and its value below', async () => {
    const human = block('human', 'Name: Ada\nLikes: tests', { description: 'Who: the user' })
    const rules = block('rules', 'Be kind.', { readOnly: true })
    expect(await writeBlocks(directory, [human, rules])).to.deep.equal([
      { label: 'human', path: join(directory, 'human.md'), changed: true },
      { label: 'rules', path: join(directory, 'rules.md'), changed: true },
    ])
    expect(read('human.md')).to.equal(
      "---\nlabel: human\ndescription: 'Who: the user'\nlimit: 100\n---\nName: Ada\nLikes: tests\n",
    )
    expect(read('rules.md')).to.equal(
      '---\nlabel: rules\nlimit: 100\nread_only: true\n---\nBe kind.\n',
    )
  })

  it('is read exactly as it was written, whatever a block contains', async () => {
    const values = [
      '',
      '\n',
      'a\n\n\n',
      '---\nlabel: other\n---\nx',
      '---js\nthrow 1\n---\n',
      'a\r\nb\rc',
      '\ufeffmark',
      '  spaces  ',
      '\u001b[31mred\u0007',
    ]
    const blocks = values.map((value, index) => {
      return block(`b${index}`, value, { description: 'x\n---\ny: "z"' })
    })
    await writeBlocks(directory, blocks)
    const files = await readBlocks(directory)
    expect(files.map(({ label, value, limit }) => [label, value, limit])).to.deep.equal(
      blocks.map(({ label, value, limit }) => [label, value, limit]),
    )
    expect(files.map(({ description }) => description)).to.deep.equal(
      blocks.map(({ description }) => description),
    )
    const again = await writeBlocks(directory, blocks)
    expect(again.some(({ changed }) => changed)).to.equal(false)
  })

  it('contains nothing of a longer value that it had before', async () => {
    await writeBlocks(directory, [block('human', 'a long value')])
    await writeBlocks(directory, [block('human', 'short')])
    expect(read('human.md')).to.match(/---\nshort\n$/)
  })

  it('allows no label to leave the directory, to be hidden, or to use the file of another', async () => {
    const labels = [
      '../../x',
      '/etc/passwd',
      '.git',
      '..',
      'a\u0000b',
      'A',
      'a',
      'CON:x',
      '',
      'Ü é',
    ]
    expect(fileNames(labels)).to.deep.equal([
      '%2e.%2f..%2fx.md',
      '%2fetc%2fpasswd.md',
      '%2egit.md',
      '%2e..md',
      'a%00b.md',
      'A.md',
      'a~2.md',
      'CON%3ax.md',
      '%.md',
      'Ü%20é.md',
    ])
    expect(fileNames(['x'.repeat(5000)])[0]).to.match(/^x{100}~[0-9a-f]{8}\.md$/)
    await writeBlocks(
      directory,
      labels.slice(0, 8).map((label) => block(label, label)),
    )
    expect(readdirSync(root)).to.deep.equal(['memory'])
    const files = await readBlocks(directory)
    expect(new Set(files.map(({ label }) => label))).to.deep.equal(new Set(labels.slice(0, 8)))
  })

  it('does not share a file with a label that differs only in capitals', () => {
    expect(fileNames(['a', 'A'])).to.deep.equal(['a.md', 'A~2.md'])
  })

  it('does not replace the export of another block', async () => {
    await writeBlocks(directory, [block('persona', 'x')])
    put('human.md', read('persona.md'))
    expect(await errorOf(writeBlocks(directory, [block('human', 'y')]))).to.equal(
      foreignFile(join(directory, 'human.md'), 'human'),
    )
    expect(read('human.md')).to.equal(read('persona.md'))
  })

  it('does not change files of other blocks, and follows no link', async () => {
    put('human.md', '# Notes of mine\n')
    const blocks = [block('persona', 'x'), block('human', 'y')]
    expect(await errorOf(writeBlocks(directory, blocks))).to.equal(
      foreignFile(join(directory, 'human.md'), 'human'),
    )
    expect([readdirSync(directory), read('human.md')]).to.deep.equal([
      ['human.md'],
      '# Notes of mine\n',
    ])
    rmSync(join(directory, 'human.md'))
    writeFileSync(join(root, 'secret'), 's')
    symlinkSync(join(root, 'secret'), join(directory, 'human.md'))
    expect(await errorOf(writeBlocks(directory, blocks))).to.include('is a symbolic link')
    expect(await errorOf(readBlocks(directory))).to.include('is a symbolic link')
    expect(readFileSync(join(root, 'secret'), 'utf8')).to.equal('s')
  })

  it('uses the name of the file without a label, and reports an unreadable file', async () => {
    put('notes.md', 'Plain text.\n')
    put('windows.md', '---\r\nlabel: w\r\n---\r\none\r\ntwo\r\n')
    put('.hidden.md', 'x')
    put('other.txt', 'x')
    expect((await readBlocks(directory)).map(({ label, value }) => [label, value])).to.deep.equal([
      ['notes', 'Plain text.'],
      ['w', 'one\ntwo'],
    ])
    expect((await readBlocks(join(directory, 'notes.md'))).map(({ label }) => label)).to.deep.equal(
      ['notes'],
    )
    put('code.md', '---js\n({ label: process.exit(3) })\n---\n')
    expect(await errorOf(readBlocks(directory))).to.equal(
      `${join(directory, 'code.md')}: front matter must be YAML: begin with a line "---"`,
    )
    expect(await errorOf(readBlocks(join(root, 'nowhere')))).to.equal(
      directoryNotFound(join(root, 'nowhere')),
    )
  })

  it('plans an import, and rejects what a block does not accept', async () => {
    const file = (label: string, value: string, limit: number | null = null) => ({
      label,
      value,
      limit,
      description: null,
      path: `/m/${label}.md`,
    })
    const human = block('human', 'old')
    const steps = await planImport(
      [
        file('persona', 'same'),
        file('human', 'new'),
        file('human', 'newer'),
        file('rules', 'changed'),
        file('short', 'x'.repeat(101)),
        file('fresh', 'made'),
        file('long', 'xxx', 2),
      ],
      [
        block('persona', 'same'),
        human,
        block('rules', 'r', { readOnly: true }),
        block('short', ''),
      ],
    )
    expect(steps).to.deep.equal([
      { type: 'unchanged', label: 'persona' },
      { type: 'update', block: human, value: 'new', file: file('human', 'new') },
      {
        type: 'refused',
        path: '/m/human.md',
        reason: duplicateLabel('human', '/m/human.md'),
      },
      { type: 'refused', path: '/m/rules.md', reason: importReadOnly('rules') },
      { type: 'refused', path: '/m/short.md', reason: importTooLong(101, 100) },
      { type: 'create', file: file('fresh', 'made') },
      { type: 'refused', path: '/m/long.md', reason: importTooLong(3, 2) },
    ])
  })

  it('plans an import against what the file and the block were the last time', async () => {
    const file = (value: string) => {
      return { label: 'human', value, limit: null, description: null, path: '/m/human.md' }
    }
    const step = async (base: string | null, ofBlock: string, ofFile: string) => {
      const [one] = await planImport(
        [file(ofFile)],
        [block('human', ofBlock)],
        base === null ? {} : { human: base },
      )
      return one?.type === 'update' ? one.value : one?.type
    }
    expect(await step(null, 'a', 'b')).to.equal('b')
    expect(await step('a', 'a', 'b')).to.equal('b')
    expect(await step('a', 'b', 'a')).to.equal('newer')
    expect(await step('a', 'b', 'b')).to.equal('unchanged')
    expect(await step('1\n2\n3', '1\n2\nthree', 'one\n2\n3')).to.equal('one\n2\nthree')
    expect(await step(null, 'a', `ghp_${'a1B2'.repeat(9)}`)).to.equal('refused')
    expect(await step('a', 'b', 'c')).to.equal('conflict')
    expect(await step('a', 'b', 'x'.repeat(200))).to.equal('conflict')
  })

  it('is not replaced when it was edited since the last export', async () => {
    const human = block('human', 'one')
    await writeBlocks(directory, [human])
    put('human.md', read('human.md').replace('one', 'edited'))
    const newer = { ...human, value: 'two' }
    expect(await errorOf(writeBlocks(directory, [newer], { human: 'one' }))).to.equal(
      editedFile(join(directory, 'human.md')),
    )
    expect(read('human.md')).to.include('edited')
    await writeBlocks(directory, [newer], { human: 'edited' })
    expect(read('human.md')).to.include('two')
  })
})
