import { CONTEXTS, type Keymap } from '../../input/keymap.ts'
import { KEY_CONTEXT_TITLES } from '../../messages/commands.ts'
import type { Styles } from '../../theme/styles.ts'
import { helpTexts } from '../messages.ts'
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

const KEYS_COLUMNS = 18

function argumentOf({
  name,
  required,
}: {
  readonly name: string
  readonly required: boolean
}): string {
  return required ? ` <${name}>` : ` [${name}]`
}

/** Keys by context and slash commands, generated from the tables. */
export function helpRows(
  keymap: Keymap,
  commands: readonly HelpCommand[],
  columns: number,
  styles: Styles,
): readonly Row[] {
  const titles = new Map(commands.map((command) => [command.id, command.title]))
  const line = (left: string, right: string): Row =>
    truncate(
      row(styled(styles.accent, fitRow(left, KEYS_COLUMNS)), ' ', styled(styles.text, right)),
      columns,
    )
  const rows: Row[] = [styled(styles.heading, helpTexts.commands)]
  for (const { slash, argument, title, source } of commands) {
    if (slash === null) continue
    const typed = `/${slash}${argument === null ? '' : argumentOf(argument)}`
    rows.push(line(cleanLine(typed), cleanLine(source === null ? title : `${title} (${source})`)))
  }
  for (const context of CONTEXTS) {
    const bound = [...keymap.contexts[context]]
    if (bound.length === 0) continue
    rows.push(EMPTY_ROW, styled(styles.heading, KEY_CONTEXT_TITLES[context]))
    for (const [keys, command] of bound) rows.push(line(keys, titles.get(command) ?? command))
  }
  return rows
}
