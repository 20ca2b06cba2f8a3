import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { diskFacts } from '../../../lib/permissions/facts/disk-facts.ts'
import { createProjectDirectory, type ProjectDirectory } from '../../support/project-directory.ts'

describe('The facts of the disk', () => {
  let directory: ProjectDirectory

  before(() => {
    directory = createProjectDirectory(['src/a.ts', 'src/deep/b.ts', 'other/c.ts'])
    const crowd = path.join(directory.project, 'crowd')
    mkdirSync(crowd)
    for (let at = 0; at <= 5_000; at++) writeFileSync(path.join(crowd, `${at}`), '')
  })

  after(() => directory.remove())

  const at = (name: string): string => path.join(directory.project, name)

  it('list the names of a directory, none of a missing one, and not those of a crowded one', async () => {
    expect(await diskFacts.listNames(at('src/deep'))).to.deep.equal(['b.ts'])
    expect(await diskFacts.listNames(at('none'))).to.deep.equal([])
    expect(await diskFacts.listNames(at('src/a.ts'))).to.deep.equal([])
    expect(await diskFacts.listNames(at('crowd'))).to.equal(null)
  })

  it('list a tree without following links', async () => {
    symlinkSync('/etc', at('src/etc'))
    const tree = await diskFacts.listTree(at('src'), [at('src')])
    expect(tree.type === 'directory' && [...tree.paths].sort()).to.deep.equal([
      at('src'),
      ...[at('src/a.ts'), at('src/deep'), at('src/deep/b.ts'), at('src/etc'), at('src/sub')],
    ])
  })

  it('enter only directories that contain a root or are inside one', async () => {
    const tree = await diskFacts.listTree(at('.'), [at('src/deep')])
    const paths = tree.type === 'directory' ? tree.paths : []
    expect(paths).to.include(at('src/deep/b.ts')).and.not.include(at('other/c.ts'))
  })

  it('say when a tree has too many entries, is a file, or is missing', async () => {
    const crowd = await diskFacts.listTree(at('crowd'), [at('crowd')])
    expect(crowd).to.include({ type: 'directory', isComplete: false })
    expect(await diskFacts.listTree(at('src/a.ts'), ['/'])).to.deep.equal({ type: 'file' })
    expect(await diskFacts.listTree(at('none'), ['/'])).to.deep.equal({ type: 'missing' })
  })

  it('say whether a file exists', async () => {
    expect(await diskFacts.exists(at('src/a.ts'))).to.equal(true)
    expect(await diskFacts.exists(at('none'))).to.equal(false)
  })
})
