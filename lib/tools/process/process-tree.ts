import { readlinkSync } from 'node:fs'
import * as fs from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { isErrno } from '../../fs/errno.ts'

/**
 * All processes that a command has started: its process group, and processes that left the group but still have the marker or
 * a pipe. A daemon that closes its pipes and clears its environment is not found: that would require a separate supervisor process.
 */
export interface ProcessTree {
  readonly id: number
  /** A random value in the environment, which all processes of the command inherit. */
  readonly marker: string
  /** The pipes to it, as `/proc` names them: a process that has one of them open belongs to the command. */
  readonly trackers: readonly string[]
  /** Processes that were found once. They still belong to the command when the parent by which they were found has ended. */
  readonly found: Set<string>
}

/** An unused pipe, which programs rarely close: its number is above those that scripts and bash use. */
export const TRACKER_FD = 19
const TRACKER_FDS = [1, 2, TRACKER_FD]

/** The pipes of a process that has just started, without descriptors that it has already redirected to /dev/null or a file. */
export function trackedPids(id: number): readonly string[] {
  return TRACKER_FDS.map((descriptor) => linkOf(`/proc/${id}/fd/${descriptor}`)).filter((link) =>
    link.startsWith('socket:'),
  )
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch (thrown) {
    // The process has ended already, or the system is not Linux.
    if (!isErrno(thrown)) throw thrown
    return ''
  }
}

/** The system does not report that a group is empty, so it is polled. */
const POLL_INTERVAL_MS = 20
const KILL_TIMEOUT_MS = 2_000

/** Sends SIGTERM, and after `graceMs` SIGKILL, until no process is left. */
export async function endProcessTree(group: ProcessTree, graceMs: number): Promise<void> {
  await signalAll(group, 'SIGTERM')
  if (await isEmptyWithin(group, graceMs)) return
  const start = performance.now()
  // A program that forks while it is being killed needs more than one round.
  while (performance.now() - start < KILL_TIMEOUT_MS) {
    await signalAll(group, 'SIGKILL')
    if (await isEmptyWithin(group, POLL_INTERVAL_MS * 5)) return
  }
}

/** Process ids, without those of zombies. */
export async function remainingPids(group: ProcessTree): Promise<readonly number[]> {
  if (process.platform !== 'linux') return signal(-group.id, 0) ? [group.id] : []
  const names = (await readProcessNames()).filter((name) => /^\d+$/.test(name))
  const alive = (await mapInParts(names, look)).filter((one) => one !== null)
  const belonging = await mapInParts(alive, (one) => belongs(one, group))
  const own = withDescendants(
    alive.filter((_, index) => belonging[index]),
    alive,
  )
  for (const one of own) group.found.add(keyOf(one))
  return own.map((one) => one.id)
}

async function readProcessNames(): Promise<readonly string[]> {
  return (await read(() => fs.readdir('/proc'))) ?? []
}

/** Waits for a free descriptor: other parts of this program use them, too. Null when the process is gone. */
async function read<Value>(work: () => Promise<Value>): Promise<Value | null> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (thrown) {
      if (isErrno(thrown, ...GONE)) return null
      if (!isErrno(thrown, 'EMFILE', 'ENFILE')) throw thrown
      if (attempt === MAX_ATTEMPTS) return null
      await pause(POLL_INTERVAL_MS)
    }
  }
}

const MAX_ATTEMPTS = 50

/** A machine can have more processes than this one may open files. */
const MAX_OPEN_PROCESSES = 16

async function mapInParts<One, Result>(
  all: readonly One[],
  work: (one: One) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = []
  for (let at = 0; at < all.length; at += MAX_OPEN_PROCESSES) {
    const part = all.slice(at, at + MAX_OPEN_PROCESSES)
    results.push(...(await Promise.all(part.map(work))))
  }
  return results
}

/** An inexpensive check, which is also true when only zombies are left. */
export function isGroupPresent(group: ProcessTree): boolean {
  return signal(-group.id, 0)
}

async function isEmptyWithin(group: ProcessTree, timeMs: number): Promise<boolean> {
  const start = performance.now()
  for (;;) {
    if ((await remainingPids(group)).length === 0) return true
    if (performance.now() - start >= timeMs) return false
    await pause(POLL_INTERVAL_MS)
  }
}

async function signalAll(group: ProcessTree, name: NodeJS.Signals): Promise<void> {
  // Searched before any signal: a process that has lost its parent may no longer be recognized.
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
  const stat = await read(() => fs.readFile(`/proc/${name}/stat`, 'latin1'))
  if (stat === null) return null
  // The program's name in parentheses may contain any character; the fields after it have a fixed format.
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
  const directory = `/proc/${one.id}`
  const environment = await read(() => fs.readFile(`${directory}/environ`, 'latin1'))
  if (environment?.includes(group.marker)) return true
  const links = await Promise.all(
    TRACKER_FDS.map((tie) => read(() => fs.readlink(`${directory}/fd/${tie}`))),
  )
  return links.some((link) => link !== null && group.trackers.includes(link))
}

/** Adds the children of the found processes, even without the marker and the pipes. */
function withDescendants(own: readonly Process[], alive: readonly Process[]): readonly Process[] {
  const ids = new Set(own.map((one) => one.id))
  const children = alive.filter((one) => ids.has(one.parent) && !ids.has(one.id))
  return children.length === 0 ? own : withDescendants([...own, ...children], alive)
}
