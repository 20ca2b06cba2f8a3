import { argumentsSoFar } from '../../../lib/session/state/arriving-call.ts'
import type { ToolCall } from '../../../lib/session/state/entry.ts'
import { type ArrivingMember, arrivingMembers } from '../../../lib/util/arriving-arguments.ts'

/** What can be said of a call whose arguments are still arriving. */
export interface ArrivingCall {
  /** The file, the command or what else the call is about; empty until it has arrived. */
  readonly label: string
  /** Lines of the text that is being written. */
  readonly lines: number
  readonly lastLine: string
}

/** Arguments that say what a call is about, the best first. */
const LABELS = ['file_path', 'path', 'command', 'pattern', 'query', 'url', 'label', 'description']
/** Arguments that contain a longer text. */
const BODIES: ReadonlySet<string> = new Set(['content', 'new_string', 'new_str', 'text', 'plan'])

export function arrivingCall(call: ToolCall): ArrivingCall {
  const members = arrivingMembers(argumentsSoFar(call))
  const body = members.findLast(({ name }) => BODIES.has(name))
  return { label: labelOf(members), lines: body?.lines ?? 0, lastLine: body?.lastLine ?? '' }
}

function labelOf(members: readonly ArrivingMember[]): string {
  const found = LABELS.map((name) => members.find((member) => member.name === name))
  return found.find((one) => one !== undefined)?.firstLine ?? ''
}
