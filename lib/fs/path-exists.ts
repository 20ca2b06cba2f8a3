import { access } from 'node:fs/promises'

/** Whether there is something at a path, as far as this user can see. */
export function pathExists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
