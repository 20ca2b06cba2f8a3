import { expect } from 'chai'
import { createFileIndex, type FileIndex } from '../../../lib/tools/search/file-index.ts'
import { createPlayground, type Playground } from '../playground.ts'

describe('The index of the files of a project', () => {
  let ground: Playground
  beforeEach(() => {
    ground = createPlayground()
  })
  afterEach(() => ground.close())

  const put = (...names: readonly string[]): void => {
    for (const name of names) ground.put(name, '')
  }
  const search = async (
    index: FileIndex,
    query: string,
    recent: readonly string[] = [],
    signal = new AbortController().signal,
  ): Promise<readonly string[]> => {
    let last: readonly string[] = []
    for await (const paths of index.search(query, { recent, signal })) last = paths
    return last
  }

  it('finds files and directories by letters, the best first, also in hidden directories but .git', async () => {
    put('src/completion-controller.ts', 'src/cc.ts', '.github/ci.yml', '.git/config', 'a/c/x.ts')
    const index = createFileIndex(ground.place.directory, () => 0)
    expect((await search(index, 'cc')).slice(0, 2)).to.deep.equal([
      'src/cc.ts',
      'src/completion-controller.ts',
    ])
    expect(await search(index, 'ciyml')).to.deep.equal(['.github/ci.yml'])
    expect(await search(index, 'gitcon')).to.deep.equal([])
    expect(await search(index, 'github')).to.deep.equal(['.github/', '.github/ci.yml'])
  })

  it('leaves out what the project ignores', async () => {
    put('app.ts', 'out/app.ts', 'node_modules/app.ts')
    ground.put('.gitignore', 'out\n')
    const index = createFileIndex(ground.place.directory, () => 0)
    expect(await search(index, 'app')).to.deep.equal(['app.ts'])
  })

  it('puts a recent file before an equal one', async () => {
    put('a/view.ts', 'b/view.ts')
    const index = createFileIndex(ground.place.directory, () => 0)
    expect(await search(index, 'view')).to.deep.equal(['a/view.ts', 'b/view.ts'])
    expect(await search(index, 'view', ['b/view.ts'])).to.deep.equal(['b/view.ts', 'a/view.ts'])
  })

  it('finds new files once its list is old, and fewer with each letter', async () => {
    put('one.ts')
    let now = 0
    const index = createFileIndex(ground.place.directory, () => now)
    expect(await search(index, 'o')).to.deep.equal(['one.ts'])
    put('only.ts')
    expect(await search(index, 'on')).to.deep.equal(['one.ts'])
    now = 60_000
    expect(await search(index, 'on')).to.deep.equal(['one.ts', 'only.ts'])
    expect(await search(index, 'onl')).to.deep.equal(['only.ts'])
    expect(await search(index, 'o')).to.deep.equal(['one.ts', 'only.ts'])
  })

  it('ends when it is aborted', async () => {
    put('one.ts')
    const index = createFileIndex(ground.place.directory, () => 0)
    expect(await search(index, 'o', [], AbortSignal.abort())).to.deep.equal([])
  })
})
