import { chmod, readdir, readFile, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import vm from 'node:vm'
import { build } from 'esbuild'
import { writeCompiled } from './code-cache.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')

/** One file each, so that a start reads no more than it needs: what main.ts leads to, by the kind of the command line. */
const PROGRAMS = {
  workbench: ['./workbench.ts'],
  headless: ['./headless.ts'],
  other: ['./info.ts', './commands/index.ts'],
}

/** Named by widgets of the toolkit that are not used. */
const EXTERNAL = ['term.js', 'pty.js']

const SHARED = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node20',
  external: EXTERNAL,
  metafile: true,
  legalComments: 'external',
  logLevel: 'warning',
  // gray-matter holds an `eval` for JavaScript front matter, which we refuse before it is reached.
  logOverride: { 'direct-eval': 'silent' },
}

/** Bundles the program to dist/letta.js, which runs one of dist/programs. */
export async function buildProgram() {
  const names = Object.keys(PROGRAMS)
  const files = await Promise.all(names.map(buildOne))
  const programs = Object.fromEntries(names.map((name, index) => [name, files[index]]))
  await build({
    ...SHARED,
    entryPoints: ['bin/bootstrap.mjs'],
    outfile: join(dist, 'letta.js'),
    format: 'esm',
    define: { PROGRAMS: JSON.stringify(programs) },
    banner: { js: '#!/usr/bin/env node' },
  })
  await chmod(join(dist, 'letta.js'), 0o755)
  await sweep(files)
}

/** zod compiles a parser for each schema otherwise, which takes longer than the one look we mostly take. */
const ONE_LOOK = 'globalThis.__zod_globalConfig = { jitless: true };'

/** A script whose value is a function of `require` and the program's address; gives the file's name. */
async function buildOne(name) {
  const { metafile } = await build({
    ...SHARED,
    entryPoints: { [name]: 'bin/letta.ts' },
    entryNames: '[name]-[hash]',
    outdir: join(dist, 'programs'),
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    define: { 'import.meta.url': 'programUrl' },
    banner: { js: `(function (require, programUrl) { ${ONE_LOOK} const module = { exports: {} };` },
    footer: { js: '})' },
    plugins: [leaveOut(name), englishOnly, quickNative],
  })
  const path = Object.keys(metafile.outputs).find((output) => output.endsWith('.cjs'))
  await compileBase(join(root, path))
  return basename(path)
}

/** What V8 knows of a program after reading it: the first starts need not read all of it. See launch.mjs for the rest. */
async function compileBase(path) {
  const script = new vm.Script(await readFile(path, 'latin1'), { filename: path })
  const base = `${basename(path)}-${process.version}-${process.arch}.base`
  writeCompiled(join(dist, '.cache', base), script.createCachedData())
}

/** What main.ts would load for other kinds of command lines. */
function leaveOut(name) {
  const others = Object.keys(PROGRAMS).flatMap((other) => (other === name ? [] : PROGRAMS[other]))
  const main = join(root, 'bin', 'main.ts')
  return {
    name: 'leave-out',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\/[a-z/]+\.ts$/ }, ({ path, importer }) =>
        importer === main && others.includes(path) ? { path, namespace: 'left-out' } : undefined,
      )
      onLoad({ filter: /./, namespace: 'left-out' }, () => ({ contents: '' }))
    },
  }
}

/** zod brings its messages in fifty languages along. */
const englishOnly = {
  name: 'english-only',
  setup({ onLoad }) {
    onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js'",
      resolveDir: join(root, 'node_modules/zod/v4/locales'),
    }))
  },
}

/** libsql looks for its binary with the help of a report on the whole process: half of what loading it takes. */
const quickNative = {
  name: 'quick-native',
  setup({ onLoad }) {
    onLoad({ filter: /@neon-rs\/load\/dist\/index\.js$/ }, async ({ path }) => {
      const slow = 'process.report?.getReport()'
      const source = await readFile(path, 'utf8')
      return { contents: source.replace(slow, `(${glibcReport})() ?? ${slow}`) }
    })
  },
}

/** What the report would say, read from where Linux has the C library's name; null when it isn't there. */
const glibcReport = () => {
  try {
    const isGlibc = fs.readFileSync('/usr/bin/ldd', 'latin1').includes('GLIBC')
    return isGlibc ? { header: { glibcVersionRuntime: '' } } : null
  } catch {
    return null
  }
}

const DAY_MS = 24 * 60 * 60 * 1000

/** Earlier builds, and what was compiled of them, go after a day: one may just be starting. */
async function sweep(fresh) {
  for (const folder of ['programs', '.cache', 'chunks']) {
    for (const name of await readdir(join(dist, folder)).catch(() => [])) {
      if (fresh.some((file) => name.startsWith(file))) continue
      const path = join(dist, folder, name)
      const { mtimeMs } = await stat(path)
      if (Date.now() - mtimeMs > DAY_MS) await rm(path, { recursive: true })
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildProgram()
