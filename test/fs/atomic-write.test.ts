import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { removeStaleTemporaries, writeAtomically } from '../../lib/fs/atomic-write.ts'
import { rejection } from '../support/rejection.ts'
import { skipWhen } from '../support/skip.ts'

describe('An atomic write', () => {
  let directory: string
  let file: string
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'letta-write-'))
    file = path.join(directory, 'file')
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  const mode = (): number => statSync(file).mode & 0o7777
  const content = (): string => readFileSync(file, 'utf8')

  it('replaces the old file by a new one, and leaves nothing else behind', async () => {
    writeFileSync(file, 'old')
    const before = statSync(file).ino
    await writeAtomically(file, 'new')
    expect(content()).to.equal('new')
    expect(statSync(file).ino).not.to.equal(before)
    expect(readdirSync(directory)).to.deep.equal(['file'])
  })

  it('is flushed also where file handles cannot flush, as with Plug’n’Play of Yarn', async () => {
    const handle = await open(directory)
    const prototype = Object.getPrototypeOf(handle)
    const { sync } = prototype
    prototype.sync = () => Promise.reject(new Error('Method not implemented.'))
    try {
      await writeAtomically(file, 'new')
    } finally {
      prototype.sync = sync
      await handle.close()
    }
    expect(content()).to.equal('new')
  })

  it('leaves whoever has the old file open with the old content', async () => {
    writeFileSync(file, 'old')
    const reader = await open(file)
    try {
      await writeAtomically(file, 'new content')
      expect(await reader.readFile('utf8')).to.equal('old')
    } finally {
      await reader.close()
    }
  })

  it('shows the old content until the new one is complete', async () => {
    writeFileSync(file, 'old')
    let seen = ''
    const confirm = async (): Promise<void> => {
      seen = content()
    }
    await writeAtomically(file, 'new', { confirm })
    expect([seen, content()]).to.deep.equal(['old', 'new'])
  })

  it('keeps the old file and removes its own when the confirmation fails', async () => {
    writeFileSync(file, 'old')
    const changed = new Error('changed')
    const confirm = (): Promise<void> => Promise.reject(changed)
    expect(await rejection(writeAtomically(file, 'new', { confirm }))).to.equal(changed)
    expect([content(), readdirSync(directory)]).to.deep.equal(['old', ['file']])
  })

  it('gives a new file the mode less the umask, and a replaced one exactly its attributes', async () => {
    const umask = process.umask(0o027)
    try {
      await writeAtomically(file, 'new', { mode: 0o666 })
      expect(mode()).to.equal(0o640)
      await writeAtomically(file, 'new', { attributes: { mode: 0o606 } })
      expect(mode()).to.equal(0o606)
    } finally {
      process.umask(umask)
    }
  })

  it('gives new content no right to run as the owner of the file that it replaces', async () => {
    writeFileSync(file, 'old')
    chmodSync(file, 0o6755)
    await writeAtomically(file, 'new', { attributes: statSync(file) })
    expect(mode()).to.equal(0o755)
  })

  it('never shows the content to others before the attributes are set', async () => {
    let temporaryMode = 0
    const confirm = async (): Promise<void> => {
      const name = readdirSync(directory).find((one) => one.endsWith('.tmp')) ?? ''
      temporaryMode = statSync(path.join(directory, name)).mode & 0o777
    }
    await writeAtomically(file, 'secret', { mode: 0o600, confirm })
    expect([temporaryMode, mode()]).to.deep.equal([0o600, 0o600])
  })

  it('does not replace a file that another process has created when it must be new', async () => {
    const confirm = async (): Promise<void> => writeFileSync(file, 'of another process')
    const thrown = await rejection(writeAtomically(file, 'new', { exclusive: true, confirm }))
    expect(thrown).to.include({ code: 'EEXIST' })
    expect([content(), readdirSync(directory)]).to.deep.equal(['of another process', ['file']])
  })

  it('uses a name for the temporary file that cannot be guessed', async () => {
    const names = new Set<string>()
    const confirm = async (): Promise<void> => {
      for (const name of readdirSync(directory)) if (name.endsWith('.tmp')) names.add(name)
    }
    for (let round = 0; round < 3; round++) await writeAtomically(file, 'x', { confirm })
    expect(names.size).to.equal(3)
    for (const name of names) expect(name).to.match(/^\.file\.[0-9a-f]{16}\.tmp$/)
  })

  it('writes a file whose name is as long as the file system allows', async () => {
    const long = path.join(directory, 'ä'.repeat(127))
    await writeAtomically(long, 'x')
    expect(readFileSync(long, 'utf8')).to.equal('x')
  })

  it('can be cleaned up after by name when a process was killed in between', async () => {
    const stale = '.file.0123456789abcdef.tmp'
    const others = ['.file.0123456789abcde.tmp', '.other.0123456789abcdef.tmp', 'file']
    for (const name of [stale, ...others]) writeFileSync(path.join(directory, name), '')
    // The clock of the file system is ahead.
    utimesSync(path.join(directory, stale), 4e9, 4e9)
    await removeStaleTemporaries(file)
    expect(readdirSync(directory).sort()).to.deep.equal(others.sort())
  })

  it('fails as the system says where the directory cannot be written to', async function () {
    skipWhen(this, process.getuid?.() === 0, 'root can write to every directory')
    chmodSync(directory, 0o500)
    expect(await rejection(writeAtomically(file, 'new'))).to.include({ code: 'EACCES' })
    chmodSync(directory, 0o700)
  })
})
