import { readFileSync } from 'node:fs'
import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { isErrno } from './errno.ts'

/** A process, so that another process can determine whether it still exists. */
export interface ProcessIdentity {
  /** The system, its boot and its process namespace: a process id means something only within these. */
  readonly host: string
  readonly processId: number
  /** In the unit of the system; null where it is unknown. Another program can have the process id of one that ended. */
  readonly startedAt: string | null
}

export async function identifyProcess(): Promise<ProcessIdentity> {
  const [boot, namespace, startedAt] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
    readlink('/proc/self/ns/pid').catch(() => ''),
    startOf(process.pid),
  ])
  const host = [hostname(), boot.trim(), namespace].filter((part) => part !== '').join(' ')
  return { host, processId: process.pid, startedAt: startedAt?.time ?? null }
}

/** Whether the process still exists; null when this process cannot know, because the other runs elsewhere. */
export async function isProcessAlive(
  other: ProcessIdentity,
  own: ProcessIdentity,
): Promise<boolean | null> {
  if (other.host !== own.host) return null
  if (!processExists(other.processId)) return false
  const stat = await startOf(other.processId)
  return stat === null ? processExists(other.processId) : !isOver(stat, other.startedAt)
}

export function processExists(processId: number): boolean {
  try {
    return process.kill(processId, 0)
  } catch (thrown) {
    return isErrno(thrown, 'EPERM')
  }
}

/**
 * Whether the process has ended. `startedAt`: null where it is unknown. A zombie has ended: in a container there is often no process
 * that would remove it.
 */
export function hasProcessEnded(processId: number, startedAt: string | null): boolean {
  if (!processExists(processId)) return true
  const stat = statOf(processId)
  return stat === null ? !processExists(processId) : isOver(stat, startedAt)
}

/** Another program can have the id of a process that has ended. */
function isOver({ time, hasEnded }: ProcessStat, startedAt: string | null): boolean {
  return hasEnded || (startedAt ?? time) !== time
}

/** When a process was started, in the unit of the system; null where it is unknown. Linux answers from memory. */
export function startOfProcess(processId: number): string | null {
  return statOf(processId)?.time ?? null
}

function statOf(processId: number): ProcessStat | null {
  try {
    return parseStat(readFileSync(`/proc/${processId}/stat`, 'utf8'))
  } catch {
    return null
  }
}

interface ProcessStat {
  readonly time: string
  readonly hasEnded: boolean
}

/** From Linux' process table; null on other systems. A zombie has ended, although its id still exists. */
async function startOf(processId: number): Promise<ProcessStat | null> {
  const stat = await readFile(`/proc/${processId}/stat`, 'utf8').catch(() => null)
  return stat === null ? null : parseStat(stat)
}

function parseStat(stat: string): ProcessStat {
  // The name of the program, in parentheses, can contain anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state = '', time = ''] = [fields[0], fields[STARTED_AT]]
  return { time, hasEnded: state === 'Z' || state === 'X' }
}

/** Field 22 of the table, which counts from the process id; here counted from the state. */
const STARTED_AT = 19
