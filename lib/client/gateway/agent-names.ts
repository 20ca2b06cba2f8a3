import { isRecord } from '../../util/is-record.ts'
import { parseJson } from '../../util/parse-json.ts'
import { messageOf } from '../../util/user-error.ts'

/**
 * A new agent has the name of its directory, such as `site.example`. Letta's own server refuses most punctuation in a name with an
 * internal error, other servers accept it: `made` is tried with the name, and after such an error with `plain`.
 */
export async function withPlainAgentName<Value>(
  made: (plain: boolean) => Promise<Value>,
): Promise<Value> {
  try {
    return await made(false)
  } catch (thrown) {
    if (!/agent name .* contains invalid characters/is.test(messageOf(thrown))) throw thrown
    return made(true)
  }
}

export function plainAgentName(name: string): string {
  const plain = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{N} _'-]+/gu, ' ')
    .replace(/ +/g, ' ')
    .trim()
  return plain === '' ? 'agent' : plain
}

/** An agent file whose agents have plain names. */
export function withPlainAgentNames(file: string): string {
  const parsed = parseJson(file)
  if (!isRecord(parsed) || !Array.isArray(parsed['agents'])) return file
  const agents = parsed['agents'].map((agent: unknown) => {
    const name = isRecord(agent) ? agent['name'] : null
    return typeof name === 'string' ? { ...Object(agent), name: plainAgentName(name) } : agent
  })
  return JSON.stringify({ ...parsed, agents })
}
