import { absolutePath } from '../fs/absolute-path.ts'
import { checkRule } from '../permissions/rules/check-rule.ts'
import { narrownessOfRule } from '../permissions/rules/order-by-breadth.ts'
import type { PermissionRule, PermissionRules } from '../permissions/types.ts'
import { isForeign } from './json-file.ts'
import { grantOfDirectory, grantOfRule } from './messages.ts'
import type {
  Decoded,
  LocalSettings,
  Permissions,
  ProjectSettings,
  UserSettings,
} from './schema.ts'
import type { SettingsDocument } from './settings-file.ts'

/** The three files, decoded. */
export interface SettingsView {
  readonly user: Decoded<UserSettings>
  readonly project: Decoded<ProjectSettings>
  readonly local: Decoded<LocalSettings>
}

/** The settings files whose rules may grant: all, all but the user's (when other users can write it), or none. */
export type UserGrants = 'all' | 'others' | 'none'

/** When deny rules of the user may be missing, no rule of any file may grant. */
export function userGranting(
  document: SettingsDocument,
  user: Decoded<UserSettings>,
  ignoreBroken: boolean,
): UserGrants {
  const isBroken = document.reading.problem !== null && !ignoreBroken
  if (isBroken || user.lostDenials) return 'none'
  return isForeign(document.reading) ? 'others' : 'all'
}

export interface GrantSource {
  readonly view: SettingsView
  readonly userGrants: UserGrants
  /** Grants of the directory that the user has not accepted. */
  readonly unseen: readonly string[]
  readonly home: string
  readonly directory: string
}

const SOURCES = ['user', 'project', 'local'] as const
type RuleSourceFile = (typeof SOURCES)[number]

export function rulesOf(granting: GrantSource): PermissionRules {
  const list = (name: 'deny' | 'ask'): PermissionRule[] =>
    SOURCES.flatMap((source) =>
      permissionsOf(granting, source)[name].map((text) => ({ text, source })),
    )
  const allow = SOURCES.flatMap((source) =>
    permissionsOf(granting, source)
      .allow.filter((text) => source === 'user' || checkRule(text) === null)
      .filter((text) => isGranted(granting, source, grantOfRule(text)))
      .map((text) => ({ text, source })),
  )
  return { allow: once(allow), deny: once(list('deny')), ask: once(list('ask')) }
}

export function directoriesOf(granting: GrantSource): readonly string[] {
  const { home, directory } = granting
  const granted = SOURCES.flatMap((source) =>
    absolute(permissionsOf(granting, source), home, directory).filter((added) =>
      isGranted(granting, source, grantOfDirectory(added)),
    ),
  )
  return [...new Set(granted)]
}

function permissionsOf({ view }: GrantSource, source: RuleSourceFile): Permissions {
  return view[source].value.permissions
}

function isGranted(
  { view, userGrants, unseen }: GrantSource,
  source: RuleSourceFile,
  grant: string,
): boolean {
  if (userGrants === 'none' || view[source].lostDenials) return false
  return source === 'user' ? userGrants === 'all' : !unseen.includes(grant)
}

function once(rules: readonly PermissionRule[]): readonly PermissionRule[] {
  const known = new Set<string>()
  return rules.filter(({ text }) => !known.has(text) && known.add(text))
}

/**
 * A rule that means nothing is not shown in the question, so it is not accepted either: a later version, in which it means
 * something, has to ask about it.
 */
function isValid(rule: string): boolean {
  return narrownessOfRule(rule) !== null
}

/** What the directory's own files would allow, in the wording of the trust question. */
export function directoryGrants(
  { project, local }: SettingsView,
  home: string,
  directory: string,
): string[] {
  const grants = [project, local].flatMap(({ value: { permissions } }) => [
    ...permissions.allow.filter(isValid).map(grantOfRule),
    ...absolute(permissions, home, directory).map(grantOfDirectory),
  ])
  return [...new Set(grants)]
}

function absolute({ additionalDirectories }: Permissions, home: string, base: string): string[] {
  return additionalDirectories.map((added) => absolutePath(added, { directory: base, home }))
}
