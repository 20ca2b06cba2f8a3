import type { Writable } from 'node:stream'
import { type ProcessTree, TRACKER_FD } from './process-tree.ts'

/** Ends what is still running when this program dies without a chance to do so itself (`kill -9`, a crash). */
export interface Watchdog {
  add(group: ProcessTree): void
  remove(group: ProcessTree): void
}

/**
 * A small shell reads groups from a pipe; the pipe ends when we do, however that happens.
 * On Linux it looks for the mark, too, which processes carry that have left their group, and for what ties them to us.
 */
const SCRIPT = `
trap '' HUP INT TERM
groups=' '
while read -r word id mark ties; do
  case $word in
    add) groups="$groups$id:$mark:$ties " ;;
    remove) groups="\${groups%% $id:*} \${groups#* $id:$mark:$ties }" ;;
  esac
done
for entry in $groups; do
  kill -9 "-\${entry%%:*}"
  rest=\${entry#*:}
  for folder in /proc/[0-9]*; do
    grep -qsaF "\${rest%%:*}" "$folder/environ" && kill -9 "\${folder#/proc/}"
    for one in 1 2 ${TRACKER_FD}; do
      link=$(readlink "$folder/fd/$one")
      number=\${link#*[}
      case ",\${rest#*:}," in
        *",\${link%%:*}-\${number%]},"*) kill -9 "\${folder#/proc/}" ;;
      esac
    done
  done
done
`

export async function startWatchdog(
  environment: Readonly<Record<string, string>>,
): Promise<Watchdog> {
  const { execa } = await import('execa')
  const dog = execa('/bin/sh', ['-c', SCRIPT], {
    cwd: '/',
    env: environment,
    extendEnv: false,
    // Out of reach of the terminal's signals.
    detached: true,
    cleanup: false,
    stdin: 'pipe',
    stdout: 'ignore',
    stderr: 'ignore',
    buffer: false,
    reject: false,
  })
  const { stdin } = dog
  // Without it commands run all the same.
  stdin.on('error', () => stdin.destroy())
  // It must not keep us alive: our end is what it waits for.
  dog.unref()
  unreference(stdin)
  const tell = (word: string, group: ProcessTree): void => {
    const ties = group.trackers.map((one) => one.replace(/:\[(\d+)\]$/, '-$1')).join(',')
    if (stdin.writable) stdin.write(`${word} ${group.id} ${group.marker} ${ties}\n`)
  }
  return { add: (group) => tell('add', group), remove: (group) => tell('remove', group) }
}

function unreference(stream: Writable): void {
  if ('unref' in stream && typeof stream.unref === 'function') stream.unref()
}
