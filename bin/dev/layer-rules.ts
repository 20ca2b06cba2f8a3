import path from 'node:path'
import { LAYERS, type Layer } from './layers.ts'

const ROOTS = ['lib', 'ui', 'bin'] as const
/** How deep the directories of a row may go: 0 is its own directory. */
const DEPTHS = [0, 1, 2, 3]
const SEE = 'See bin/dev/layers.ts.'

/** Globals by which a clock, randomness, I/O or a later moment gets into a function. */
const IMPURE_GLOBALS = [
  'AbortSignal',
  'Bun',
  'Date',
  'Deno',
  'EventSource',
  'Promise',
  'WebSocket',
  'XMLHttpRequest',
  'console',
  'crypto',
  'fetch',
  'global',
  'globalThis',
  'performance',
  'process',
  'queueMicrotask',
  'require',
  'setImmediate',
  'setInterval',
  'setTimeout',
]

/**
 * The part of biome's configuration that holds the layers. Biome gives a file the options of the last
 * override that names it and drops those of the others, so each file is named by exactly one: an
 * override for each row and for each depth of directories below it, without the rows inside of it.
 */
export function layerConfiguration() {
  const pure = LAYERS.filter((layer) => layer.pure !== undefined)
  const strict = pure.filter((layer) => layer.pure === true)
  return {
    plugins: [
      plugin('no-detour', ROOTS.map(everything)),
      plugin('no-random', filesOf(pure)),
      plugin('no-async', filesOf(strict)),
    ],
    overrides: [...LAYERS.flatMap((layer) => layerOverrides(layer)), ...unlistedOverrides()],
  }
}

/** Biome matches what a plugin includes against the absolute path, so that of a test that mirrors the source as well. */
function plugin(name: string, files: readonly string[]) {
  const includes = files.map((file) => file.replace(/^(!?)/, '$1**/'))
  return { path: `./bin/dev/${name}.grit`, includes: [...includes, '!**/test/**'] }
}

function layerOverrides(layer: Layer) {
  return (isFile(layer.path) ? [0] : DEPTHS).map((depth) => ({
    includes: [
      ...sources(isFile(layer.path) ? layer.path : `${layer.path}/${'*/'.repeat(depth)}*`),
      ...rowsInside(layer).map((inside) => `!${everything(inside.path)}`),
    ],
    linter: { rules: { style: { ...importRule(layer, depth), ...globalRule(layer) } } },
  }))
}

/** Files that no row names may import nothing, so that a new directory gets a row. */
function unlistedOverrides() {
  return ROOTS.filter((root) => !LAYERS.some((layer) => layer.path === root)).map((root) => ({
    includes: [
      ...sources(`${root}/**/*`),
      ...LAYERS.filter((layer) => isBelow(layer.path, root)).map(
        (layer) => `!${everything(layer.path)}`,
      ),
    ],
    linter: {
      rules: {
        style: restrictedImports(['**'], `No row of the layer table names this directory. ${SEE}`),
      },
    },
  }))
}

function importRule(layer: Layer, depth: number) {
  const up = isFile(layer.path) ? path.dirname(layer.path) : `${layer.path}${'/x'.repeat(depth)}`
  const outside = '../'.repeat(depth + 1)
  const own = isFile(layer.path) ? [] : ['./**', ...(depth > 0 ? ['../**'] : [])]
  const allowed = layer.imports.map((target) => relative(up, everything(target)))
  const packages = [...(layer.packages ?? []), ...(layer.node === true ? ['node:*'] : [])]
  return restrictedImports(
    [
      '**',
      ...own.map((pattern) => `!${pattern}`),
      ...(depth > 0 ? [`${outside}**`] : []),
      ...allowed.map((pattern) => `!${pattern}`),
      ...packages.flatMap((name) => [`!${name}`, `!${name}/**`]),
    ],
    `${layer.path} may not import this. ${SEE}`,
  )
}

function globalRule(layer: Layer) {
  if (layer.pure === undefined) return {}
  const names = IMPURE_GLOBALS.filter((name) => layer.pure !== 'loads' || name !== 'Promise')
  const message = `${layer.path} is pure: no clock, no randomness, no I/O. ${SEE}`
  return {
    noRestrictedGlobals: {
      level: 'error',
      options: { deniedGlobals: Object.fromEntries(names.map((name) => [name, message])) },
    },
  }
}

function restrictedImports(group: readonly string[], message: string) {
  return {
    noRestrictedImports: { level: 'error', options: { patterns: [{ group, message }] } },
  }
}

function rowsInside(layer: Layer): readonly Layer[] {
  return LAYERS.filter((other) => isBelow(other.path, layer.path))
}

/** Globs of the files of these rows, without those of other rows inside. */
function filesOf(layers: readonly Layer[]): readonly string[] {
  const without = layers.flatMap(rowsInside).filter((inside) => !layers.includes(inside))
  return [
    ...layers.map(({ path: target }) => everything(target)),
    ...without.map(({ path: target }) => `!${everything(target)}`),
  ]
}

function isBelow(inner: string, outer: string): boolean {
  return inner.startsWith(`${outer}/`)
}

function isFile(target: string): boolean {
  return path.extname(target) !== ''
}

function everything(target: string): string {
  return isFile(target) ? target : `${target}/**`
}

function sources(pattern: string): readonly string[] {
  if (isFile(pattern)) return [pattern]
  return pattern.startsWith('bin/') ? [`${pattern}.ts`, `${pattern}.mjs`] : [`${pattern}.ts`]
}

function relative(from: string, to: string): string {
  const found = path.posix.relative(from, to)
  return found.startsWith('.') ? found : `./${found}`
}
