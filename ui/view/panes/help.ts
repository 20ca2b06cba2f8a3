import { contextsBelow } from '../../input/key-contexts.ts'
import { type Bindings, CONTEXTS, type KeyContext, type Keymap } from '../../input/keymap.ts'
import { KEY_CONTEXT_TITLES } from '../../messages/key-context-titles.ts'
import type { RootState } from '../../state/state.ts'
import type { Styles } from '../../theme/styles.ts'
import { dialogTexts, helpTexts } from '../messages/dialogs.ts'
import { EMPTY_ROW, type Row, row, styled } from '../render/row.ts'
import { cleanLine } from '../render/sanitize.ts'
import { fitRow, truncate } from '../render/wrap.ts'

interface HelpCommand {
  readonly id: string
  readonly title: string
  readonly slash: string | null
  readonly argument: { readonly name: string; readonly required: boolean } | null
  readonly source: string | null
}

/** Columns of the keys, which grow with the longest of a section while the titles keep theirs. */
const MIN_KEYS_COLUMNS = 18
const TITLE_COLUMNS = 44

function argumentOf({
  name,
  required,
}: {
  readonly name: string
  readonly required: boolean
}): string {
  return required ? ` <${name}>` : ` [${name}]`
}

interface HelpTables {
  readonly keymap: Keymap
  readonly commands: readonly HelpCommand[]
}

/** What the help is opened for. */
interface HelpPlace {
  /** The contexts of the focused pane: their keys come first. */
  readonly contexts: readonly KeyContext[]
  /** Only lines with each of its words are shown. */
  readonly query: string
}

export function helpPlace(state: RootState): HelpPlace {
  const { overlay } = state.workbench
  return {
    contexts: contextsBelow(state),
    query: overlay?.type === 'help' ? overlay.query.text : '',
  }
}

/** Keys by context, those of the focused pane first, and slash commands, generated from the tables. */
export function helpRows(
  { keymap, commands }: HelpTables,
  { contexts, query }: HelpPlace,
  columns: number,
  styles: Styles,
): readonly Row[] {
  const titles = new Map(commands.map((command) => [command.id, command.title]))
  const others = CONTEXTS.filter((context) => !contexts.includes(context))
  const keysOf = (context: KeyContext): HelpPart => ({
    title: KEY_CONTEXT_TITLES[context],
    lines: keyLines(keymap.contexts[context], titles),
  })
  const sections = [
    ...contexts.map(keysOf),
    { title: helpTexts.commands, lines: commandLines(commands) },
    ...others.map(keysOf),
  ]
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const rows = sections.flatMap((section) => sectionRows(section, words, columns, styles))
  return rows.length === 0 ? [styled(styles.muted, dialogTexts.noMatches)] : rows.slice(1)
}

interface HelpPart {
  readonly title: string
  readonly lines: readonly KeyLine[]
}

type KeyLine = readonly [left: string, right: string]

/** A line for each command, with all of its keys. */
function keyLines(bindings: Bindings, titles: ReadonlyMap<string, string>): readonly KeyLine[] {
  const keys = new Map<string, readonly string[]>()
  for (const [stroke, command] of bindings) {
    keys.set(command, [...(keys.get(command) ?? []), stroke])
  }
  return [...keys].map(([command, strokes]) => [strokes.join('  '), titles.get(command) ?? command])
}

function commandLines(commands: readonly HelpCommand[]): readonly KeyLine[] {
  return commands.flatMap(({ slash, argument, title, source }) => {
    if (slash === null) return []
    const typed = `/${slash}${argument === null ? '' : argumentOf(argument)}`
    return [[typed, source === null ? title : `${title} (${source})`] as const]
  })
}

/** A blank row, the title and the lines that have all words; nothing when none has. */
function sectionRows(
  { title, lines }: HelpPart,
  words: readonly string[],
  columns: number,
  styles: Styles,
): readonly Row[] {
  const found = lines.filter((line) => {
    const text = line.join(' ').toLowerCase()
    return words.every((word) => text.includes(word))
  })
  if (found.length === 0) return []
  const longest = Math.max(...lines.map(([left]) => left.length))
  const least = Math.min(MIN_KEYS_COLUMNS, Math.floor(columns / 2))
  const width = Math.max(least, Math.min(longest, columns - 1 - TITLE_COLUMNS))
  const rows = found.map(([left, right]) =>
    truncate(
      row(
        styled(styles.accent, fitRow(cleanLine(left), width)),
        ' ',
        styled(styles.text, cleanLine(right)),
      ),
      columns,
    ),
  )
  return [EMPTY_ROW, styled(styles.heading, title), ...rows]
}
