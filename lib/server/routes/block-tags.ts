import { createHash } from 'node:crypto'
import { HttpError } from '../errors.ts'
import { blockModified } from '../messages/api.ts'
import type { BlockRecord } from '../records.ts'
import type { Storage } from '../storage/storage.ts'
import { valueTag } from '../value-tag.ts'

/** Throws a 412 when the value is no longer the one that the client has seen. */
export function assertUnchanged({ label, value }: BlockRecord, ifMatch: string | undefined): void {
  if (ifMatch === undefined || ifMatch === '*' || ifMatch === valueTag(value)) return
  throw new HttpError(412, blockModified(label))
}

/** The entity tag of the list of an agent's blocks. It is computed again only when the database has changed. */
export function entityTag(storage: Storage, agentId: string): string {
  const changes = storage.changeStamp()
  const known = tags.get(storage) ?? new Map<string, ListTag>()
  tags.set(storage, known)
  const before = known.get(agentId)
  if (before?.changes === changes) return before.etag
  const ids = storage.agents.blockIds(agentId)
  const stamp = storage.blockVersions.stamp(ids)
  const etag = `"${createHash('sha256').update(stamp).digest('base64url')}"`
  if (known.size > MAX_REMEMBERED_TAGS) known.clear()
  known.set(agentId, { changes, etag })
  return etag
}

interface ListTag {
  readonly changes: string
  readonly etag: string
}

const MAX_REMEMBERED_TAGS = 1000

const tags = new WeakMap<Storage, Map<string, ListTag>>()

export function isNotModified(
  req: { header(name: string): string | undefined },
  etag: string,
): boolean {
  return req.header('if-none-match') === etag
}
