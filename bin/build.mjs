import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { escapeNonAscii } from './escape-non-ascii.mjs'
import { thirdPartyNotices } from './third-party-notices.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')

/** Named by widgets of the toolkit that are not used. */
const EXTERNAL = ['term.js', 'pty.js']

const SHARED = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  // The stack of an internal error can be read.
  keepNames: true,
  platform: 'node',
  target: 'node20',
  external: EXTERNAL,
  // Its main file is of the UMD kind, whose modules esbuild does not find.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
  // gray-matter has an `eval` for JavaScript front matter, which front-matter.ts rejects before it is reached.
  logOverride: { 'direct-eval': 'silent' },
}

/** Bundles the program to dist/programs, and what starts it to dist/letta.js. */
export async function buildProgram() {
  const { file, inputs } = await buildMain()
  await build({
    ...SHARED,
    entryPoints: ['bin/bootstrap.mjs'],
    outfile: join(dist, 'letta.js'),
    format: 'esm',
    define: { PROGRAM: JSON.stringify(file) },
    banner: { js: '#!/usr/bin/env node' },
  })
  await chmod(join(dist, 'letta.js'), 0o755)
  await writeFile(join(dist, 'THIRD-PARTY-NOTICES.txt'), thirdPartyNotices(root, inputs))
  await removeOldBuilds(file)
}

/** Without it zod compiles a parser for each schema, which takes longer than the one validation that most schemas are used for. */
const NO_JIT = 'globalThis.__zod_globalConfig = { jitless: true };'

/**
 * libsql asks for a report on the process to learn which C library it has, which takes half of the time to load it. It then corrects
 * the answer by a faster look at the files of the system (detect-libc), so that it needs no report.
 */
const NO_REPORT = { 'process.report': 'undefined' }

/**
 * Builds a script whose value is a function of `require` and the URL of the program. Returns the file name, which contains a hash
 * of the content, and the files that it is made of.
 */
async function buildMain() {
  const { metafile } = await build({
    ...SHARED,
    entryPoints: { letta: 'bin/letta.ts' },
    entryNames: '[name]-[hash]',
    outdir: join(dist, 'programs'),
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    define: { 'import.meta.url': 'programUrl', ...NO_REPORT },
    banner: { js: `(function (require, programUrl) { ${NO_JIT} const module = { exports: {} };` },
    footer: { js: '})' },
    plugins: [englishOnly],
  })
  const output = Object.keys(metafile.outputs).find((path) => path.endsWith('.cjs'))
  // bootstrap.mjs reads one byte a character, and esbuild leaves regular expressions as they were written.
  const file = join(root, output)
  await writeFile(file, escapeNonAscii(await readFile(file, 'utf8')))
  return { file: basename(file), inputs: Object.keys(metafile.inputs) }
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

/** Deletes earlier builds after a day: one may just be starting. */
async function removeOldBuilds(current) {
  const directory = join(dist, 'programs')
  for (const name of await readdir(directory)) {
    if (name === current) continue
    const path = join(directory, name)
    const { mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs > DAY_MS) await rm(path, { recursive: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildProgram()
