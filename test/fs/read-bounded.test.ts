import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import {
  type BoundedFile,
  decodeUtf8,
  type ReadLimits,
  readBounded,
  readBoundedSync,
  UnreadableFile,
} from '../../lib/fs/read-bounded.ts'
import { rejection } from '../support/rejection.ts'
import { skipWhen } from '../support/skip.ts'

const READERS: Readonly<
  Record<string, (file: string, limits: ReadLimits) => Promise<BoundedFile>>
> = {
  'that is awaited': readBounded,
  'that blocks': async (file, limits) => readBoundedSync(file, limits),
}

for (const [which, read] of Object.entries(READERS)) {
  describe(`A bounded read ${which}`, () => {
    let directory: string
    beforeEach(() => {
      directory = mkdtempSync(path.join(tmpdir(), 'letta-read-'))
    })
    afterEach(() => rmSync(directory, { recursive: true }))

    const at = (name: string): string => path.join(directory, name)
    const reasonFor = async (file: string, limits: ReadLimits): Promise<unknown> => {
      const thrown = await rejection(read(file, limits))
      return thrown instanceof UnreadableFile ? thrown.reason : thrown
    }

    it('gives the bytes and the state of a file, up to the limit and not beyond', async () => {
      writeFileSync(at('file'), 'abcd', { mode: 0o640 })
      const { bytes, stats } = await read(at('file'), { maxBytes: 4 })
      expect([bytes.toString(), stats.mode & 0o777]).to.deep.equal(['abcd', 0o640])
      expect(await reasonFor(at('file'), { maxBytes: 3 })).to.deep.equal({
        type: 'tooLarge',
        bytes: 4,
        maxBytes: 3,
      })
    })

    it('gives all of a file that is larger than one chunk, and of one that is empty', async () => {
      const content = Buffer.alloc(300_000, 'abc')
      writeFileSync(at('large'), content)
      writeFileSync(at('empty'), '')
      expect((await read(at('large'), { maxBytes: 300_000 })).bytes.equals(content)).to.equal(true)
      expect((await read(at('empty'), { maxBytes: 1 })).bytes.length).to.equal(0)
    })

    it('counts what it reads of a file that claims to be empty', async function () {
      skipWhen(this, process.platform !== 'linux', 'there is no /proc')
      const status = await read('/proc/self/status', { maxBytes: 100_000 })
      expect(status.bytes.toString()).to.match(/^Name:/)
      expect(await reasonFor('/proc/self/status', { maxBytes: 10 })).to.include({
        type: 'tooLarge',
      })
    })

    it('reports a missing file as the system does', async () => {
      expect(await reasonFor(at('missing'), { maxBytes: 1 })).to.include({ code: 'ENOENT' })
    })

    it('follows a link unless that is disabled', async () => {
      writeFileSync(at('file'), 'abcd')
      symlinkSync(at('file'), at('link'))
      expect((await read(at('link'), { maxBytes: 4 })).bytes.toString()).to.equal('abcd')
      expect(await reasonFor(at('link'), { maxBytes: 4, followSymlinks: false })).to.deep.equal({
        type: 'symlink',
      })
    })

    it('refuses directories, devices and named pipes without waiting for them', async () => {
      mkdirSync(at('directory'))
      execFileSync('mkfifo', [at('pipe')])
      expect(await reasonFor(at('directory'), { maxBytes: 1 })).to.deep.equal({ type: 'directory' })
      expect(await reasonFor('/dev/zero', { maxBytes: 1 })).to.deep.equal({
        type: 'special',
        kind: 'device',
      })
      expect(await reasonFor(at('pipe'), { maxBytes: 1 })).to.deep.equal({
        type: 'special',
        kind: 'named pipe',
      })
    })

    it('refuses a socket', async () => {
      const server = await listen(at('socket'))
      try {
        expect(await reasonFor(at('socket'), { maxBytes: 1 })).to.deep.equal({
          type: 'special',
          kind: 'socket',
        })
      } finally {
        server.close()
      }
    })
  })
}

describe('Text that must be UTF-8', () => {
  it('is decoded without its byte order mark', () => {
    expect(decodeUtf8(Buffer.from('\ufeffgrüß'))).to.equal('grüß')
  })

  it('is refused when a byte is not UTF-8', () => {
    let thrown: unknown
    try {
      decodeUtf8(Buffer.of(0x61, 0xff))
    } catch (error) {
      thrown = error
    }
    expect(thrown)
      .to.be.instanceOf(UnreadableFile)
      .with.deep.property('reason', { type: 'notUtf8' })
  })
})

function listen(socket: string): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(socket, () => resolve(server))
  })
}
