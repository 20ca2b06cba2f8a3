import { basename, dirname, sep } from 'node:path'

export interface Watch {
  close(): Promise<void>
}

/** Changes in quick succession (a checkout, a save by an editor) are reported once. */
const QUIET_MS = 150

/** Calls `changed` after skills under the directory came, went or changed; the directory may come later. */
export async function watchSkills(directory: string, changed: () => void): Promise<Watch> {
  const { watch } = await import('chokidar')
  let timer: NodeJS.Timeout | undefined
  // The folder above is watched, for a directory that isn't there yet.
  const above = dirname(directory)
  const isOutside = (path: string): boolean =>
    path !== above && path !== directory && !path.startsWith(directory + sep)
  const watcher = watch(above, {
    ignoreInitial: true,
    followSymlinks: false,
    ignorePermissionErrors: true,
    ignored: (path, stats) => isOutside(path) || (stats?.isFile() === true && !isSkillFile(path)),
  })
  watcher.on('all', () => {
    clearTimeout(timer)
    timer = setTimeout(changed, QUIET_MS)
    timer.unref()
  })
  // A folder that can't be watched (no inotify watches left) only means that changes show at the next start.
  watcher.on('error', () => undefined)
  await new Promise<void>((resolve) => watcher.once('ready', resolve))
  return {
    async close() {
      clearTimeout(timer)
      await watcher.close()
    },
  }
}

function isSkillFile(path: string): boolean {
  return basename(path).toUpperCase() === 'SKILL.MD'
}
