import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { withFacts } from '../../../lib/permissions/facts/fact-cache.ts'
import type { FactSource } from '../../../lib/permissions/facts/facts.ts'
import { emptyFacts, IMAGINARY_BOUNDS } from '../../support/file-facts.ts'

describe('An evaluation with facts', () => {
  /** Follows links and notes what it is asked. */
  function sourceWith(links: Readonly<Record<string, string>>): FactSource & { asked: string[] } {
    const asked: string[] = []
    const resolve = (file: string): string => {
      asked.push(file)
      return links[file] ?? file
    }
    return { ...emptyFacts(resolve), asked }
  }

  it('runs again until every fact that it asks for is known', async () => {
    const source = sourceWith({ '/p/a': '/q', '/q/b': '/r' })
    const found = await withFacts(IMAGINARY_BOUNDS, source, (view) => {
      const first = view.resolve('/p/a')
      return { first, second: view.resolve(`${first}/b`), isExhausted: view.isExhausted }
    })
    expect(found).to.deep.equal({ first: '/q', second: '/r', isExhausted: false })
  })

  it('reads each fact once', async () => {
    const source = sourceWith({})
    await withFacts(IMAGINARY_BOUNDS, source, (view) => {
      for (const file of ['/p/a', '/p/b', '/p/a', '/p']) view.resolve(file)
    })
    expect(source.asked.sort()).to.deep.equal(['/h', '/p', '/p/a', '/p/b'])
  })

  it('reads facts of every kind', async () => {
    const source: FactSource = {
      ...emptyFacts(),
      listNames: async (directory) => [directory],
      listTree: async (directory, roots) => {
        return { type: 'directory', paths: [directory, ...roots], links: [], isComplete: true }
      },
      exists: async () => true,
      findGitDanger: async (directory) => `x.${directory}`,
      findGitTop: async (directory) => directory,
      hasLinkedDirectories: async (directory) => directory === '/a',
      listTrackedFiles: async (directory) => ({ type: 'files', paths: [directory] }),
    }
    const found = await withFacts(IMAGINARY_BOUNDS, source, (view) => [
      view.listNames('/a'),
      view.listTree('/a', ['/b']),
      view.listTree('/a', ['/c']),
      view.exists('/a'),
      view.findGitDanger('/a'),
      view.hasLinkedDirectories('/a'),
      view.listTrackedFiles('/a'),
    ])
    expect(found).to.deep.equal([
      ['/a'],
      { type: 'directory', paths: ['/a', '/b'], links: [], isComplete: true },
      { type: 'directory', paths: ['/a', '/c'], links: [], isComplete: true },
      true,
      'x./a',
      true,
      { type: 'files', paths: ['/a'] },
    ])
  })

  it('ends with an exhausted view when each answer leads to another question', async () => {
    let answers = 0
    const source = emptyFacts((file) => (file.startsWith('/next') ? `/next${++answers}` : file))
    const isExhausted = await withFacts(IMAGINARY_BOUNDS, source, (view) => {
      let file = '/next'
      for (let step = 0; step < 100; step++) file = view.resolve(file)
      return view.isExhausted
    })
    expect(isExhausted).to.equal(true)
    expect(answers).to.be.lessThan(20)
  })

  it('ends with an exhausted view when it asks for too many paths', async () => {
    const ask = (count: number): Promise<readonly [boolean, string]> =>
      withFacts(IMAGINARY_BOUNDS, sourceWith({ '/late/../x': '/linked' }), (view) => {
        for (let at = 0; at < count; at++) view.resolve(`/p/${at}`)
        return [view.isExhausted, view.resolve('/late/../x')] as const
      })
    expect(await ask(1_900)).to.deep.equal([false, '/linked'])
    expect((await ask(2_100))[1]).to.equal('/x')
    expect((await ask(2_100))[0]).to.equal(true)
  })

  it('ends with an exhausted view when it asks about too many repositories', async () => {
    let answers = 0
    const source = { ...emptyFacts(), findGitDanger: async () => `danger ${++answers}` }
    const ask = (count: number): Promise<boolean> =>
      withFacts(IMAGINARY_BOUNDS, source, (view) => {
        for (let at = 0; at < count; at++) view.findGitDanger(`/p/${at}`)
        return view.isExhausted
      })
    expect(await ask(40)).to.equal(false)
    expect(await ask(400)).to.equal(true)
    expect(answers).to.be.lessThan(100)
  })

  it('is the only way in which this room reads the disk: no module of it reads synchronously', () => {
    const room = path.join(import.meta.dirname, '../../../lib/permissions')
    const files = readdirSync(room, { recursive: true, encoding: 'utf8' })
    const synchronous = files
      .filter((name) => name.endsWith('.ts'))
      .filter((name) => /\w+Sync\b/.test(readFileSync(path.join(room, name), 'utf8')))
    expect(synchronous).to.deep.equal([])
  })
})
