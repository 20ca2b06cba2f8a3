import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { type SwappedDirectory, swapDirectory } from '../support/swapped-directory.ts'
import { createPlayground, type Playground } from './playground.ts'

const ROUNDS = 150
const EDIT = { old_string: 'SECRET', new_string: 'x' }
const NEVER = new AbortController().signal

describe('A directory that another program exchanges with a link all the time', () => {
  let ground: Playground
  let outside: string
  let swapping: SwappedDirectory

  beforeEach(async () => {
    ground = createPlayground()
    outside = join(dirname(ground.place.directory), 'outside')
    mkdirSync(outside)
    writeFileSync(join(outside, 'file-SECRET'), '')
    writeFileSync(join(outside, 'file'), 'SECRET')
    ground.put('dir/file', 'plain')
    symlinkSync('../outside', ground.path('link'))
  })

  afterEach(async () => {
    await swapping.stop()
    await ground.close()
  })

  const startSwapping = async (): Promise<void> => {
    swapping = await swapDirectory(ground.place.directory)
  }

  /** Runs a call that was judged when the directory was in its place. */
  const run = async (tool: string, args: Readonly<Record<string, string>>): Promise<string> => {
    const resolved = [ground.path(args['file_path'] ?? args['path'] ?? '')]
    const prepared = ground.prepare(tool, args)
    return (await prepared.run(NEVER, () => undefined, { resolved })).text
  }

  it('never makes Read or LS show what the link leads to', async () => {
    await startSwapping()
    const texts: string[] = []
    const wasRead = (): boolean => texts.some((text) => text.includes('plain'))
    // On a busy machine the directory may be away in each of the first rounds.
    for (let round = 0; round < ROUNDS || !wasRead(); round++) {
      texts.push(await run('Read', { file_path: 'dir/file' }))
      texts.push(await run('LS', { path: 'dir' }))
    }
    expect(texts.filter((text) => text.includes('SECRET'))).to.deep.equal([])
  })

  it('never makes Grep or Glob show what the link leads to', async () => {
    await startSwapping()
    const texts: string[] = []
    const shown = ['Found 1 file', 'plain', 'dir/file']
    const wereShown = (): boolean => shown.every((one) => texts.some((text) => text.includes(one)))
    for (let round = 0; round < ROUNDS || !wereShown(); round++) {
      texts.push(await run('Grep', { path: 'dir', pattern: 'SECRET|plain' }))
      texts.push(
        await run('Grep', { path: 'dir/file', pattern: 'S.CRET|plain', output_mode: 'content' }),
      )
      texts.push(await run('Glob', { path: 'dir', pattern: '*' }))
    }
    expect(texts.filter((text) => text.includes('SECRET'))).to.deep.equal([])
  })

  it('never makes Write or Edit change what the link leads to', async () => {
    await startSwapping()
    for (let round = 0; round < ROUNDS; round++) {
      await run('Write', { file_path: `dir/new-${round}`, content: 'x' })
      await run('Write', { file_path: `dir/below-${round}/new`, content: 'x' })
      await run('Edit', { file_path: 'dir/file', ...EDIT })
    }
    expect(readdirSync(outside)).to.deep.equal(['file', 'file-SECRET'])
    expect(readFileSync(join(outside, 'file'), 'utf8')).to.equal('SECRET')
  })

  it('never makes an undo or a redo change what the link leads to', async () => {
    const { journal } = ground.runner
    await run('Edit', { file_path: 'dir/file', old_string: 'plain', new_string: 'edited' })
    // Without a difference between the two files that would stop it.
    for (const place of [outside, ground.path('dir')]) writeFileSync(join(place, 'file'), 'edited')
    await startSwapping()
    let undoId = ''
    for (let round = 0; round < ROUNDS; round++) {
      const selection = undoId === '' ? { turnId: 'turn-1' } : { undoId }
      const result = await journal.undo(selection).catch(() => null)
      if (result?.ok) undoId = result.undoId
    }
    expect(readFileSync(join(outside, 'file'), 'utf8')).to.equal('edited')
    expect(readdirSync(outside)).to.deep.equal(['file', 'file-SECRET'])
  })
})
