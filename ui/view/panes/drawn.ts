import type { RootState } from '../../state/state.ts'
import { unmoved } from '../../state/unmoved.ts'
import type { PaneOptions } from './pane.ts'

/** What was drawn last for a state without what moves, and what it was drawn with. */
interface Drawn<Value> {
  readonly value: Value
  readonly options: PaneOptions
  readonly place: string
}

/**
 * Draws something once until `still`, the part of the state that it depends on, changes: by default, all but the text that streams
 * in and the time. `place`: what it depends on in addition.
 */
export function createDrawing<Value>(
  still: (state: RootState) => RootState = unmoved,
): (
  state: RootState,
  options: PaneOptions,
  place: string,
  draw: (state: RootState) => Value,
) => Value {
  const known = new WeakMap<RootState, Drawn<Value>>()
  return (state, options, place, draw) => {
    const part = still(state)
    const before = known.get(part)
    if (before?.place === place && isDrawnWith(before.options, options)) return before.value
    const value = draw(part)
    known.set(part, { value, options: { ...options }, place })
    return value
  }
}

function isDrawnWith(one: PaneOptions, other: PaneOptions): boolean {
  return (
    one.styles === other.styles &&
    one.formatter === other.formatter &&
    one.message === other.message &&
    one.key === other.key &&
    one.ownKeys === other.ownKeys
  )
}
