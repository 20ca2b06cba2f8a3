import type { Entry } from '../../lib/session/state/entry.ts'
import type { SessionState } from '../../lib/session/state/session-state.ts'
import { decodeArguments } from '../../lib/util/decode-arguments.ts'
import { parseMentions } from '../../lib/util/mentions.ts'

const MAX_PATHS = 20
const MAX_ENTRIES = 300

/** Files that calls of the agent and messages of the person have named, relative to the project, the newest first. */
export function recentPaths({ settled, current, directory }: SessionState): readonly string[] {
  const entries = [...settled.slice(-MAX_ENTRIES), ...current].reverse()
  const found = new Set<string>()
  for (const entry of entries) {
    for (const path of pathsOf(entry)) {
      const inside = path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : path
      if (inside !== '' && !/^[/~]|(^|\/)\.\.(\/|$)/.test(inside)) found.add(inside)
    }
    if (found.size >= MAX_PATHS) break
  }
  return [...found].slice(0, MAX_PATHS)
}

function pathsOf(entry: Entry): readonly string[] {
  if (entry.type === 'user') return parseMentions(entry.text).map(({ path }) => path)
  if (entry.type !== 'tool') return []
  const path = decodeArguments(entry.call.args)?.['file_path']
  return typeof path === 'string' ? [path] : []
}
