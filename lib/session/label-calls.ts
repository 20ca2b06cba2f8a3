import type { Runner } from '../tools/runner.ts'
import type { Entry } from './state.ts'

/** The server keeps the arguments of calls; what they are about is said as it was when they ran. */
export function withNamedCalls(entries: readonly Entry[], runner: Runner): readonly Entry[] {
  return entries.map((entry) => {
    if (entry.type !== 'tool' || entry.call.label !== '') return entry
    const label = runner.labelOf(entry.call.tool, entry.call.args)
    return label === '' ? entry : { ...entry, call: { ...entry.call, label } }
  })
}
