import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { countOutside, memfsPaths, readMemfs, writeMemfs } from '../../lib/memory/memfs.ts'
import { detectLayout, openMemoryDirectory } from '../../lib/memory/memory-directory.ts'
import {
  duplicateLabel,
  editedFile,
  fileError,
  labelTooLong,
  nameNotUtf8,
  pathNotDirectory,
  symbolicLink,
} from '../../lib/memory/messages.ts'
import type { MemoryBlock } from '../../lib/session/state/memory.ts'
import { messageOf } from '../../lib/util/user-error.ts'
import { skipWhen } from '../support/skip.ts'

const block = (label: string, value = label, more: Partial<MemoryBlock> = {}): MemoryBlock => ({
  id: `block-${label}`,
  label,
  value,
  limit: 100,
  description: null,
  readOnly: false,
  ...more,
})

describe('Memory in the layout of Letta Code', () => {
  let root: string
  let directory: string
  beforeEach(() => {
    root = realpathSync(mkdtempSync(path.join(tmpdir(), 'letta-memfs-')))
    directory = path.join(root, 'memory')
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))
  const at = (name: string): string => path.join(directory, name)
  const put = (name: string, text: string): void => {
    mkdirSync(path.dirname(at(name)), { recursive: true })
    writeFileSync(at(name), text)
  }
  const error = (work: Promise<unknown>): Promise<string> => work.then(() => 'none', messageOf)

  it('has a file with a description below system for each block, and is recognized by it', async () => {
    expect(await detectLayout(directory)).to.equal('markdown')
    const style = block('project/style', 'Tabs.', { description: 'Style', readOnly: true })
    await writeMemfs(directory, [block('human'), style], {})
    expect(readFileSync(at('system/human.md'), 'utf8')).to.equal(
      '---\ndescription: human\nlimit: 100\n---\nhuman\n',
    )
    expect(readFileSync(at('system/project/style.md'), 'utf8')).to.equal(
      '---\ndescription: Style\nlimit: 100\nread_only: true\n---\nTabs.\n',
    )
    expect(await detectLayout(directory)).to.equal('memfs')
  })

  it('gives every label back, and lets none leave the directory', async () => {
    const labels = ['human', 'a/b', '../../x', '/etc/passwd', '..', '.git/config', 'a//b', 'C: Ü?']
    expect([...memfsPaths(labels).values()]).to.deep.equal([
      'system/human.md',
      'system/a/b.md',
      'system/%2e./%2e./x.md',
      'system/%2fetc%2fpasswd.md',
      'system/%2e..md',
      'system/%2egit/config.md',
      'system/a%2f%2fb.md',
      'system/C%3a%20Ü%3f.md',
    ])
    await writeMemfs(
      directory,
      labels.map((label) => block(label)),
      {},
    )
    const files = await readMemfs(directory, labels)
    expect(files.map(({ label, value }) => [label, value])).to.have.deep.members(
      labels.map((label) => [label, label]),
    )
    expect(readdirSync(root)).to.deep.equal(['memory'])
    expect(() => memfsPaths(['x'.repeat(300)])).to.throw(labelTooLong('x'.repeat(300)))
  })

  it('has files of labels that differ only in case, with the label in them', async () => {
    const labels = ['HUMAN', 'human', 'a/B', 'a/b']
    expect([...memfsPaths(labels).values()]).to.deep.equal([
      'system/HUMAN~2.md',
      'system/human.md',
      'system/a/B~2.md',
      'system/a/b.md',
    ])
    expect(memfsPaths(['human', 'HUMAN']).get('HUMAN')).to.equal('system/HUMAN~2.md')
    const blocks = labels.map((label) => block(label))
    await writeMemfs(directory, blocks, {})
    const opened = openMemoryDirectory(directory, 'memfs', blocks)
    await opened.write(block('HUMAN'), 'new')
    put('system/human~7.md', '---\nlabel: other\n---\nx\n')
    const files = await readMemfs(directory, [])
    expect(files.map(({ label, value }) => [label, value])).to.have.deep.members([
      ['HUMAN', 'new'],
      ['human', 'human'],
      ['a/B', 'a/B'],
      ['a/b', 'a/b'],
      ['human~7', 'x'],
    ])
  })

  it('takes labels as paths when Letta Code has created the agent', async () => {
    const labels = ['system/human', 'system/dev/git', 'notes']
    expect([...memfsPaths(labels).values()]).to.deep.equal([
      'system/human.md',
      'system/dev/git.md',
      'notes.md',
    ])
    await writeMemfs(
      directory,
      labels.map((label) => block(label)),
      {},
    )
    put('reference/old.md', '---\ndescription: x\n---\nOld.\n')
    put('skills/x/SKILL.md', 'x')
    const read = await readMemfs(directory, labels)
    expect(read.map(({ label }) => label)).to.have.members(labels)
    expect(await countOutside(directory, labels)).to.equal(2)
  })

  it('follows no link, neither to read nor to write', async () => {
    const outside = path.join(root, 'outside')
    mkdirSync(outside)
    writeFileSync(path.join(outside, 'secret.md'), 'secret')
    mkdirSync(directory)
    symlinkSync(outside, at('system'))
    expect(await error(detectLayout(directory))).to.equal(symbolicLink(at('system')))
    expect(await error(readMemfs(directory, []))).to.equal(symbolicLink(at('system')))
    expect(await error(writeMemfs(directory, [block('a/b')], {}))).to.equal(
      symbolicLink(at('system')),
    )
    rmSync(at('system'))
    mkdirSync(at('system'))
    symlinkSync(outside, at('system/a'))
    expect(await error(readMemfs(directory, ['human']))).to.equal(symbolicLink(at('system/a')))
    expect(await error(writeMemfs(directory, [block('a/b')], {}))).to.equal(
      symbolicLink(at('system/a')),
    )
    expect(readdirSync(outside)).to.deep.equal(['secret.md'])
  })

  it('refuses names that are not UTF-8, of files and of directories', async function () {
    put('system/human.md', 'Name: Ada')
    const name = Buffer.concat([Buffer.from(at('system/caf')), Buffer.from([0xe9])])
    skipWhen(this, process.platform !== 'linux', 'file names are UTF-8 there')
    mkdirSync(name)
    const misread = nameNotUtf8(at('system/caf\uFFFD'))
    expect(await error(readMemfs(directory, ['human']))).to.equal(misread)
    rmdirSync(name)
    writeFileSync(Buffer.concat([name, Buffer.from('.md')]), 'x')
    expect(await error(readMemfs(directory, ['human']))).to.equal(
      nameNotUtf8(at('system/caf\uFFFD.md')),
    )
  })

  it('refuses a file in the place of the directory', async () => {
    writeFileSync(directory, '')
    const expected = pathNotDirectory(at('system'))
    expect(await error(readMemfs(directory, []))).to.equal(expected)
  })

  it('refuses two files of one label, and keeps a file that was edited', async () => {
    put('system/a/b.md', 'one')
    put('system/a%2Fb.md', 'two')
    expect(await error(readMemfs(directory, []))).to.equal(
      fileError(at('system/a%2Fb.md'), duplicateLabel('a/b', at('system/a/b.md'))),
    )
    put('system/human.md', 'edited')
    const opened = openMemoryDirectory(directory, 'memfs', [block('human', 'new')])
    expect(await error(opened.writeAll({ human: 'old' }))).to.equal(
      editedFile(at('system/human.md')),
    )
    expect(readFileSync(at('system/human.md'), 'utf8')).to.equal('edited')
  })
})
