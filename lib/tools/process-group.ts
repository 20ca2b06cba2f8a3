import { readlinkSync } from 'node:fs'
import * as fs from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { codeOf, ignoring } from './files.ts'

/** All that a command has started: its process group, and what has left the group but still carries its mark or prints. */
export interface ProcessGroup {
  readonly id: number
  /** A word in the environment that all its processes inherit. */
  readonly mark: string
  /** What its output goes to, as the system names it: who still holds it is one of them. */
  readonly outputs: readonly string[]
}

/** Where a process that has just started prints. */
export function outputsOf(id: number): readonly string[] {
  return [1, 2].flatMap((descriptor) => {
    try {
      return [readlinkSync(`/proc/${id}/fd/${descriptor}`)]
    } catch (thrown) {
      // Gone already, or no Linux.
      if (codeOf(thrown) === undefined) throw thrown
      return []
    }
  })
}

/** The system tells nobody when a group is empty, so one has to look. */
const LOOK_MS = 20
const GIVE_UP_MS = 2_000

/** TERM, then after `graceMs` KILL, until nothing is left alive. */
export async function endGroup(group: ProcessGroup, graceMs: number): Promise<void> {
  await signalAll(group, 'SIGTERM')
  if (await isEmptyWithin(group, graceMs)) return
  const start = performance.now()
  // A program that forks while it is being killed needs more than one round.
  while (performance.now() - start < GIVE_UP_MS) {
    await signalAll(group, 'SIGKILL')
    if (await isEmptyWithin(group, LOOK_MS * 5)) return
  }
}

/** For the last moment before exit, when nothing can be waited for. */
export function killGroupNow(group: ProcessGroup): void {
  signal(-group.id, 'SIGKILL')
}

/** Process ids, zombies left out. */
export async function survivors(group: ProcessGroup): Promise<readonly number[]> {
  if (process.platform !== 'linux') return signal(-group.id, 0) ? [group.id] : []
  const names = (await fs.readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(names.map((name) => belongs(name, group)))
  return names.filter((_, index) => found[index]).map(Number)
}

/** Cheap: true also when only zombies are left. */
export function isGroupPresent(group: ProcessGroup): boolean {
  return signal(-group.id, 0)
}

async function isEmptyWithin(group: ProcessGroup, timeMs: number): Promise<boolean> {
  const start = performance.now()
  for (;;) {
    if ((await survivors(group)).length === 0) return true
    if (performance.now() - start >= timeMs) return false
    await pause(LOOK_MS)
  }
}

async function signalAll(group: ProcessGroup, name: NodeJS.Signals): Promise<void> {
  signal(-group.id, name)
  for (const id of await survivors(group)) signal(id, name)
}

/** False when there is nobody to get it. */
function signal(id: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(id, name)
  } catch (thrown) {
    if (codeOf(thrown) === 'ESRCH') return false
    if (codeOf(thrown) === 'EPERM') return true
    throw thrown
  }
}

const GONE = ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'] as const

async function belongs(name: string, group: ProcessGroup): Promise<boolean> {
  const stat = await fs.readFile(`/proc/${name}/stat`, 'latin1').catch(ignoring(...GONE))
  if (stat === null) return false
  // The program's name in parentheses may hold anything; what follows it is fixed.
  const [state, , groupId] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (state === 'Z' || state === 'X') return false
  if (Number(groupId) === group.id) return true
  const environment = await fs.readFile(`/proc/${name}/environ`, 'latin1').catch(ignoring(...GONE))
  if (environment?.includes(group.mark)) return true
  const outputs = await Promise.all(
    [1, 2].map((one) => fs.readlink(`/proc/${name}/fd/${one}`).catch(ignoring(...GONE))),
  )
  return outputs.some((one) => one !== null && group.outputs.includes(one))
}
