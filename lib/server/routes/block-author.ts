import type { BlockAuthor } from '../records.ts'

/**
 * The header in which letta says for whom it changes a block: `<who>` or `<who> <id of the session>`, followed by the ids of the
 * blocks from which lines were moved or copied, with commas. For a call of an agent:
 * `agent <id of the session> <id of the agent> <id of the call> <tool>`, each percent-encoded, and the ids of blocks as above.
 */
const CHANGE_HEADER = 'x-letta-change'

type KnownAuthor = Exclude<BlockAuthor, { type: 'unknown' }>
type ClientAuthor = Exclude<KnownAuthor['type'], 'agent'>

const AUTHORS: Readonly<Record<ClientAuthor, true>> = {
  client: true,
  import: true,
  letta: true,
  restore: true,
  skills: true,
  user: true,
}

const MAX_NAME_LENGTH = 80
const MAX_SOURCES = 20
const BLOCK_ID = /^block-[\w-]{1,60}$/

/** The author of a change that a request asks for. */
export function requestAuthor(req: { header(name: string): string | undefined }): BlockAuthor {
  const [who = '', client = '', ...call] = (req.header(CHANGE_HEADER) ?? '').split(' ')
  if (who === 'agent' && (call.length === 3 || call.length === 4)) {
    return withSources(callAuthor(call), call[3])
  }
  if (isAuthor(who)) {
    return withSources({ type: who, client: client.slice(0, MAX_NAME_LENGTH) || null }, call[0])
  }
  const name = req.header('user-agent')?.slice(0, MAX_NAME_LENGTH)
  return { type: 'client', client: name || null }
}

function withSources(author: KnownAuthor, ids = ''): BlockAuthor {
  const sources = decode(ids)
    .split(',')
    .filter((id) => BLOCK_ID.test(id))
  return sources.length === 0 ? author : { ...author, sources: sources.slice(0, MAX_SOURCES) }
}

function callAuthor(words: readonly string[]): KnownAuthor {
  const [agentId = '', callId = '', tool = ''] = words.map((word) =>
    decode(word).slice(0, MAX_NAME_LENGTH),
  )
  return { type: 'agent', agentId, callId, tool, runId: null, stepId: null }
}

function decode(word: string): string {
  try {
    return decodeURIComponent(word)
  } catch {
    return word
  }
}

function isAuthor(text: string): text is ClientAuthor {
  return Object.hasOwn(AUTHORS, text)
}
