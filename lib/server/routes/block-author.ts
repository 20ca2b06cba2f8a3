import type { BlockAuthor } from '../records.ts'

/** The header in which letta says for whom it changes a block: `<who>` or `<who> <id of the session>`. */
const CHANGE_HEADER = 'x-letta-change'

type ClientAuthor = Exclude<BlockAuthor['type'], 'agent' | 'unknown'>

const AUTHORS: Readonly<Record<ClientAuthor, true>> = {
  client: true,
  import: true,
  letta: true,
  restore: true,
  skills: true,
  user: true,
}

const MAX_NAME_LENGTH = 80

/** The author of a change that a request asks for. */
export function requestAuthor(req: { header(name: string): string | undefined }): BlockAuthor {
  const [who = '', client = ''] = (req.header(CHANGE_HEADER) ?? '').split(' ')
  if (isAuthor(who)) return { type: who, client: client.slice(0, MAX_NAME_LENGTH) || null }
  const name = req.header('user-agent')?.slice(0, MAX_NAME_LENGTH)
  return { type: 'client', client: name || null }
}

function isAuthor(text: string): text is ClientAuthor {
  return Object.hasOwn(AUTHORS, text)
}
