import { basename, dirname, sep } from 'node:path'

export interface Watch {
  close(): Promise<void>
}

/** Changes in quick succession (a checkout, a save by an editor) are reported once. */
const QUIET_MS = 150

/** Calls `changed` after skills in the directory were added, removed or modified. The directory may be created later. */
export async function watchSkills(directory: string, changed: () => void): Promise<Watch> {
  const { watch } = await import('chokidar')
  let timer: NodeJS.Timeout | undefined
  // The parent is watched, since the directory may not exist yet.
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
  // When a directory cannot be watched (no inotify watches left), changes appear only at the next start.
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
