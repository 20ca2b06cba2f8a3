import { expect } from 'chai'
import { type FoundPath, searchFiles } from '../../lib/tools/file-search.ts'
import { loadCases } from '../support/cases.ts'
import { createPlayground, type Playground } from './playground.ts'

describe('searching files for a path that is typed', () => {
  let ground: Playground
  beforeEach(() => {
    ground = createPlayground()
    for (const name of ['src/App.tsx', 'src/lib/app.ts', 'README.md', '.env', 'dist/app.js']) {
      ground.put(name, '')
    }
  })
  afterEach(() => ground.close())

  const search = async (query: string): Promise<string[]> => {
    const found = await searchFiles(ground.place.directory, query)
    return found.map(({ path, type }) => (type === 'dir' ? `${path}/` : path))
  }

  it('finds names anywhere below, in any case, folders first', async () => {
    expect(await search('app')).to.deep.equal(['src/App.tsx', 'src/lib/app.ts'])
    expect(await search('r')).to.deep.equal(['src/', 'README.md'])
    expect(await search('nowhere')).to.deep.equal([])
  })

  it('shows what a folder holds, and looks only in the folder that is named', async () => {
    expect(await search('')).to.deep.equal(['src/', 'README.md'])
    expect(await search('src/')).to.deep.equal(['src/lib/', 'src/App.tsx'])
    expect(await search('src/lib/a')).to.deep.equal(['src/lib/app.ts'])
    expect(await search('none/a')).to.deep.equal([])
  })

  it('leaves out what the project ignores', async () => {
    ground.put('.gitignore', '# made\n/out\n*.log\nsrc/made/\n!keep.log\n')
    for (const name of ['out/app.js', 'src/app.log', 'src/made/app.ts', 'lib/out/app.rb']) {
      ground.put(name, '')
    }
    expect(await search('app')).to.deep.equal(['lib/out/app.rb', 'src/App.tsx', 'src/lib/app.ts'])
    expect(await search('src/')).to.deep.equal(['src/lib/', 'src/App.tsx'])
    expect(await search('')).to.deep.equal(['lib/', 'src/', 'README.md'])
  })

  it('stops when nobody waits for it any more', async () => {
    const found = await searchFiles(ground.place.directory, 'app', AbortSignal.abort())
    expect(found).to.deep.equal([])
  })

  const loaded = loadCases('file_search.json') as { cases: Case[] } | null
  if (loaded === null) it.skip('file_search.json is not on this machine')
  for (const { id, tree, query, expected } of loaded?.cases ?? []) {
    it(id, async () => {
      for (const [name, content] of Object.entries(tree)) ground.put(name, content)
      expect(await searchFiles(ground.place.directory, query)).to.deep.equal(expected)
    })
  }
})

interface Case {
  readonly id: string
  readonly tree: Record<string, string>
  readonly query: string
  readonly expected: FoundPath[]
}
