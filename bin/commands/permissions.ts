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

/** `letta permissions check`: JSON lines in, one verdict a line out, in order. Settings are not read. */
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
    // Each line has its answer in the same place, empty ones included, except at the end.
    for (const one of [...empty, line]) write(await checkJsonLine(one, toRequest))
    empty = []
  }
}

/** The request that a tool makes of such a call. */
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

/** Arguments that the tool would reject are decided by what can be read of them. */
function requestOf(tool: Tool, args: unknown, place: Workspace): CheckedRequest {
  const { name, access } = tool
  const parsed = parseArguments(tool, JSON.stringify(args))
  if (parsed.ok) return { tool: name, access, subject: tool.subject(parsed.value, place) }
  const subject = subjectOf(tool, args, place)
  if (subject !== null) return { tool: name, access, subject }
  const guess = inferPermissionSubject(args, access === 'execute', place)
  return { tool: name, access, subject: guess, isGuess: guess.type === 'command' }
}

/** Null when the arguments that the tool reads are missing or not strings. */
function subjectOf(tool: Tool, args: unknown, place: Workspace): PermissionSubject | null {
  try {
    const subject = tool.subject(args, place)
    return subject.type === 'command' && typeof subject.command !== 'string' ? null : subject
  } catch (thrown) {
    if (!(thrown instanceof TypeError)) throw thrown
    return null
  }
}
