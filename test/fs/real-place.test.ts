import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { open, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { hasMoved } from '../../lib/fs/messages.ts'
import {
  atRealPath,
  changeMode,
  inRealDirectory,
  makeRealDirectory,
  PathMoved,
} from '../../lib/fs/real-place.ts'
import { rejection } from '../support/rejection.ts'

describe('A file that is opened by its real path', () => {
  let root: string
  const at = (name: string): string => join(root, name)

  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'letta-place-')))
    for (const name of ['place', 'elsewhere']) {
      mkdirSync(at(name))
      writeFileSync(join(at(name), 'file'), name)
    }
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  const putLink = (): void => {
    renameSync(at('place'), at('moved'))
    symlinkSync('elsewhere', at('place'))
  }

  it('is not opened when a link has taken the place of its directory, or of one above it', async () => {
    mkdirSync(at('place/deep'))
    mkdirSync(at('elsewhere/deep'))
    putLink()
    for (const name of ['place/file', 'place/deep/file']) {
      const thrown = await rejection(atRealPath(at(name), (pinned) => readFile(pinned, 'utf8')))
      expect(thrown).to.be.instanceOf(PathMoved)
      expect(thrown).to.have.property('message', hasMoved(at(name.replace(/\/file$/, ''))))
    }
  })

  it('stays the same file when a link takes the place of its directory afterwards', async function () {
    if (process.platform !== 'linux') this.skip()
    const text = await atRealPath(at('place/file'), async (pinned) => {
      putLink()
      await writeFile(pinned, 'written')
      return readFile(pinned, 'utf8')
    })
    expect(text).to.equal('written')
    expect(readFileSync(at('moved/file'), 'utf8')).to.equal('written')
    expect(readFileSync(at('elsewhere/file'), 'utf8')).to.equal('elsewhere')
  })

  it('is compared before and after where the system has no paths of descriptors', async () => {
    const none = at('no-descriptors')
    const read = inRealDirectory(
      at('place'),
      (directory) => readFile(join(directory, 'file'), 'utf8'),
      none,
    )
    expect(await read).to.equal('place')
    const swapped = inRealDirectory(
      at('place'),
      async (directory) => {
        putLink()
        return readFile(join(directory, 'file'), 'utf8')
      },
      none,
    )
    expect(await rejection(swapped)).to.be.instanceOf(PathMoved)
    const later = inRealDirectory(at('place'), () => Promise.resolve('read'), none)
    expect(await rejection(later)).to.be.instanceOf(PathMoved)
  })

  it('has its own path in the errors of the system', async () => {
    const thrown = await rejection(atRealPath(at('place/none'), (pinned) => open(pinned, 'r')))
    expect(thrown).to.have.property('message').that.includes(at('place/none'))
  })

  it('gets directories that are created through no link', async () => {
    expect(await makeRealDirectory(at('place/a/b'))).to.equal(at('place/a'))
    expect(await makeRealDirectory(at('place/a/b'))).to.equal(null)
    putLink()
    expect(await rejection(makeRealDirectory(at('place/c/d')))).to.be.instanceOf(PathMoved)
    expect(statSync(at('elsewhere/c'), { throwIfNoEntry: false })).to.equal(undefined)
  })

  it('gets other permission bits only when it is not a link', async () => {
    await changeMode(at('place/file'), 0o711)
    expect(statSync(at('place/file')).mode & 0o777).to.equal(0o711)
    const before = statSync(at('elsewhere/file')).mode
    symlinkSync('../elsewhere/file', at('place/link'))
    expect(await rejection(changeMode(at('place/link'), 0o711))).to.be.instanceOf(Error)
    expect(statSync(at('elsewhere/file')).mode).to.equal(before)
  })
})
