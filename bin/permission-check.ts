import { createInterface } from 'node:readline'
import { checkLine, type ToRequest } from '../lib/permissions/check.ts'
import { resolvePath } from '../lib/permissions/ground.ts'
import type { Request, Subject } from '../lib/permissions/request.ts'
import { parseArguments } from '../lib/tools/arguments.ts'
import { TOOLS } from '../lib/tools/index.ts'
import { absolutePath } from '../lib/tools/paths.ts'
import type { Place, Tool } from '../lib/tools/tool.ts'

/** `letta permissions check`: JSON lines in, one verdict a line out, in order; no settings are looked at. */
export async function checkPermissions(
  input: NodeJS.ReadableStream,
  write: (line: string) => void,
): Promise<void> {
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() !== '') write(checkLine(line, toRequest, resolvePath))
  }
}

/** What the tool of that name would have judged of such a call. */
export const toRequest: ToRequest = (name, args, cwd, home): Request | null => {
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
function requestOf(tool: Tool, args: unknown, place: Place): Request {
  const parsed = parseArguments(tool, JSON.stringify(args))
  try {
    const subject = tool.subject(parsed.ok ? parsed.value : args, place)
    return { tool: tool.name, access: tool.access, subject }
  } catch (thrown) {
    if (!(thrown instanceof TypeError)) throw thrown
    return { tool: tool.name, access: tool.access, subject: pathsAmong(args, place) }
  }
}

/** What can't be read may still be spoken of by a rule for the whole tool, or name a file. */
function pathsAmong(args: unknown, place: Place): Subject {
  const given = typeof args === 'object' && args !== null ? Object.entries(args) : []
  const paths = given.flatMap(([name, value]) =>
    /path$/.test(name) && typeof value === 'string' ? [absolutePath(value, place)] : [],
  )
  return paths.length === 0 ? { kind: 'nothing' } : { kind: 'paths', paths }
}
