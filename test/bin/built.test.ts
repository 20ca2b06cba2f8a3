import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import manifest from '../../package.json' with { type: 'json' }
import { conversationTexts } from '../../ui/view/messages/conversation.ts'
import { openPty } from '../support/pty.ts'

const ROOT = path.join(import.meta.dirname, '../..')

/** `const { a, b } = await import('package')` or `(await import('package')).a`, but no module of the program or of node. */
const LATER =
  /(?:\{(?<names>[^{}]*)\} = |\()await import\('(?<package>[a-z@](?!ode:)[^']*)'\)(?:\)\.(?<name>\w+))?/g

/** A package that has no form for `import`. */
function isCommonJs(loaded: string): boolean {
  const [, name = loaded] = /^((?:@[^/]+\/)?[^/]+)/.exec(loaded) ?? []
  const file = path.join(ROOT, 'node_modules', name, 'package.json')
  const { type, exports = {} } = JSON.parse(readFileSync(file, 'utf8'))
  return type !== 'module' && exports.import === undefined && exports['.']?.import === undefined
}

/** The result of `npm run build`, in a copy, with an empty home directory. */
describe('The built program', () => {
  let root: string

  before('builds the program when it is missing; npm test keeps it fresh', function () {
    this.timeout(120_000)
    if (existsSync(path.join(ROOT, 'dist/letta.js'))) return
    const build = path.join(ROOT, 'bin/build.mjs')
    const { status, stderr } = spawnSync(process.execPath, [build], { encoding: 'utf8' })
    expect({ status, stderr }).to.deep.include({ status: 0 })
  })
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'letta-built-'))
    for (const part of [
      'dist',
      'bin/letta.mjs',
      'package.json',
      'lib/prompts',
      'keymaps',
      'themes',
    ]) {
      cpSync(path.join(ROOT, part), path.join(root, part), { recursive: true })
    }
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(root, 'node_modules'))
  })
  afterEach(() => {
    if (root !== undefined) rmSync(root, { recursive: true, force: true })
  })

  const letta = (...argv: readonly string[]) => {
    const env = { PATH: process.env['PATH'], HOME: root }
    const program = path.join(root, 'bin/letta.mjs')
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...argv], {
      env,
      cwd: root,
      encoding: 'utf8',
    })
    return { status, stdout, stderr }
  }
  /** What this code, loaded before the program, writes to standard error when the program ends. */
  const reportOf = (code: string): string => {
    const report = path.join(root, 'report.mjs')
    writeFileSync(report, code)
    const { stderr } = spawnSync(
      process.execPath,
      ['--import', report, path.join(root, 'bin/letta.mjs'), '--version'],
      { env: { PATH: process.env['PATH'], HOME: root }, encoding: 'utf8' },
    )
    return stderr
  }
  const program = (): string => {
    const [name = 'missing'] =
      readFileSync(path.join(root, 'dist/letta.js'), 'utf8').match(/letta-[0-9a-f]{8}/) ?? []
    return path.join(root, 'dist/programs', name)
  }
  const cache = (): string => path.join(root, '.cache/letta-workbench')
  const compiled = (): readonly string[] => readdirSync(cache())
  const version = { status: 0, stdout: `${manifest.version} (Letta Workbench)\n`, stderr: '' }

  it('contains ASCII only, because it is read one byte a character', () => {
    for (const part of readdirSync(program())) {
      const bytes = readFileSync(path.join(program(), part))
      expect(bytes.findIndex((byte) => byte > 127)).to.equal(-1)
    }
  })

  it('names its functions as the source does, without a call for each function that is created', () => {
    const code = readdirSync(path.join(root, 'dist'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.cjs'))
      .map((file) => readFileSync(path.join(root, 'dist', file), 'latin1'))
      .join('')
    expect(code).to.include('function startRenderScheduler(').and.not.include('__name')
  })

  it('stores compiled code at the first run, and does not write it again', () => {
    expect(letta('--version')).to.deep.equal(version)
    const [name, ...more] = compiled()
    expect(more).to.deep.equal([])
    const file = path.join(cache(), name ?? '')
    const before = readFileSync(file)
    expect(letta('--version')).to.deep.equal(version)
    expect(readFileSync(file).equals(before)).to.equal(true)
  })

  it('uses the stored code of the workbench for parts that it loads late, too', async () => {
    const start = async (): Promise<Buffer> => {
      const pty = openPty({
        command: process.execPath,
        args: [path.join(root, 'bin/letta.mjs'), '--demo'],
        columns: 160,
        cwd: root,
        environment: { HOME: root, XDG_CACHE_HOME: undefined },
      })
      try {
        await pty.waitFor(conversationTexts.demo)
        // The code is stored three seconds after the start, or at the end of a shorter run.
        await pty.settle(800)
        pty.press('ctrl+d')
        expect((await pty.exit).code).to.equal(0)
      } finally {
        await pty.close()
      }
      const [name = ''] = compiled()
      return readFileSync(path.join(cache(), name))
    }
    const first = await start()
    expect((await start()).equals(first)).to.equal(true)
  })

  it('reads and compiles only the parts that a command line needs', () => {
    letta('--version')
    const stored = readFileSync(path.join(cache(), compiled()[0] ?? ''), 'latin1')
    const parts = readdirSync(program()).map((part) => ({ part, isStored: stored.includes(part) }))
    const bytes = parts
      .filter(({ isStored }) => isStored)
      .map(({ part }) => readFileSync(path.join(program(), part)).length)
    expect(parts.find(({ part }) => part.startsWith('workbench'))).to.include({ isStored: false })
    expect(bytes.reduce((sum, size) => sum + size, 0)).to.be.below(130_000)
  })

  it('has values in what its parts export, which would be functions that are called for each use', () => {
    const stderr = reportOf(
      `import vm from 'node:vm'
      const modules = []
      const { runInThisContext } = vm.Script.prototype
      vm.Script.prototype.runInThisContext = function () {
        const part = runInThisContext.call(this)
        return (require, module, url) => {
          modules.push(module)
          return part(require, module, url)
        }
      }
      process.on('exit', () => {
        const members = modules.flatMap(({ exports }) =>
          Object.values(Object.getOwnPropertyDescriptors(exports)),
        )
        console.error(members.length > 50, members.filter(({ get }) => get !== undefined).length)
      })`,
    )
    expect(stderr).to.equal('true 0\n')
  })

  it('has parts that can take values: none needs itself, and each has all that it exports once it has run', () => {
    const loader = path.join(root, 'loader.cjs')
    writeFileSync(
      loader,
      `const { readdirSync, readFileSync } = require('node:fs')
      const { join } = require('node:path')
      const { runInThisContext } = require('node:vm')
      const directory = process.argv[2]
      const modules = new Map()
      const faults = []
      function load(part) {
        const known = modules.get(part)
        if (known !== undefined && !known.hasRun) faults.push(part + ' needs itself')
        if (known !== undefined) return known.exports
        const module = { exports: {}, hasRun: false }
        modules.set(part, module)
        const code = readFileSync(join(directory, part), 'latin1')
        const requirePart = (id) => (/^\\.\\/[\\w-]+\\.cjs$/.test(id) ? load(id.slice(2)) : require(id))
        runInThisContext(code)(requirePart, module, 'file://' + directory)
        module.hasRun = true
        for (const [name, value] of Object.entries(module.exports))
          if (value === undefined) faults.push(part + ' has no value for ' + name)
        return module.exports
      }
      for (const part of readdirSync(directory)) if (part !== 'letta.cjs') load(part)
      process.stdout.write(JSON.stringify([modules.size > 100, ...faults]), () => process.exit())`,
    )
    const { stdout } = spawnSync(process.execPath, [loader, program()], {
      env: { PATH: process.env['PATH'], HOME: root },
      encoding: 'utf8',
    })
    expect(stdout).to.equal('[true]')
  })

  it('does not let the space for new values grow', () => {
    const stderr = reportOf(
      `import v8 from 'node:v8'
      process.on('exit', () => {
        const values = Array.from({ length: 1_000_000 }, (_, index) => ({ index }))
        const space = v8.getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')
        console.error(values.length, space.space_size / 1024 ** 2)
      })`,
    )
    expect(stderr).to.equal('1000000 2\n')
  })

  it('ignores compiled code that is incomplete or corrupt', () => {
    letta('--version')
    const file = path.join(cache(), compiled()[0] ?? '')
    const complete = readFileSync(file)
    const flipped = Buffer.from(complete)
    flipped.fill(0, flipped.length >> 1)
    for (const corrupt of [
      flipped,
      complete.subarray(0, 5000),
      Buffer.alloc(0),
      Buffer.from('junk'),
    ]) {
      writeFileSync(file, corrupt)
      expect(letta('--version')).to.deep.equal(version)
      expect(readFileSync(file).length).to.be.closeTo(complete.length, 5000)
    }
  })

  it('stores nothing in a cache directory that other users can write', () => {
    mkdirSync(cache(), { recursive: true })
    chmodSync(cache(), 0o777)
    expect(letta('--version')).to.deep.equal(version)
    expect(compiled()).to.deep.equal([])
  })

  it('leaves no file behind when the disk is full', () => {
    const command = `ulimit -f 8; exec "${process.execPath}" "${path.join(root, 'bin/letta.mjs')}" --version`
    const env = { PATH: process.env['PATH'], HOME: root }
    const { status, stderr } = spawnSync('bash', ['-c', command], { env, encoding: 'utf8' })
    expect([status, stderr, compiled()]).to.deep.equal([0, '', []])
  })

  it('bounds the number of stored files', () => {
    mkdirSync(cache(), { recursive: true, mode: 0o700 })
    for (let index = 0; index < 20; index++) {
      const file = path.join(cache(), `old-${index}`)
      writeFileSync(file, '')
      utimesSync(file, index, index)
    }
    expect(letta('--version')).to.deep.equal(version)
    expect(compiled()).to.have.length(16).and.to.include('old-19').and.not.to.include('old-4')
  })

  it('reports what to do when it is not built', () => {
    rmSync(path.join(root, 'dist'), { recursive: true })
    const { status, stdout, stderr } = letta('--version')
    expect({ status, stdout }).to.deep.equal({ status: 1, stdout: '' })
    expect(stderr).to.include('npm start')
  })

  it('finds the binaries of its packages, with and without compiled code', () => {
    for (let run = 0; run < 2; run++) {
      const call = letta('tools', 'call', 'Grep', '{"pattern":"workbench","path":"package.json"}')
      expect(JSON.parse(call.stdout)).to.include({ status: 'success' })
      const { status, stderr } = letta('agents', 'list')
      expect(status, stderr).to.equal(0)
    }
  })

  it('reports wrong use', () => {
    const { status, stderr } = letta('--outputformat', 'json')
    expect(status).to.equal(2)
    expect(stderr).to.match(/^letta: Unknown option --outputformat/)
  })

  it('reads skills with YAML front matter, also one with lists and blocks', () => {
    const skill = path.join(root, '.skills/release')
    mkdirSync(skill, { recursive: true })
    writeFileSync(
      path.join(skill, 'SKILL.MD'),
      '---\nname: release\ndescription: >\n  Cut a release: notes,\n  tags\ntags:\n  - docs\n  - git\n---\nText.\n',
    )
    const { status, stdout, stderr } = letta('skills', 'list')
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' })
    expect(stdout).to.equal('release  Cut a release: notes, tags\n')
  })

  it('takes no names from CommonJS packages that it loads later: in a bundle they have only a default export', async () => {
    const found: string[] = []
    for (const directory of ['lib', 'ui', 'bin']) {
      for (const file of readdirSync(path.join(ROOT, directory), { recursive: true })) {
        if (!String(file).endsWith('.ts')) continue
        const source = readFileSync(path.join(ROOT, directory, String(file)), 'utf8')
        for (const { groups = {} } of source.matchAll(LATER)) {
          const { names = '', name, package: loaded = '' } = groups
          const taken = [...names.split(','), name ?? ''].map((one) => one.trim()).filter(Boolean)
          const isNamed = taken.some((one) => !/^default\b/.test(one))
          if (isNamed && isCommonJs(loaded)) found.push(`${file}: ${loaded}`)
        }
      }
    }
    expect(found).to.deep.equal([])
  })

  it('uses a proxy, whose package is a CommonJS one', () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      [path.join(root, 'bin/letta.mjs'), '-p', 'Hello'],
      {
        env: {
          PATH: process.env['PATH'],
          HOME: root,
          HTTPS_PROXY: 'http://127.0.0.1:1',
          OPENAI_BASE_URL: 'https://models.invalid/v1',
          OPENAI_API_KEY: 'key-for-tests',
        },
        cwd: root,
        encoding: 'utf8',
      },
    )
    expect(status).to.equal(1)
    expect(stderr).to.include('ECONNREFUSED').and.not.include('constructor')
  })
})
