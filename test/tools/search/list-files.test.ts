import { expect } from 'chai'
import { type FoundPath, searchFiles } from '../../../lib/tools/search/list-files.ts'
import { loadCases } from '../../support/cases.ts'
import { createPlayground, type Playground } from '../playground.ts'

describe('The search for a path that is being typed', () => {
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

  it('finds names at any depth, in any case, directories first', async () => {
    expect(await search('app')).to.deep.equal(['src/App.tsx', 'src/lib/app.ts'])
    expect(await search('r')).to.deep.equal(['src/', 'README.md'])
    expect(await search('nowhere')).to.deep.equal([])
  })

  it('lists the content of a directory, and searches only in the named directory', async () => {
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

  it('reads the ignore files of every directory, of which the nearer and the later line wins', async () => {
    ground.put('.gitignore', '*.gen.ts\n/a/b/*\n!/a/b/app2.ts\nd[0-9]ta\n**/x/app.ts\n')
    ground.put('src/.gitignore', 'apps\n!keep.gen.ts\n/lib/app.ts\n')
    ground.put('src/lib/.ignore', '*\n!app.md\n')
    const names = ['src/apps/app.ts', 'src/app.gen.ts', 'src/app/keep.gen.ts', 'src/lib/app.md']
    const more = ['apps/app.ts', 'a/b/app1.ts', 'a/b/app2.ts', 'd1ta/app.ts', 'q/x/app.ts']
    for (const name of [...names, ...more, 'src/lib/deep/app.ts']) ground.put(name, '')
    expect(await search('app')).to.deep.equal([
      'apps/',
      'src/app/',
      'a/b/app2.ts',
      'apps/app.ts',
      'src/App.tsx',
      'src/lib/app.md',
    ])
    expect(await search('keep')).to.deep.equal(['src/app/keep.gen.ts'])
    expect(await search('src/lib/')).to.deep.equal(['src/lib/app.md'])
    // The user can still type the name of an ignored directory.
    expect(await search('src/apps/')).to.deep.equal(['src/apps/app.ts'])
  })

  it('does not take long for malicious ignore files', async () => {
    const stars = `${'a*'.repeat(1000)}b\n`.repeat(50)
    ground.put('.gitignore', `${stars}{${'a,'.repeat(5000)}}\n`)
    ground.put(`${'a'.repeat(200)}.app`, '')
    expect(await search('.app')).to.deep.equal([`${'a'.repeat(200)}.app`])
  })

  it('distinguishes capitals in ignore files', async () => {
    ground.put('.gitignore', 'APP.md\n')
    ground.put('app.md', '')
    expect(await search('app.md')).to.deep.equal(['app.md'])
  })

  it('stops when it is aborted', async () => {
    const found = await searchFiles(ground.place.directory, 'app', AbortSignal.abort())
    expect(found).to.deep.equal([])
  })

  const { cases } = loadCases('file_search.json') as { cases: Case[] }
  for (const { id, tree, query, expected } of cases) {
    it(`answers ${id} as expected`, async () => {
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
