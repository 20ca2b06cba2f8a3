import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import fastGlob from 'fast-glob'
import { lettaDirectoryOf } from '../../lib/fs/letta-directory.ts'
import {
  HOME_IN_PROC_HINT,
  LETTA_HOME_HINT,
  lettaDirectoryInProc,
  lettaHomeContainsHome,
  lettaHomeNotAbsolute,
} from '../../lib/fs/messages.ts'
import { UserError } from '../../lib/util/user-error.ts'

describe('The directory of the files of the user', () => {
  let root: string
  let home: string
  beforeEach(() => {
    root = realpathSync(mkdtempSync(path.join(tmpdir(), 'letta-home-')))
    home = path.join(root, 'ada')
    mkdirSync(home)
  })
  afterEach(() => rmSync(root, { recursive: true }))

  it('is .letta in the home directory, or the one that LETTA_HOME names, without links', () => {
    expect(lettaDirectoryOf(home)).to.equal(path.join(home, '.letta'))
    expect(lettaDirectoryOf(home, path.join(root, 'not/there'))).to.equal(
      path.join(root, 'not/there'),
    )
    symlinkSync(home, path.join(root, 'link'))
    expect(lettaDirectoryOf(home, path.join(root, 'link/state/'))).to.equal(
      path.join(home, 'state'),
    )
  })

  it('is no relative or empty path, and does not contain the home directory', () => {
    for (const named of ['', 'state', './state', '~/state']) {
      expectRefused([home, named], lettaHomeNotAbsolute(named))
    }
    for (const named of ['/', root, home]) {
      expectRefused([home, named], lettaHomeContainsHome(named))
    }
  })

  it('is not in /proc, where no directory can be created and Node would try it for ever', function () {
    if (process.platform !== 'linux') this.skip()
    symlinkSync('/proc', path.join(root, 'link'))
    const self = realpathSync('/proc/self')
    for (const named of ['/proc/none', '/proc/none/below', self, path.join(root, 'link/none')]) {
      expectRefused([home, named], lettaDirectoryInProc(named.replace(/.*link/, '/proc')))
    }
    expectRefused(['/proc'], lettaDirectoryInProc('/proc/.letta'), HOME_IN_PROC_HINT)
    expect(lettaDirectoryOf('/proc', path.join(root, 'state'))).to.equal(path.join(root, 'state'))
  })

  it('is joined in one place of the source', async () => {
    const source = path.join(import.meta.dirname, '../..')
    const files = await fastGlob(['{lib,ui,bin}/**/*.{ts,mjs}'], { cwd: source })
    const joins = files.flatMap((file) =>
      [...readFileSync(path.join(source, file), 'utf8').matchAll(JOINED)]
        .filter(([, base = '']) => !OF_PROJECT.test(base))
        .map(([text]) => `${file}: ${text}`),
    )
    expect(joins).to.deep.equal(["lib/fs/letta-directory.ts: join(home, '.letta"])
  })
})

function expectRefused(
  of: Parameters<typeof lettaDirectoryOf>,
  message: string,
  hint = LETTA_HOME_HINT,
): void {
  const thrown = (() => {
    try {
      return lettaDirectoryOf(...of)
    } catch (error) {
      return error
    }
  })()
  expect(thrown).to.be.instanceOf(UserError)
  expect(thrown).to.include({ message, hint })
}

/** A call, a template or a sum that appends the name to a path. */
const JOINED =
  /(?:\b(?:join|resolve|absolutePath)\(\s*([\w.()]+),\s*|\$\{([\w.()]+)\}\/|([\w.()]+) \+ )['"`]?\/?\.letta(?=[/'"`])/g

const OF_PROJECT = /^(directory|project)$/
