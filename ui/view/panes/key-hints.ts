import type { PaneOptions } from './pane.ts'

/** A command, and what it does in a word or two. */
export type KeyHint = readonly [command: string, does: string]

/** The keys of the commands, each with what it does; a command without a key is left out. */
export function boundKeys(
  hints: readonly KeyHint[],
  key: PaneOptions['key'],
): readonly (readonly [stroke: string, does: string])[] {
  return hints.flatMap(([command, does]) => {
    const stroke = key(command)
    return stroke === null ? [] : [[stroke, does] as const]
  })
}

/** The same as text: `e edit`. */
export function keyHints(hints: readonly KeyHint[], key: PaneOptions['key']): readonly string[] {
  return boundKeys(hints, key).map(([stroke, does]) => `${stroke} ${does}`)
}
