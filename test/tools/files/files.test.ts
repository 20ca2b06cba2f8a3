import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import {
  MISSING_FILE,
  readRegularFile,
  replaceFile,
  versionAt,
  writeTarget,
} from '../../../lib/tools/files/files.ts'
import {
  cannotWrite,
  changedByOthers,
  fileReadOnly,
} from '../../../lib/tools/messages/file-changes.ts'
import { parentIsFile } from '../../../lib/tools/messages/files.ts'
import { messageOf } from '../../../lib/util/user-error.ts'
import { skipWhen } from '../../support/skip.ts'

const FILES = new URL('../../../lib/tools/files/files.ts', import.meta.url).href
const STATUS = `/proc/${process.pid}/status`
const LARGE = 5_000_000

describe('Access to files', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'letta-files-'))
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))

  const rejection = async (path: string, limit = 1_000): Promise<string> => {
    try {
      await readRegularFile(path, limit)
      return 'was read'
    } catch (thrown) {
      return thrown instanceof Error ? thrown.message : 'not an error'
    }
  }

  it('never waits for a pipe, a device, a socket or a directory', async () => {
    const pipe = join(directory, 'pipe')
    execFileSync('mkfifo', [pipe])
    expect(await rejection(pipe)).to.equal(`${pipe} is a named pipe, not a regular file`)
    expect(await rejection('/dev/zero')).to.equal('/dev/zero is a device, not a regular file')
    const socket = join(directory, 'socket')
    const server = createServer().listen(socket)
    await once(server, 'listening')
    expect(await rejection(socket)).to.equal(`${socket} is a socket, not a regular file`)
    server.close()
    expect(await rejection(directory)).to.equal(`Path is a directory: ${directory}`)
  })

  it('reads files that claim to be empty, up to the limit when they do not end', async function () {
    skipWhen(this, process.platform !== 'linux', 'there is no /proc')
    const status = await readRegularFile(STATUS, 100_000)
    expect(status?.bytes.toString()).to.match(/^Name:/)
    expect(await rejection(STATUS, 10)).to.match(/^File too large/)
  })

  it('reports why a file cannot be written, and leaves no temporary file', async () => {
    const path = join(directory, 'n'.repeat(300))
    const writing = replaceFile(path, {
      bytes: Buffer.from('x'),
      expected: MISSING_FILE,
      stats: null,
    })
    expect(await writing.catch(messageOf)).to.equal(cannotWrite(path, 'file name too long'))
    expect(readdirSync(directory)).to.deep.equal([])
    const file = join(directory, 'file')
    writeFileSync(file, '')
    expect(await writeTarget(join(file, 'x')).catch(messageOf)).to.equal(parentIsFile(file))
  })

  it('leaves a file that no user may write to as it is, also for root', async () => {
    const path = join(directory, 'protected')
    writeFileSync(path, 'old', { mode: 0o444 })
    const { version: expected = '', stats = null } = (await readRegularFile(path, 10)) ?? {}
    const bytes = Buffer.from('new')
    expect(
      await replaceFile(path, { bytes, expected, stats }).catch((thrown: unknown) =>
        messageOf(thrown),
      ),
    ).to.equal(fileReadOnly(path))
    expect(readFileSync(path, 'utf8')).to.equal('old')
    await replaceFile(path, { bytes, expected, stats, mode: 0o644 })
    expect(readFileSync(path, 'utf8')).to.equal('new')
  })

  it('reports nothing for a missing file', async () => {
    expect(await readRegularFile(join(directory, 'none', 'a'), 10)).to.equal(null)
    expect(await versionAt(join(directory, 'none'))).to.equal(MISSING_FILE)
  })

  it('fails when the file is no longer the one to replace', async () => {
    const path = join(directory, 'a')
    writeFileSync(path, 'theirs')
    const stats = statSync(path)
    const failures: string[] = []
    for (const replacement of [
      { bytes: Buffer.from('mine'), expected: MISSING_FILE, stats: null },
      { bytes: Buffer.from('mine'), expected: 'another', stats },
    ]) {
      await replaceFile(path, replacement).catch((thrown: Error) => failures.push(thrown.message))
    }
    const reason = changedByOthers(path)
    expect(failures).to.deep.equal([reason, reason])
    expect([readFileSync(path, 'utf8'), readdirSync(directory)]).to.deep.equal(['theirs', ['a']])
  })

  it('leaves the old content and no temporary file when the disk accepts only a part', async () => {
    const path = join(directory, 'a')
    writeFileSync(path, 'old')
    // A limit of 200 kB on every file: the first writes succeed, then one is short, as on a full disk.
    const script = `
      const { replaceFile, readRegularFile } = await import(${JSON.stringify(FILES)})
      const { version, stats } = await readRegularFile(${JSON.stringify(path)}, 100)
      const bytes = Buffer.alloc(${LARGE}, 'n')
      await replaceFile(${JSON.stringify(path)}, { bytes, expected: version, stats }).then(
        () => console.log('written'), (error) => console.log(error.code))`
    const child = ['--import', 'tsx', '--input-type=module', '-e', script]
    const limited = ['-c', 'ulimit -f 200; exec "$0" "$@"', process.execPath, ...child]
    expect(execFileSync('bash', limited, { encoding: 'utf8' })).to.equal('EFBIG\n')
    expect([readFileSync(path, 'utf8'), readdirSync(directory)]).to.deep.equal(['old', ['a']])
  })

  it('leaves the old or the new content, never a part, when killed at any moment', async () => {
    const path = join(directory, 'a')
    writeFileSync(path, Buffer.alloc(LARGE, 'a'))
    const script = `
      const { replaceFile, readRegularFile } = await import(${JSON.stringify(FILES)})
      for (let round = 0; ; round++) {
        const { version, stats } = await readRegularFile(${JSON.stringify(path)}, Infinity)
        process.stdout.write('.')
        const bytes = Buffer.alloc(${LARGE}, 'ab'[round % 2])
        await replaceFile(${JSON.stringify(path)}, { bytes, expected: version, stats })
      }`
    for (const turns of [0, 1, 5, 40, 400]) {
      const child = spawn(process.execPath, [
        '--import',
        'tsx',
        '--input-type=module',
        '-e',
        script,
      ])
      await once(child.stdout, 'data')
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
      await killed(child)
      const bytes = readFileSync(path)
      expect(bytes.length).to.equal(LARGE)
      expect(bytes.equals(Buffer.alloc(LARGE, bytes[0]))).to.equal(true)
    }
  })
})

async function killed(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'exit')
}
