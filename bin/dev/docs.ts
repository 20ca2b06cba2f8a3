import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { FLAGS } from '../../lib/cli/flags.ts'
import { flagUsage } from '../../lib/cli/help.ts'
import { SUBCOMMANDS, subcommandUsage } from '../../lib/cli/subcommands.ts'
import { packageRoot, readShipped } from '../../lib/fs/package-root.ts'
import { emptySession } from '../../lib/session/state.ts'
import { settingDocs } from '../../lib/settings/schema.ts'
import { listCommands } from '../../ui/app/command-list.ts'
import { CONTEXTS, parseKeymap } from '../../ui/input/keymap.ts'
import { KEY_CONTEXT_TITLES } from '../../ui/messages/commands.ts'
import { initialWorkbench } from '../../ui/state/reduce/root.ts'
import { layerConfiguration } from './layer-rules.ts'
import { LAYERS } from './layers.ts'

/** The files that are written from tables of the program, by path, with the text that they should have. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    [
      'README.md',
      withTables('README.md', {
        flags: flagTable(),
        subcommands: subcommandTable(),
        commands: commandTable(),
        keys: keyTables(),
        settings: settingTable(),
      }),
    ],
    ['CONTRIBUTING.md', withTables('CONTRIBUTING.md', { layers: layerTable() })],
    ['bin/dev/layers.biome.json', layerJson()],
  ])
}

/** The text of a page with each table between its two marks replaced. */
function withTables(page: string, tables: Readonly<Record<string, string>>): string {
  return Object.entries(tables).reduce(
    (text, [name, table]) =>
      text.replace(
        new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`),
        (_all, begin: string, end: string) => `${begin}\n${table}\n\n${end}`,
      ),
    readFileSync(path.join(packageRoot(), page), 'utf8'),
  )
}

/** One override a line: a change of a row is a change of few lines. */
function layerJson(): string {
  const { plugins, overrides } = layerConfiguration()
  const lines = (values: readonly unknown[]) =>
    values.map((value) => `    ${JSON.stringify(value)}`).join(',\n')
  return `{\n  "plugins": [\n${lines(plugins)}\n  ],\n  "overrides": [\n${lines(overrides)}\n  ]\n}\n`
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function table(head: readonly string[], rows: readonly string[]): string {
  return [row(...head), row(...head.map(() => '---')), ...rows].join('\n')
}

function flagTable(): string {
  return table(
    ['flag', 'does'],
    FLAGS.map((flag) => row(`\`${flagUsage(flag)}\``, flag.help)),
  )
}

function subcommandTable(): string {
  return table(
    ['command', 'does'],
    SUBCOMMANDS.map((subcommand) => row(`\`${subcommandUsage(subcommand)}\``, subcommand.help)),
  )
}

function commands() {
  const state = {
    session: emptySession('', 0),
    workbench: initialWorkbench({ columns: 80, rows: 24 }, 0, ''),
  }
  return listCommands(() => state)
}

function commandTable(): string {
  const rows = commands().flatMap(({ slash, argument, title }) => {
    if (slash === null) return []
    const name =
      argument === null ? '' : argument.required ? ` <${argument.name}>` : ` [${argument.name}]`
    return [row(`\`/${slash}${name}\``, title)]
  })
  return table(['command', 'does'], rows)
}

function keyTables(): string {
  const all = commands()
  const titles = new Map(all.map((command) => [command.id, command.title]))
  const { keymap } = parseKeymap(
    JSON.parse(readShipped('keymaps/default.json')),
    'default',
    () => ({}),
    all.map((command) => command.id),
  )
  const sections = CONTEXTS.map((context) => {
    const keys = new Map<string, string[]>()
    for (const [stroke, command] of keymap.contexts[context]) {
      keys.set(command, [...(keys.get(command) ?? []), `\`${stroke}\``])
    }
    const rows = [...keys].map(([command, strokes]) =>
      row(strokes.join(' '), titles.get(command) ?? command),
    )
    return `**${KEY_CONTEXT_TITLES[context]}**\n\n${table(['key', 'does'], rows)}`
  })
  return sections.join('\n\n')
}

const FILES = {
  user: '`~/.letta/settings.json`',
  project: '`.letta/settings.json`',
  local: '`.letta/settings.local.json`',
  all: 'all three',
} as const

function settingTable(): string {
  const rows = settingDocs().map(({ file, key, fallback, doc }) =>
    row(`\`${key}\``, FILES[file], `\`${fallback}\``, doc),
  )
  return table(['setting', 'file', 'default', 'does'], rows)
}

function layerTable(): string {
  const code = (text: string) => `\`${text}\``
  const rows = LAYERS.map((layer) =>
    row(
      code(layer.path),
      layer.purpose,
      layer.imports.map(code).join(', '),
      [...(layer.packages ?? []), ...(layer.node === true ? ['node:*'] : [])].join(', '),
      layer.pure === undefined ? '' : 'yes',
    ),
  )
  return table(['directory', 'contains', 'may import', 'packages', 'pure'], rows)
}

const mode = process.argv[2]
if (mode === '--write' || mode === '--check') {
  for (const [file, text] of generatedFiles()) {
    const target = path.join(packageRoot(), file)
    if (mode === '--write') writeFileSync(target, text)
    else if (readFileSync(target, 'utf8') !== text) {
      process.stderr.write(`${file} is out of date: run "npm run docs".\n`)
      process.exitCode = 1
    }
  }
}
