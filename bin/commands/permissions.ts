import { createInterface } from 'node:readline'
import {
  type CheckedRequest,
  checkJsonLine,
  type ToRequest,
} from '../../lib/permissions/check-jsonl.ts'
import type { PermissionSubject } from '../../lib/permissions/types.ts'
import { TOOLS } from '../../lib/tools/index.ts'
import { parseArguments } from '../../lib/tools/parse-arguments.ts'
import type { Tool } from '../../lib/tools/tool.ts'
import type { Workspace } from '../../lib/tools/workspace.ts'
import { inferPermissionSubject } from './guess-subject.ts'

/** `letta permissions check`: JSON lines in, one verdict a line out, in order; no settings are looked at. */
export async function checkPermissions(
  input: NodeJS.ReadableStream,
  write: (line: string) => void,
): Promise<void> {
  let empty: string[] = []
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') {
      empty.push(line)
      continue
    }
    // An answer stands where its line stood; only empty lines at the end are none.
    for (const one of [...empty, line]) write(await checkJsonLine(one, toRequest))
    empty = []
  }
}

/** What the tool of that name would have judged of such a call. */
export const toRequest: ToRequest = (name, args, cwd, home) => {
  const tool = TOOLS.find((one) => one.name === name)
  if (tool === undefined) return null
  const place = {
    directory: cwd,
    home,
    lettaFolder: `${home}/.letta`,
    environment: {},
    now: () => 0,
  }
  return requestOf(tool, args, place)
}

/** Arguments that the tool would refuse are judged by what can be read of them all the same. */
function requestOf(tool: Tool, args: unknown, place: Workspace): CheckedRequest {
  const { name, access } = tool
  const parsed = parseArguments(tool, JSON.stringify(args))
  if (parsed.ok) return { tool: name, access, subject: tool.subject(parsed.value, place) }
  const subject = subjectOf(tool, args, place)
  if (subject !== null) return { tool: name, access, subject }
  const guess = inferPermissionSubject(args, access === 'execute', place)
  return { tool: name, access, subject: guess, isGuess: guess.type === 'command' }
}

/** Null where the tool cannot tell, for what it looks at is not there or no text. */
function subjectOf(tool: Tool, args: unknown, place: Workspace): PermissionSubject | null {
  try {
    const subject = tool.subject(args, place)
    return subject.type === 'command' && typeof subject.command !== 'string' ? null : subject
  } catch (thrown) {
    if (!(thrown instanceof TypeError)) throw thrown
    return null
  }
}
