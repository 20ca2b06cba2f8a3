import { RULE_SCOPES } from '../../state/rule-scopes.ts'
import type { OverlayOf } from '../../state/state.ts'
import { ruleDialogTexts } from '../messages/approvals.ts'
import { EMPTY_ROW, joinRows, type Row, row, styled } from '../render/row.ts'
import { reveal } from '../render/sanitize.ts'
import { fitRow, truncate, wrap } from '../render/wrap.ts'
import { keyHints } from './key-hints.ts'
import type { PaneOptions } from './pane.ts'

/** The rules to choose from, where the selected one is saved, and what it would have allowed. */
export function ruleDialogBody(
  dialog: OverlayOf<'rule'>,
  columns: number,
  options: PaneOptions,
): { readonly rows: readonly Row[] } {
  const { rules, selected, scope } = dialog
  const { styles } = options
  const listed = rules.map((rule, index) => {
    const isSelected = index === selected
    const line = row(isSelected ? '▸ ' : '  ', styled(styles.text, reveal(rule)))
    return isSelected ? styled(styles.selection, fitRow(line, columns)) : truncate(line, columns)
  })
  const scopes = RULE_SCOPES.map((one) => {
    const text = ruleDialogTexts.scopes[one]
    return one === scope ? styled(styles.selection, `‹${text}›`) : styled(styles.muted, text)
  })
  return {
    rows: [
      ...listed,
      EMPTY_ROW,
      ...wrap(row(`${ruleDialogTexts.saveTo} `, joinRows(scopes, ' · ')), columns),
      styled(styles.muted, truncate(options.message(ruleDialogTexts.places[scope]), columns)),
      EMPTY_ROW,
      ...effectRows(dialog, columns, options),
      EMPTY_ROW,
      ...hints(columns, options),
    ],
  }
}

function effectRows(
  { effect }: OverlayOf<'rule'>,
  columns: number,
  { styles }: PaneOptions,
): readonly Row[] {
  if (effect === null) return [styled(styles.muted, ruleDialogTexts.computing)]
  const { calls, allowed, dangerous } = effect
  const all = wrap(styled(styles.text, ruleDialogTexts.effect(allowed, calls)), columns)
  if (dangerous.length === 0) return all
  const named = ruleDialogTexts.dangerous(dangerous.map((label) => reveal(label)))
  return [...all, ...wrap(styled(styles.error, named), columns).slice(0, 3)]
}

const HINTS = [
  ['rule.save', ruleDialogTexts.save],
  ['rule.widen', ruleDialogTexts.scope],
  ['rule.next', ruleDialogTexts.otherRule],
  ['rule.edit', ruleDialogTexts.edit],
  ['overlay.close', ruleDialogTexts.cancel],
] as const

function hints(columns: number, { styles, key }: PaneOptions): readonly Row[] {
  return wrap(styled(styles.muted, keyHints(HINTS, key).join(' · ')), columns)
}
