import type { Runner } from '../tools/runner.ts'
import type { Entry } from './state.ts'

/** The server stores only the arguments of calls; their labels are created again from those. */
export function withNamedCalls(entries: readonly Entry[], runner: Runner): readonly Entry[] {
  return entries.map((entry) => {
    if (entry.type !== 'tool' || entry.call.label !== '') return entry
    const label = runner.labelOf(entry.call.tool, entry.call.args)
    return label === '' ? entry : { ...entry, call: { ...entry.call, label } }
  })
}
