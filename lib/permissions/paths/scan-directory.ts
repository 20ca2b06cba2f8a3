import { readdirSync, statSync } from 'node:fs'
import { canMatchInside, createDenyMatcher } from '../rules/path-rule.ts'
import type { FsView } from '../types.ts'
import { attempt } from './resolve-path.ts'

/**
 * Whether a folder (a resolved path) holds a file that one of these rules speaks of; true, too, where that cannot be
 * told, for there is too much to look at. Links are not followed, as programs that go through folders do not.
 */
export function containsMatch(
  payloads: readonly string[],
  directory: string,
  { view, ifMissing }: { readonly view: FsView; readonly ifMissing: boolean },
): boolean {
  const reaching = payloads.filter((payload) => canMatchInside(payload, directory, view))
  if (reaching.length === 0) return false
  const forbidders = reaching.map((payload) => createDenyMatcher(payload, view))
  const isSpokenOf = (file: string): boolean =>
    forbidders.some((forbids) => forbids({ asked: file, resolved: file }) !== 'none')
  const stats = attempt(() => statSync(directory))
  if (stats === null) return ifMissing
  if (!stats.isDirectory()) return isSpokenOf(directory)
  const waiting = [directory]
  let looked = 0
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const place = at
    if (isSpokenOf(place)) return true
    const entries = attempt(() => readdirSync(place, { withFileTypes: true })) ?? []
    looked += entries.length
    if (looked > MOST) return true
    for (const entry of entries) {
      const file = place === '/' ? `/${entry.name}` : `${place}/${entry.name}`
      if (entry.isDirectory()) {
        if (payloads.some((payload) => canMatchInside(payload, file, view))) waiting.push(file)
      } else if (isSpokenOf(file)) return true
    }
  }
  return false
}

/** More files than can be looked at while a person waits. */
const MOST = 5_000
