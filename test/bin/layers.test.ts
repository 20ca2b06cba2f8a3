import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import fastGlob from 'fast-glob'
import { layerConfiguration } from '../../bin/dev/layer-rules.ts'
import { LAYERS, type Layer } from '../../bin/dev/layers.ts'
import { packageRoot } from '../../lib/fs/package-root.ts'

const root = packageRoot()

/** One line of a file made for the linter, and whether the linter must report it. */
interface Probe {
  readonly code: string
  readonly forbidden: boolean
}

describe('The layer table', () => {
  it('names every source file exactly once, so that no override of the linter can switch another off', () => {
    const overrides = layerConfiguration().overrides.map(({ includes }) =>
      fastGlob.sync(
        includes.filter((glob) => !glob.startsWith('!')),
        {
          cwd: root,
          ignore: includes.filter((glob) => glob.startsWith('!')).map((glob) => glob.slice(1)),
        },
      ),
    )
    const sources = fastGlob.sync(['lib/**/*.ts', 'ui/**/*.ts', 'bin/**/*.{ts,mjs}'], { cwd: root })
    expect(overrides.flat().sort()).to.deep.equal(sources.sort())
  })

  it('is the only source of overrides: the configuration itself has none', () => {
    const configuration = JSON.parse(readFileSync(path.join(root, 'biome.json'), 'utf8'))
    expect(configuration).to.not.have.property('overrides')
    expect(configuration.extends).to.deep.equal(['./bin/dev/layers.biome.json'])
  })

  it('has a row for every directory', () => {
    const listed = new Set(LAYERS.map(({ path: target }) => target))
    const directories = fastGlob
      .sync(['lib/**/*.ts', 'ui/**/*.ts', 'bin/**/*.ts'], { cwd: root })
      .filter((file) => !listed.has(file))
      .map((file) => path.dirname(file))
    const unlisted = directories.filter(
      (directory) =>
        ![...listed].some((row) => directory === row || directory.startsWith(`${row}/`)),
    )
    expect(unlisted).to.deep.equal([])
  })

  describe('held by the linter', () => {
    let copy: string
    let reported: ReadonlyMap<string, ReadonlySet<number>>
    const probes = new Map<string, readonly Probe[]>()

    before('lint a copy of the configuration with files that break each rule', function () {
      this.timeout(120_000)
      copy = mkdtempSync(path.join(tmpdir(), 'letta-layers-'))
      cpSync(path.join(root, 'biome.json'), path.join(copy, 'biome.json'))
      cpSync(path.join(root, 'bin/dev'), path.join(copy, 'bin/dev'), { recursive: true })
      for (const layer of LAYERS) {
        for (const file of probeFiles(layer)) probes.set(file, probesOf(layer, file))
      }
      probes.set('lib/unlisted/probe.ts', [
        { code: importOf('lib/unlisted/probe.ts', 'lib/util/probe-target.ts'), forbidden: true },
        { code: "import 'node:fs'", forbidden: true },
      ])
      for (const [file, lines] of probes) {
        mkdirSync(path.dirname(path.join(copy, file)), { recursive: true })
        writeFileSync(path.join(copy, file), lines.map(({ code }) => `${code}\n`).join(''))
      }
      reported = lint(copy, [...probes.keys()])
    })

    after(() => rmSync(copy, { recursive: true, force: true }))

    for (const layer of LAYERS) {
      it(`rejects every import and global that the row ${layer.path} does not name, and no other`, () => {
        for (const file of probeFiles(layer)) expectExactly(file)
      })
    }

    it('rejects every import in a directory that has no row', () => {
      expectExactly('lib/unlisted/probe.ts')
    })

    function expectExactly(file: string): void {
      const lines = probes.get(file) ?? []
      const found = reported.get(file) ?? new Set()
      const codes = (wanted: (probe: Probe, line: number) => boolean) =>
        lines.filter((probe, index) => wanted(probe, index + 1)).map(({ code }) => code)
      expect(
        codes((_probe, line) => found.has(line)),
        file,
      ).to.deep.equal(codes(({ forbidden }) => forbidden))
    }
  })
})

