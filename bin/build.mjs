import { createHash } from 'node:crypto'
import { chmod, copyFile, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, transform } from 'esbuild'
import { escapeNonAscii } from './escape-non-ascii.mjs'
import { thirdPartyNotices } from './third-party-notices.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')

/** The part of the program that runs first. */
const ENTRY = 'letta'

/** Named by widgets of the toolkit that are not used. */
const EXTERNAL = ['term.js', 'pty.js']

const SHARED = {
  absWorkingDir: root,
  bundle: true,
  // The stack of an internal error can be read. The option `keepNames` would call a function for each function that is created.
  minifySyntax: true,
  minifyWhitespace: true,
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
  const { directory, inputs } = await buildMain()
  await build({
    ...SHARED,
    entryPoints: ['bin/bootstrap.mjs'],
    outfile: join(dist, 'letta.js'),
    format: 'esm',
    define: { PROGRAM: JSON.stringify(directory), ENTRY: JSON.stringify(`${ENTRY}.cjs`) },
    banner: { js: '#!/usr/bin/env node' },
  })
  await chmod(join(dist, 'letta.js'), 0o755)
  // It contains only types, so it is its own declaration file.
  await copyFile(join(root, 'lib/headless/output-lines.ts'), join(dist, 'index.d.ts'))
  await writeFile(join(dist, 'THIRD-PARTY-NOTICES.txt'), thirdPartyNotices(root, inputs))
  await removeOldBuilds(directory)
}

/**
 * libsql asks for a report on the process to learn which C library it has, which takes half of the time to load it. It then corrects
 * the answer by a faster look at the files of the system (detect-libc), so that it needs no report.
 */
const NO_REPORT = { 'process.report': 'undefined' }

/**
 * Builds the program in parts, so that a start reads and compiles only what it needs: esbuild splits modules, and each part becomes a
 * script whose value is a function of `require`, `module` and the URL of the program. Returns the name of the directory, which
 * contains a hash of the content, and the files that the parts are made of.
 */
async function buildMain() {
  const { metafile, outputFiles } = await build({
    ...SHARED,
    entryPoints: { [ENTRY]: 'bin/letta.ts' },
    outdir: dist,
    outExtension: { '.js': '.cjs' },
    format: 'esm',
    splitting: true,
    // `linkedByValue` reads a statement a line.
    minifyWhitespace: false,
    write: false,
    define: { 'import.meta.url': 'programUrl', ...NO_REPORT },
    plugins: [englishOnly],
  })
  const parts = await Promise.all(outputFiles.map(toPart))
  const hash = createHash('sha256')
  for (const { code } of parts) hash.update(code)
  const directory = `letta-${hash.digest('hex').slice(0, 8)}`
  await mkdir(join(dist, 'programs', directory), { recursive: true })
  for (const { name, code } of parts) await writeFile(join(dist, 'programs', directory, name), code)
  return { directory, inputs: Object.keys(metafile.inputs) }
}

async function toPart({ path, text }) {
  const { code } = await transform(linkedByValue(text), {
    format: 'cjs',
    platform: 'node',
    target: SHARED.target,
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    supported: { 'dynamic-import': false },
    logOverride: { 'direct-eval': 'silent', 'commonjs-variable-in-esm': 'silent' },
  })
  // bootstrap.mjs reads one byte a character, and esbuild leaves regular expressions as they were written.
  const script = `(function (require, module, programUrl) { ${code}})`
  return { name: basename(path), code: escapeNonAscii(script) }
}

/**
 * Parts take values from each other. esbuild would make a getter that calls a getter for each, as modules may change what they
 * export, or need each other. Parts do neither: a part only needs parts that everything needs that needs it.
 */
function linkedByValue(text) {
  const renamed = (names, form) => names.replace(/(\S+) as ([^\s,]+)/g, form)
  return text
    .replace(/^import ("\.\/[^"]*");$/gm, 'require($1);')
    .replace(
      /^import \{([^}]*)\} from ("\.\/[^"]*");$/gm,
      (_, names, part) => `var {${renamed(names, '$1: $2')}} = require(${part});`,
    )
    .replace(
      /\nexport \{([^}]*)\};\n$/,
      (_, names) => `\nmodule.exports = {__esModule: true,${renamed(names, '$2: $1')}};`,
    )
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
