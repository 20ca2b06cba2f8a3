import path from 'node:path'
import { findRepository } from './find-repository.ts'
import { readGitSettings } from './git-settings.ts'

/**
 * Where each remote of a repository is: the machine of its address, or its directory. As far as the configuration of the repository and
 * of the user says it; without user names and keys.
 */
export async function readRemotePlaces(
  directory: string,
  home: string,
): Promise<ReadonlyMap<string, string>> {
  const repository = await findRepository(directory)
  if (repository === 'none' || repository === 'unknown') return new Map()
  const files = [path.join(home, '.gitconfig'), path.join(repository.commonDirectory, 'config')]
  const settings = (await Promise.all(files.map(readGitSettings))).flatMap((found) => found ?? [])
  const shortened = settings.flatMap(({ name, value }) => {
    const base = /^url\.(.*)\.insteadof$/s.exec(name)?.[1]
    return base === undefined ? [] : [{ base, prefix: value }]
  })
  const places = new Map<string, string>()
  for (const { name, value } of settings) {
    const remote = /^remote\.(.*)\.(?:push)?url$/s.exec(name)?.[1]
    if (remote === undefined) continue
    const [longest] = shortened
      .filter(({ prefix }) => value.startsWith(prefix))
      .toSorted((one, other) => other.prefix.length - one.prefix.length)
    const address =
      longest === undefined ? value : longest.base + value.slice(longest.prefix.length)
    const place = placeOf(address)
    const known = places.get(remote)
    places.set(remote, known === undefined || known === place ? place : `${known}, ${place}`)
  }
  return places
}

/** `https://user:key@host:443/path`, `user@host:path`, `/path` */
function placeOf(address: string): string {
  const [, host] =
    /^[\w+.-]+:\/\/(?:[^/@]*@)?([^/:]+)/.exec(address) ??
    /^(?:[\w.-]+@)?([\w.-]+):(?!\/\/)/.exec(address) ??
    []
  return host ?? address.replace(/^file:\/\//, '')
}
