import { type PartialMember, partialArguments } from '../../../lib/util/partial-arguments.ts'

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

export function arrivingCall(args: string): ArrivingCall {
  const members = partialArguments(args)
  const body = members.findLast(({ name }) => BODIES.has(name))
  const lines = body === undefined || body.text === '' ? [] : body.text.split('\n')
  return { label: labelOf(members), lines: lines.length, lastLine: lines.findLast(isInk) ?? '' }
}

function isInk(line: string): boolean {
  return line.trim() !== ''
}

function labelOf(members: readonly PartialMember[]): string {
  const found = LABELS.map((name) => members.find((member) => member.name === name))
  const member = found.find((one) => one !== undefined)
  return member?.text.trimStart().split('\n')[0] ?? ''
}
