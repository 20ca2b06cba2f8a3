import { execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { transformSync } from 'esbuild'
import manifest from '../../package.json' with { type: 'json' }

const ROOT = path.join(import.meta.dirname, '../..')
const MIB = 1024 * 1024

/** The program of a package manager in its package. */
const SCRIPTS: Readonly<Record<string, string>> = {
  npm: 'bin/npm-cli.js',
  pnpm: 'bin/pnpm.mjs',
  yarn: 'bin/yarn.js',
  bun: 'bin/bun.exe',
}

/** What `npm publish` would upload, installed as `npm install -g` does it, with an empty home directory. */
describe('The package', function () {
  this.timeout(240_000)
  let root: string
  let files: readonly string[]
  let tarball: string
  let nodeDirectory = path.dirname(process.execPath)

  /** Runs npm in a copy of the repository, so that packing does not replace the build that other tests use. */
  const npm = (...argv: readonly string[]): string =>
    execFileSync('npm', [...argv, '--prefer-offline', '--no-audit', '--no-fund'], {
      cwd: path.join(root, 'clone'),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, HOME: path.join(root, 'npm-home') },
    })

  before('packs and installs', () => {
    root = mkdtempSync(path.join(tmpdir(), 'letta-package-'))
    mkdirSync(path.join(root, 'npm-home'))
    mkdirSync(path.join(root, 'home'))
    mkdirSync(path.join(root, 'project'))
    const clone = path.join(root, 'clone')
    for (const part of readdirSync(ROOT)) {
      if (['node_modules', 'dist', 'test', '.git'].includes(part)) continue
      cpSync(path.join(ROOT, part), path.join(clone, part), { recursive: true })
    }
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(clone, 'node_modules'))
    const [packed] = JSON.parse(npm('pack', '--json', '--pack-destination', root))
    tarball = path.join(root, packed.filename)
    files = packed.files.map((file: { path: string }) => file.path)
    npm('install', '-g', '--prefix', path.join(root, 'prefix'), tarball)
  })
  after(() => rmSync(root, { recursive: true, force: true }))

  /** Major versions of Node in addition to the one that runs the tests. */
  const versions = (process.env['LETTA_PACKAGE_NODES'] ?? '').split(' ').filter(Boolean)
  /** Installs Node from its package; returns the directory of `node`. */
  const installNode = (major: string): string => {
    const directory = path.join(root, `node-${major}`)
    const platform = `${process.platform}-${process.arch}`
    npm('install', '--prefix', directory, `node@npm:node-${platform}@${major}`)
    return path.join(directory, 'node_modules/node/bin')
  }

  /** Package managers in addition to the npm of this Node: `npm@10`, `pnpm`, `yarn`, `bun`. */
  const managers = (process.env['LETTA_PACKAGE_MANAGERS'] ?? '').split(' ').filter(Boolean)
  /** Installs the tarball with a package manager, which gets only what the manifest declares; returns what the demo prints. */
  const installWith = (manager: string, directory: string): string => {
    const registry = npm('config', 'get', 'registry').trim()
    const [name = ''] = manager.split('@')
    const source = name === 'yarn' ? `yarn@npm:@yarnpkg/cli-dist` : manager
    npm('install', '--prefix', path.join(directory, 'manager'), source)
    const project = path.join(directory, 'project')
    mkdirSync(project)
    writeFileSync(path.join(project, 'package.json'), '{"name":"project","private":true}')
    const run = (program: string, ...argv: readonly string[]): string =>
      execFileSync(program, argv, {
        cwd: project,
        encoding: 'utf8',
        stdio: 'pipe',
        env: {
          ...process.env,
          HOME: path.join(root, 'npm-home'),
          npm_config_registry: registry,
          YARN_NPM_REGISTRY_SERVER: registry,
          YARN_ENABLE_TELEMETRY: '0',
          BUN_CONFIG_REGISTRY: registry,
        },
      })
    const script = path.join(directory, 'manager/node_modules', name, SCRIPTS[name] ?? '')
    const ask = ['--demo', '-p', 'hi', '--output-format', 'json']
    const bin = path.join(project, 'node_modules/.bin/letta')
    if (name === 'yarn') {
      // Without it, Yarn takes the nearest directory above that has a manifest for the project.
      writeFileSync(path.join(project, 'yarn.lock'), '')
      run(process.execPath, script, 'add', `${manifest.name}@file:${tarball}`)
      return run(process.execPath, script, 'letta', ...ask)
    }
    if (name === 'bun') run(script, 'add', tarball)
    else if (name === 'pnpm') run(process.execPath, script, 'add', '--config.hoist=false', tarball)
    else run(process.execPath, script, 'install', tarball)
    return run(bin, ...ask)
  }

  const environment = () => ({
    PATH: [nodeDirectory, process.env['PATH']].join(path.delimiter),
    HOME: path.join(root, 'home'),
  })
  const letta = (name: string, ...argv: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(path.join(root, 'prefix/bin', name), [...argv], {
      cwd: path.join(root, 'project'),
      encoding: 'utf8',
      env: environment(),
    })
    return { status, stdout, stderr }
  }
  /** The status of the health check of a server, which then ends. */
  const healthOf = async (name: string, ...argv: readonly string[]): Promise<number> => {
    const server = spawn(path.join(root, 'prefix/bin', name), argv, {
      cwd: path.join(root, 'project'),
      env: environment(),
    })
    try {
      let output = ''
      for await (const text of server.stdout) {
        output += text
        const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(output) ?? []
        if (address !== undefined) return (await fetch(`${address}/v1/health`)).status
      }
      throw new Error(output)
    } finally {
      server.kill()
    }
  }
  /** The version of Node that runs `letta`. */
  const runningNode = (): string => JSON.parse(letta('letta', 'doctor', '--json').stdout)[0].found
  const installed = (): string => path.join(root, 'prefix/lib/node_modules', manifest.name)

  it('contains one build, the licenses of what is bundled, and nothing that a run has stored', () => {
    const programs = files.filter((file) => file.startsWith('dist/programs/'))
    expect(new Set(programs.map((file) => path.dirname(file))).size).to.equal(1)
    expect(files).to.include.members([
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'bin/letta.mjs',
      'dist/letta.js',
      'dist/index.d.ts',
      'dist/THIRD-PARTY-NOTICES.txt',
      'keymaps/default.json',
      'themes/dark.json',
    ])
    expect(files.filter((file) => /(?<!\.d)\.ts$|\.cache|^test/.test(file))).to.deep.equal([])
  })

  it('has a manifest that npm publishes as it is, with all fields of an account in one form', () => {
    const file = path.join(root, 'clone/package.json')
    npm('pkg', 'fix')
    expect(JSON.parse(readFileSync(file, 'utf8'))).to.deep.equal(manifest)
    const { homepage, repository, bugs } = manifest
    const account = /github\.com\/([^/]+)\//.exec(repository.url)?.[1]
    expect([homepage, bugs.url]).to.deep.equal([
      `https://github.com/${account}/letta-workbench#readme`,
      `https://github.com/${account}/letta-workbench/issues`,
    ])
    expect(manifest.scripts).not.to.have.any.keys('prepare', 'install', 'postinstall')
  })

  it('publishes types that are no program', () => {
    const file = path.join(installed(), manifest.exports['.'].types)
    const { code } = transformSync(readFileSync(file, 'utf8'), { loader: 'ts' })
    expect(code).to.equal('')
  })

  it('does not replace the command of Letta Code, and is installed next to it in another prefix', () => {
    const other = path.join(root, 'other')
    const prefix = path.join(root, 'taken')
    mkdirSync(other)
    writeFileSync(path.join(other, 'letta.mjs'), '#!/usr/bin/env node\n')
    const bin = { letta: 'letta.mjs' }
    writeFileSync(
      path.join(other, 'package.json'),
      JSON.stringify({ name: 'other', version: '1.0.0', bin }),
    )
    npm('install', '-g', '--prefix', prefix, other)
    const { status, stderr } = spawnSync(
      'npm',
      ['install', '-g', '--prefix', prefix, '--prefer-offline', tarball],
      {
        encoding: 'utf8',
        // A suite that npm runs silently would silence this npm too.
        env: { ...process.env, HOME: path.join(root, 'npm-home'), npm_config_loglevel: 'error' },
      },
    )
    expect(status).not.to.equal(0)
    expect(stderr).to.include('EEXIST')
    expect(readdirSync(path.join(prefix, 'bin'))).to.deep.equal(['letta'])
    expect(realpathSync(path.join(prefix, 'bin/letta'))).to.equal(path.join(other, 'letta.mjs'))
  })

  it('is at most 2.5 MiB to download', () => {
    expect(statSync(tarball).size).to.be.at.most(2.5 * MIB)
  })

  it('is installed as at most eight packages and 30 MiB', () => {
    const list = execFileSync('find', [installed(), '-name', 'package.json'], { encoding: 'utf8' })
    const packages = list
      .trim()
      .split('\n')
      .filter((file) => /node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(file))
    expect(packages.length, list).to.be.at.most(8)
    const [kibibytes] = execFileSync('du', ['-sk', installed()], { encoding: 'utf8' }).split('\t')
    expect(Number(kibibytes) * 1024).to.be.at.most(30 * MIB)
  })

  it('installs the manual page', () => {
    const page = path.join(root, 'prefix/share/man/man1/letta.1')
    expect(readFileSync(page, 'utf8')).to.match(/^\.TH/m)
  })

  it('installs the program under both of its names', () => {
    const version = { status: 0, stdout: `${manifest.version} (Letta Workbench)\n`, stderr: '' }
    expect(letta('letta', '--version')).to.deep.equal(version)
    expect(letta('letta-workbench', '--version')).to.deep.equal(version)
  })

  for (const major of ['', ...versions]) {
    const node = major === '' ? 'this Node' : `Node ${major}`
    it(`runs the tools, the database, the demo and the server from an empty home directory on ${node}`, async () => {
      const before = nodeDirectory
      if (major !== '') nodeDirectory = installNode(major)
      try {
        expect(runningNode()).to.match(new RegExp(`^v${major || process.versions.node}[.,]`))
        expect(letta('letta', '--version').stderr, 'V8 must know its flags').to.equal('')
        const call = letta('letta', 'tools', 'call', 'Grep', '{"pattern":"a"}')
        expect(JSON.parse(call.stdout)).to.include({ status: 'success' })
        const { status, stderr } = letta('letta', 'agents', 'list')
        expect(status, stderr).to.equal(0)
        const demo = letta('letta', '--demo', '-p', 'hi', '--output-format', 'json')
        expect(JSON.parse(demo.stdout)).to.include({ is_error: false })
        expect(await healthOf('letta', 'serve', '--demo', '--port', '0')).to.equal(200)
      } finally {
        nodeDirectory = before
      }
    })
  }

  for (const manager of managers) {
    it(`finds all of its packages when ${manager} has installed it`, () => {
      const directory = path.join(root, manager.replace(/\W/g, '-'))
      mkdirSync(directory)
      const demo = installWith(manager, directory)
      expect(JSON.parse(demo)).to.include({ is_error: false })
    })
  }

  it('reports which package to install when the driver of the database is missing or cannot be loaded', () => {
    const drivers = path.join(installed(), 'node_modules/@libsql')
    rmSync(drivers, { recursive: true })
    const { status, stderr } = letta('letta', 'agents', 'list')
    expect(status).to.equal(1)
    const remedy = 'npm install -g @libsql/'
    expect(stderr).to.contain(remedy)
    const version = manifest.optionalDependencies['@libsql/linux-x64-gnu']
    expect(stderr).to.match(new RegExp(`${remedy}[a-z0-9-]+@${version}\n`))
    const checks = JSON.parse(letta('letta', 'doctor', '--json').stdout)
    expect(checks.map((one: { id: string }) => one.id)).to.include.members(['node', 'models'])
    const database = checks.find((one: { id: string }) => one.id === 'database')
    expect(database.status).to.equal('failure')
    expect(database.advice.join('\n')).to.contain(remedy)
    const [, name = ''] = /(@libsql\/[a-z0-9-]+)@/.exec(stderr) ?? []
    const broken = path.join(installed(), 'node_modules', name)
    mkdirSync(broken, { recursive: true })
    writeFileSync(path.join(broken, 'index.node'), 'no library')
    writeFileSync(path.join(broken, 'package.json'), JSON.stringify({ name, main: 'index.node' }))
    const unusable = letta('letta', 'agents', 'list').stderr
    expect(unusable)
      .to.include(`${name}/index.node`)
      .and.to.contain(`${remedy}${name.slice(8)}@`)
    expect(unusable).not.to.include('is missing')
  })
})
