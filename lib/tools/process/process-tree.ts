import { readlinkSync } from 'node:fs'
import * as fs from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { ignoreErrno, isErrno } from '../../fs/errno.ts'

/**
 * All that a command has started: its process group, and what has left the group but not shed all it was given. A daemon by
 * the book that empties its environment, too, is not found: that takes a supervisor of its own, which node has not.
 */
export interface ProcessTree {
  readonly id: number
  /** A word in the environment that all its processes inherit. */
  readonly marker: string
  /** Our pipes to it, as the system names them: who still holds one is one of them. */
  readonly trackers: readonly string[]
  /** Who was found to be one of them stays it, when the parent by which it was known is gone. */
  readonly found: Set<string>
}

/** An unused pipe, which programs do not think of closing: its number is above those that scripts and bash use. */
export const TRACKER_FD = 19
const TRACKER_FDS = [1, 2, TRACKER_FD]

/** What ties a process that has just started to us: not what it may have put in its place by now, /dev/null or a file. */
export function trackedPids(id: number): readonly string[] {
  return TRACKER_FDS.map((descriptor) => linkOf(`/proc/${id}/fd/${descriptor}`)).filter((link) =>
    link.startsWith('socket:'),
  )
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch (thrown) {
    // Gone already, or no Linux.
    if (!isErrno(thrown)) throw thrown
    return ''
  }
}

/** The system does not report that a group is empty, so it is polled. */
const LOOK_MS = 20
const GIVE_UP_MS = 2_000

/** TERM, then after `graceMs` KILL, until nothing is left alive. */
export async function endProcessTree(group: ProcessTree, graceMs: number): Promise<void> {
  await signalAll(group, 'SIGTERM')
  if (await isEmptyWithin(group, graceMs)) return
  const start = performance.now()
  // A program that forks while it is being killed needs more than one round.
  while (performance.now() - start < GIVE_UP_MS) {
    await signalAll(group, 'SIGKILL')
    if (await isEmptyWithin(group, LOOK_MS * 5)) return
  }
}

/** Process ids, zombies left out. */
export async function remainingPids(group: ProcessTree): Promise<readonly number[]> {
  if (process.platform !== 'linux') return signal(-group.id, 0) ? [group.id] : []
  const names = (await fs.readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const alive = (await Promise.all(names.map(look))).filter((one) => one !== null)
  const belonging = await Promise.all(alive.map((one) => belongs(one, group)))
  const own = withDescendants(
    alive.filter((_, index) => belonging[index]),
    alive,
  )
  for (const one of own) group.found.add(keyOf(one))
  return own.map((one) => one.id)
}

/** Cheap: true also when only zombies are left. */
export function isGroupPresent(group: ProcessTree): boolean {
  return signal(-group.id, 0)
}

async function isEmptyWithin(group: ProcessTree, timeMs: number): Promise<boolean> {
  const start = performance.now()
  for (;;) {
    if ((await remainingPids(group)).length === 0) return true
    if (performance.now() - start >= timeMs) return false
    await pause(LOOK_MS)
  }
}

async function signalAll(group: ProcessTree, name: NodeJS.Signals): Promise<void> {
  // Looked for first: who has lost its parent may not be known any more.
  const known = await remainingPids(group)
  signal(-group.id, name)
  for (const id of known) signal(id, name)
}

/** False when no process received it. */
function signal(id: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(id, name)
  } catch (thrown) {
    if (isErrno(thrown, 'ESRCH')) return false
    if (isErrno(thrown, 'EPERM')) return true
    throw thrown
  }
}

const GONE = ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'] as const

interface Process {
  readonly id: number
  readonly parent: number
  readonly groupId: number
  /** Ticks since the machine started: process ids are reused, an id with its start is not. */
  readonly startedAt: string
}

async function look(name: string): Promise<Process | null> {
  const stat = await fs.readFile(`/proc/${name}/stat`, 'latin1').catch(ignoreErrno(...GONE))
  if (stat === null) return null
  // The program's name in parentheses may hold anything; what follows it is fixed.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, parent, groupId] = fields
  if (state === 'Z' || state === 'X') return null
  const startedAt = fields[19] ?? ''
  return { id: Number(name), parent: Number(parent), groupId: Number(groupId), startedAt }
}

function keyOf({ id, startedAt }: Process): string {
  return `${id} ${startedAt}`
}

async function belongs(one: Process, group: ProcessTree): Promise<boolean> {
  if (one.groupId === group.id || group.found.has(keyOf(one))) return true
  const folder = `/proc/${one.id}`
  const environment = await fs.readFile(`${folder}/environ`, 'latin1').catch(ignoreErrno(...GONE))
  if (environment?.includes(group.marker)) return true
  const links = await Promise.all(
    TRACKER_FDS.map((tie) => fs.readlink(`${folder}/fd/${tie}`).catch(ignoreErrno(...GONE))),
  )
  return links.some((link) => link !== null && group.trackers.includes(link))
}

/** A child of one of them is one, whatever it has shed. */
function withDescendants(own: readonly Process[], alive: readonly Process[]): readonly Process[] {
  const ids = new Set(own.map((one) => one.id))
  const children = alive.filter((one) => ids.has(one.parent) && !ids.has(one.id))
  return children.length === 0 ? own : withDescendants([...own, ...children], alive)
}
