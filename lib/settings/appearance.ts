import { existsSync } from 'node:fs'
import path from 'node:path'
import { packageRoot } from '../fs/package-root.ts'
import { grantOfAppearance } from './messages.ts'
import { type SettingValues, valuesOf } from './schema.ts'
import type { SettingsView } from './trusted-rules.ts'

type Kind = 'theme' | 'keymap'

const DIRECTORIES: Readonly<Record<Kind, string>> = { theme: 'themes', keymap: 'keymaps' }

/** What the directory's own files name that is not shipped: `use theme night`. */
export function appearanceGrants({ project, local }: SettingsView): readonly string[] {
  return (['theme', 'keymap'] as const).flatMap((kind) => {
    const name = local.value[kind] ?? project.value[kind]
    return name === undefined || isShipped(kind, name) ? [] : [grantOfAppearance(kind, name)]
  })
}

/**
 * The effective value of each setting. The directory may choose among what is shipped; a file of the user's that it names could
 * be unusable here, or be named by accident, so the user decides.
 */
export function allowedValues(
  { user, project, local }: SettingsView,
  isGranted: (grant: string) => boolean,
): SettingValues {
  const values = valuesOf(user.value, project.value, local.value)
  const choose = (kind: Kind): string => {
    const name = values[kind]
    const mayUse =
      name === user.value[kind] || isShipped(kind, name) || isGranted(grantOfAppearance(kind, name))
    return mayUse ? name : user.value[kind]
  }
  return { ...values, theme: choose('theme'), keymap: choose('keymap') }
}

function isShipped(kind: Kind, name: string): boolean {
  if (kind === 'theme' && name === 'auto') return true
  if (!/^[\w-]+$/.test(name)) return false
  return existsSync(path.join(packageRoot(), DIRECTORIES[kind], `${name}.json`))
}
