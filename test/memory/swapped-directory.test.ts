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
import path from 'node:path'
import { expect } from 'chai'
import { openMemoryDirectory } from '../../lib/memory/memory-directory.ts'
import type { MemoryBlock } from '../../lib/session/state/memory.ts'
import { type SwappedDirectory, swapDirectory } from '../support/swapped-directory.ts'

const ROUNDS = 150

const BLOCK: MemoryBlock = {
  id: 'block-1',
  label: 'dir/human',
  value: 'Ada',
  limit: 100,
  description: null,
  readOnly: false,
}

describe('Memory files in a directory that another program exchanges with a link all the time', () => {
  let root: string
  let swapping: SwappedDirectory
  const at = (name: string): string => path.join(root, name)

  beforeEach(async () => {
    root = realpathSync(mkdtempSync(path.join(tmpdir(), 'letta-swapped-')))
    for (const name of ['system/dir', 'outside']) mkdirSync(at(name), { recursive: true })
    writeFileSync(at('outside/human.md'), '---\ndescription: x\n---\nSECRET\n')
    symlinkSync('../outside', at('system/link'))
    swapping = await swapDirectory(at('system'))
  })

  afterEach(async () => {
    await swapping.stop()
    rmSync(root, { recursive: true, force: true })
  })

  it('are neither read nor written where the link leads to', async () => {
    const directory = openMemoryDirectory(root, 'memfs', [BLOCK])
    const read: string[] = []
    for (let round = 0; round < ROUNDS; round++) {
      await directory.write(BLOCK, `Ada ${round}`).catch(() => null)
      await directory.writeAll({}).catch(() => null)
      const files = await directory.read().catch(() => [])
      read.push(...files.map(({ value }) => value))
    }
    expect(read.filter((value) => value.includes('SECRET'))).to.deep.equal([])
    expect(readdirSync(at('outside'))).to.deep.equal(['human.md'])
    expect(readFileSync(at('outside/human.md'), 'utf8')).to.include('SECRET')
  })
})
