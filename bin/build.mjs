import { chmod, readdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')

/** Loaded as they are: they find their own parts by computed names, or are native. */
const EXTERNAL = ['blessed', 'neo-blessed', 'libsql', '@vscode/ripgrep']

/** Bundles bin/letta.ts to dist/letta.js; what is imported lazily becomes a file of its own. */
export async function buildProgram() {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['bin/letta.ts'],
    outdir: dist,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: EXTERNAL,
    metafile: true,
    legalComments: 'external',
    logLevel: 'warning',
    // gray-matter holds an `eval` for JavaScript front matter, which we refuse before it is reached.
    logOverride: { 'direct-eval': 'silent' },
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  })
  await chmod(join(dist, 'letta.js'), 0o755)
  await sweep(new Set(Object.keys(metafile.outputs).map((path) => basename(path))))
}

const DAY_MS = 24 * 60 * 60 * 1000

/** Parts of earlier builds go after a day: a letta that still runs may want to load one. */
async function sweep(fresh) {
  const chunks = join(dist, 'chunks')
  for (const name of await readdir(chunks)) {
    if (fresh.has(name)) continue
    const path = join(chunks, name)
    const { mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs > DAY_MS) await rm(path)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildProgram()
