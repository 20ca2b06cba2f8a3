import { chmod, readdir, readFile, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import vm from 'node:vm'
import { build } from 'esbuild'
import { writeCompiled } from './code-cache.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')

/** One program for each type of command line, so that a start reads only what it needs: the modules that main.ts then loads. */
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
  // Its main file is of the UMD kind, whose modules esbuild does not find.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  metafile: true,
  legalComments: 'external',
  logLevel: 'warning',
  // gray-matter has an `eval` for JavaScript front matter, which front-matter.ts rejects before it is reached.
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
  await removeOldBuilds(files)
}

/** Without it zod compiles a parser for each schema, which takes longer than the one validation that most schemas are used for. */
const NO_JIT = 'globalThis.__zod_globalConfig = { jitless: true };'

/**
 * libsql asks for a report on the process to learn which C library it has, which takes half of the time to load it. It then corrects
 * the answer by a faster look at the files of the system (detect-libc), so that it needs no report.
 */
const NO_REPORT = { 'process.report': 'undefined' }

/** Builds a script whose value is a function of `require` and the URL of the program. Returns the file name. */
async function buildOne(name) {
  const { metafile } = await build({
    ...SHARED,
    entryPoints: { [name]: 'bin/letta.ts' },
    entryNames: '[name]-[hash]',
    outdir: join(dist, 'programs'),
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    define: { 'import.meta.url': 'programUrl', ...NO_REPORT },
    banner: { js: `(function (require, programUrl) { ${NO_JIT} const module = { exports: {} };` },
    footer: { js: '})' },
    plugins: [leaveOut(name), englishOnly],
  })
  const path = Object.keys(metafile.outputs).find((output) => output.endsWith('.cjs'))
  await storeFirstCompilation(join(root, path))
  return basename(path)
}

/** Stores what V8 compiles when it reads the program, so that the first starts are faster. bootstrap.mjs stores the rest. */
async function storeFirstCompilation(path) {
  const script = new vm.Script(await readFile(path, 'latin1'), { filename: path })
  const base = `${basename(path)}-${process.version}-${process.arch}.base`
  writeCompiled(join(dist, '.cache', base), script.createCachedData())
}

/** Replaces the modules that main.ts loads for other types of command lines by empty ones. */
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

/** zod contains its messages in fifty languages. */
const englishOnly = {
  name: 'english-only',
  setup({ onLoad }) {
    onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js'",
      resolveDir: join(root, 'node_modules/zod/v4/locales'),
    }))
  },
}

const DAY_MS = 24 * 60 * 60 * 1000

/** Deletes earlier builds and their compiled code after a day: one may just be starting. */
async function removeOldBuilds(current) {
  for (const directory of ['programs', '.cache', 'chunks']) {
    for (const name of await readdir(join(dist, directory)).catch(() => [])) {
      if (current.some((file) => name.startsWith(file))) continue
      const path = join(dist, directory, name)
      const { mtimeMs } = await stat(path)
      if (Date.now() - mtimeMs > DAY_MS) await rm(path, { recursive: true })
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildProgram()
