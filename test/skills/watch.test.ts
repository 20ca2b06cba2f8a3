import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Watch, watchSkills } from '../../lib/skills/watch.ts'

describe('The watcher of skills', () => {
  let root: string
  let watch: Watch | undefined
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'letta-watch-')))
  })
  afterEach(async () => {
    await watch?.close()
    rmSync(root, { recursive: true, force: true })
  })

  it('reports that a skill was added, changed and removed, also in a directory that was created later', async () => {
    const directory = join(root, '.skills')
    const file = join(directory, 'a/SKILL.MD')
    let changed: () => void = () => undefined
    watch = await watchSkills(directory, () => changed())
    const wait = async (change: () => void): Promise<void> => {
      const next = new Promise<void>((resolve) => {
        changed = resolve
      })
      change()
      await next
    }
    await wait(() => {
      mkdirSync(join(directory, 'a'), { recursive: true })
      writeFileSync(file, 'one')
    })
    await wait(() => writeFileSync(file, 'two, longer'))
    await wait(() => rmSync(file))
  })
})
