import { toOtid } from '../ids.ts'
import { toReturnFields, withMessageHeader } from '../wire/messages.ts'
import type { Loop } from './loop-context.ts'

/** The event that gives a client the result of a call. `id`: that of the message that contains it. */
export function toolReturnEvent(
  { run, now }: Pick<Loop, 'run' | 'now'>,
  { id, stepId }: { readonly id: string; readonly stepId: string | null },
  result: Parameters<typeof toReturnFields>[0],
): ReturnType<typeof withMessageHeader> {
  const date = now().toISOString()
  const header = { id, otid: toOtid(id, 0), date, runId: run.record.id, stepId }
  return withMessageHeader('tool_return_message', header, toReturnFields(result))
}
