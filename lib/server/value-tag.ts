import { createHash } from 'node:crypto'

/** The entity tag of a block's value: clients compute it too, to save only what they have seen. */
export function valueTag(value: string): string {
  return `"${createHash('sha256').update(value).digest('base64url')}"`
}
