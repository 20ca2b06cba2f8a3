import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { writeDocument } from '../../lib/settings/json-file.ts'
import { swapDirectory } from '../support/swapped-directory.ts'

const ROUNDS = 150

describe('Settings of a project whose directory another program exchanges with a link all the time', () => {
  it('are not written where the link leads to', async () => {
    const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'letta-swapped-')))
    const project = path.join(root, 'project')
    const [inside, outside] = ['project/dir', 'outside'].map((name) => path.join(root, name))
    for (const one of [inside, outside]) {
      mkdirSync(one ?? '', { recursive: true })
      writeFileSync(path.join(one ?? '', 'settings.json'), '{}')
    }
    symlinkSync('../outside', path.join(project, 'link'))
    const swapping = await swapDirectory(project)
    try {
      const file = path.join(project, 'dir/settings.json')
      const options = { path: file, personal: false, within: project }
      for (let round = 0; round < ROUNDS; round++) {
        await writeDocument(options, () => ({ round })).catch(() => null)
      }
      expect(readFileSync(path.join(outside ?? '', 'settings.json'), 'utf8')).to.equal('{}')
    } finally {
      await swapping.stop()
      rmSync(root, { recursive: true, force: true })
    }
  })
})
