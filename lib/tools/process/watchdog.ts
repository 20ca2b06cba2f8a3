import type { Writable } from 'node:stream'
import { isErrno } from '../../fs/errno.ts'
import { type ProcessTree, TRACKER_FD } from './process-tree.ts'
import { startChild } from './start-child.ts'

/** Ends the processes that still run when this program is killed or crashes and cannot do so itself (`kill -9`). */
export interface Watchdog {
  add(group: ProcessTree): void
  remove(group: ProcessTree): void
}

/**
 * A small shell reads process groups from a pipe, which closes when this program ends, in whatever way.
 * On Linux it also ends processes that left their group but still have the marker or a pipe to this program.
 */
const SCRIPT = `
trap '' HUP INT TERM
groups=' '
while read -r word id mark ties; do
  case $word in
    add) groups="$groups$id:$mark:$ties " ;;
    remove)
      case $groups in
        *" $id:$mark:$ties "*) groups="\${groups%% $id:$mark:*} \${groups#* $id:$mark:$ties }" ;;
      esac ;;
  esac
done
for entry in $groups; do
  kill -9 "-\${entry%%:*}"
  rest=\${entry#*:}
  for directory in /proc/[0-9]*; do
    grep -qsaF "\${rest%%:*}" "$directory/environ" && kill -9 "\${directory#/proc/}"
    for one in 1 2 ${TRACKER_FD}; do
      link=$(readlink "$directory/fd/$one")
      number=\${link#*[}
      case ",\${rest#*:}," in
        *",\${link%%:*}-\${number%]},"*) kill -9 "\${directory#/proc/}" ;;
      esac
    done
  done
done
`

export async function startWatchdog(
  environment: Readonly<Record<string, string>>,
): Promise<Watchdog> {
  const dog = await startChild('/bin/sh', ['-c', SCRIPT], {
    cwd: '/',
    env: environment,
    // A separate process group, which receives no signals of the terminal.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  }).catch((thrown: unknown) => {
    if (!isErrno(thrown)) throw thrown
    return null
  })
  const stdin = dog?.stdin ?? null
  // Commands run also without the watchdog.
  if (dog === null || stdin === null) return { add: () => undefined, remove: () => undefined }
  stdin.on('error', () => stdin.destroy())
  // It must not keep this program running, since it waits for its end.
  dog.unref()
  unreference(stdin)
  const send = (word: string, group: ProcessTree): void => {
    const ties = group.trackers.map((one) => one.replace(/:\[(\d+)\]$/, '-$1')).join(',')
    if (stdin.writable) stdin.write(`${word} ${group.id} ${group.marker} ${ties}\n`)
  }
  return { add: (group) => send('add', group), remove: (group) => send('remove', group) }
}

function unreference(stream: Writable): void {
  if ('unref' in stream && typeof stream.unref === 'function') stream.unref()
}