/** A file in the directory of a row, and one at each depth below it. */
function probeFiles(layer: Layer): readonly string[] {
  if (isFile(layer.path)) return [layer.path]
  const depths = layerConfiguration().overrides.flatMap(({ includes }) => {
    const glob = includes[0] ?? ''
    const below = glob.slice(layer.path.length + 1, -'*.ts'.length)
    return glob.startsWith(`${layer.path}/`) && /^(\*\/)*$/.test(below) ? [below] : []
  })
  return depths.map((below) => `${layer.path}/${below.replaceAll('*', 'deeper')}probe.ts`)
}

function probesOf(layer: Layer, file: string): readonly Probe[] {
  const targets = LAYERS.map(({ path: target }) => targetIn(target))
  const outside = ['package.json', 'test/support/probe-target.ts', 'docs/probe-target.ts']
  const impure = layer.pure !== undefined
  return [
    ...[...targets, ...outside].map((target) => ({
      code: importOf(file, target),
      forbidden: !mayImport(layer, target),
    })),
    ...['blessed', 'neo-blessed', 'execa', 'zod', 'libsql', '@ai-sdk/openai', 'hono/types'].map(
      (name) => ({
        code: `import '${name}'`,
        forbidden: !(layer.packages ?? []).some(
          (allowed) => name === allowed || name.startsWith(`${allowed}/`),
        ),
      }),
    ),
    { code: "import 'node:fs'", forbidden: layer.node !== true },
    { code: "import 'node:fs/promises'", forbidden: layer.node !== true },
    { code: "import './../lib/util/../server/probe-target.ts'", forbidden: true },
    { code: 'export const today = new Date()', forbidden: impure },
    { code: 'export const now = Date.now()', forbidden: impure },
    { code: 'export const chance = Math.random()', forbidden: impure },
    { code: 'export const home = process.env', forbidden: impure },
    { code: 'export const timer = setTimeout(() => {}, 1)', forbidden: impure },
    { code: "export const answer = fetch('')", forbidden: impure },
    { code: 'export const id = crypto.randomUUID()', forbidden: impure },
    { code: 'export const since = globalThis.performance', forbidden: impure },
    { code: 'export const later = async () => 1', forbidden: layer.pure === true },
    { code: 'export async function eventually() {}', forbidden: layer.pure === true },
    { code: 'export class Lazy { async load() {} }', forbidden: layer.pure === true },
    { code: 'export const promised = Promise.resolve()', forbidden: layer.pure === true },
    { code: 'export const most = Math.max(1, 2)', forbidden: false },
  ]
}

/** The most specific row decides to whom a file belongs, but a row may import all that is below its path. */
function mayImport(layer: Layer, target: string): boolean {
  const own = isFile(layer.path) ? [] : [layer.path]
  return [...own, ...layer.imports].some(
    (allowed) => target === allowed || target.startsWith(`${allowed}/`),
  )
}

function targetIn(target: string): string {
  return isFile(target) ? target : `${target}/probe-target.ts`
}

function importOf(file: string, target: string): string {
  const relative = path.posix.relative(path.posix.dirname(file), target)
  return `import '${relative.startsWith('.') ? relative : `./${relative}`}'`
}

function isFile(target: string): boolean {
  return path.extname(target) !== ''
}

/** The lines of each file that the linter reports for a rule of the layers. */
function lint(
  directory: string,
  files: readonly string[],
): ReadonlyMap<string, ReadonlySet<number>> {
  const biome = path.join(root, 'node_modules/@biomejs/biome/bin/biome')
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      biome,
      'lint',
      '--vcs-enabled=false',
      '--reporter=json',
      '--max-diagnostics=none',
      '--only=style/noRestrictedImports',
      '--only=style/noRestrictedGlobals',
      '--only=plugin',
      ...files,
    ],
    { cwd: directory, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  )
  expect(stdout, stderr).to.not.equal('')
  const found = new Map<string, Set<number>>()
  for (const { category, location } of JSON.parse(stdout).diagnostics) {
    if (!/^(plugin|lint\/style\/noRestricted)/.test(category)) continue
    const lines = found.get(location.path) ?? new Set<number>()
    found.set(location.path, lines.add(location.start.line))
  }
  return found
}
