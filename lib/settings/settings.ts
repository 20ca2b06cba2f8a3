import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { LETTA_HOME } from '../fs/letta-directory.ts'
import { resolvePathSync } from '../fs/resolve-path.ts'
import type { PermissionRules } from '../permissions/types.ts'
import { spellOut } from '../util/invisible-characters.ts'
import { isRecord, type JsonObject } from '../util/is-record.ts'
import { createPending } from '../util/pending.ts'
import { UserError } from '../util/user-error.ts'
import { allowedValues, appearanceGrants } from './appearance.ts'
import { excludeLocalSettings } from './exclude-local-settings.ts'

import { findInstructionFiles, searchInstructionFiles } from './instruction-files.ts'
import {
  describeProblem,
  isForeign,
  problemAt,
  runInTurn,
  type SettingsChange,
  type SettingsProblem,
} from './json-file.ts'
import { positionOf, repeatedKeys } from './json-position.ts'
import {
  appearanceIgnored,
  grantOfInstructions,
  grantOfPrompts,
  grantOfRule,
  grantOfSkills,
  NESTED_TOO_DEEPLY,
  reasonOf,
  repeatedKey,
  writableByOthers,
} from './messages.ts'
import { openProjectIds, type ProjectFile } from './project-ids.ts'
import { rememberedOf, type SavedIds } from './remembered-ids.ts'
import {
  type Decoded,
  decodeLocal,
  decodeProject,
  decodeUser,
  isHarmlessSetting,
  type LocalSettings,
  type Permissions,
  type ProjectSettings,
  type SettingsFile,
  type SettingValues,
  type UserSettings,
} from './schema.ts'
import { chmodPrivate, openSettingsDocument, type SettingsDocument } from './settings-file.ts'
import { type DirectoryTrust, setTrust, trustOf, UNTRUSTED } from './trust.ts'
import {
  directoriesOf,
  directoryGrants,
  type GrantSource,
  rulesOf,
  type SettingsView,
  userGranting,
} from './trusted-rules.ts'
import { withUnrootedRules } from './unrooted-rules.ts'

interface SettingsOptions {
  readonly home: string
  /** Has the files of the user. */
  readonly lettaDirectory: string
  readonly directory: string
  /** `--trust`: the directory counts as trusted in this run only; this is not stored. */
  readonly trustThisRun?: boolean
  /** `--ignore-broken-settings`: what is wrong with the files is reported, and takes nothing away. */
  readonly ignoreBroken?: boolean
  /** The normal form in which rules are compared: `shell(ls)` and `Bash(ls)` may be the same rule. */
  normalizeRule?(rule: string): string
  /** Called with errors in saving what is saved automatically, such as the last agent; each message once. */
  report?(problem: UserError): void
  /** Whether no file may be created in the project now, as in plan mode: its agent is remembered among the user's files. */
  leavesProject?(): boolean
  /** The personal settings were added to the `.gitignore` of the project, a file of the user. */
  changedGitignore?(): void
}

/** The three files as one: read synchronously when opened, written by one writer. */
export interface Settings {
  readonly user: UserSettings
  readonly project: ProjectSettings
  readonly local: LocalSettings
  /** Theme, keymap and similar values: the local file overrides the project's, which overrides the user's. */
  readonly values: SettingValues
  /** What could not be read or is not a valid setting, each once; `message` contains the position. */
  readonly problems: readonly SettingsProblem[]
  /**
   * A file cannot be read, or a deny or ask rule has no effect: the list of what the user forbids is not complete. No mode may
   * allow more than `default` then.
   */
  readonly areDenialsLost: boolean
  /** False until the user trusts the directory, and again when its settings grant more than the user has seen. */
  readonly trusted: boolean
  /** Whether the agent may read what the directory's skills say of themselves; until then it gets their paths. */
  readonly describesSkills: boolean
  /** Files with instructions for agents that the user trusts; absolute, the outermost first. */
  readonly instructionFiles: readonly string[]
  /** Whether there are others. */
  readonly hasUntrustedInstructions: boolean
  /** Looks for the files with instructions again, and returns whether some were added or deleted. */
  findInstructions(): Promise<boolean>
  /** What the directory's settings grant and the user has not accepted; the trust question lists it. */
  readonly unseenGrants: readonly string[]
  /** Those of them that allow something: rules, directories and prompts, but no skills and no appearance. */
  readonly unseenRights: readonly string[]
  /** Whether the user has not been asked about one of them yet: each is asked about once. */
  readonly asksForTrust: boolean
  /** `shown`: the grants that the user has seen; without them, all. Others stay unaccepted. */
  trust(shown?: readonly string[]): Promise<void>
  /** Saves that the user declined what the directory grants. Never rejects. */
  distrust(): Promise<void>
  /** The effective rules, each with the file that it comes from: user, project, local. */
  ruleLists(): PermissionRules
  /** Absolute paths of directories outside the project that may be read. */
  readonly additionalDirectories: readonly string[]
  /** Saves a rule once. The user made it, so it applies also in a directory that is not trusted. */
  addRule(
    scope: 'user' | 'project' | 'local',
    list: 'allow' | 'deny' | 'ask',
    rule: string,
  ): Promise<void>
  /** Removes an allow rule from the file: that can only lead to more questions. */
  removeRule(scope: SettingsFile, rule: string): Promise<void>
  /** Reads, merges and writes under a lock; rejects with a `UserError` and retains the change in memory when it cannot be saved. */
  update(file: SettingsFile, change: SettingsChange): Promise<void>
  /** Resolves when everything that was asked to be saved is saved, or cannot be. */
  saved(): Promise<void>
  /** For what must be created only once: processes run the task in turn, and each reads what the previous one saved. */
  withLock<Value>(work: () => Promise<Value>): Promise<Value>
  /** Agent and memory blocks of one server: `embedded`, or its address (`serverName`). */
  on(server: string): SavedIds
}

interface Documents {
  readonly user: SettingsDocument
  readonly project: SettingsDocument
  readonly local: SettingsDocument
  readonly trust: SettingsDocument
  readonly directories: SettingsDocument
}

/** The project's prompts, which are slash commands in a trusted directory. */
const PROMPTS_DIRECTORY = '.letta/commands'

/** Texts of the directory that are part of the prompt once it is trusted. */
const SKILLS_GRANT = grantOfSkills('.skills')

/** Reads the files synchronously: the first frame needs the theme and the keymap. */
export function openSettings(options: SettingsOptions): Settings {
  const directory = resolvePathSync(options.directory)
  const documents = openDocuments(options.lettaDirectory, directory)
  chmodPrivate(documents.user)
  chmodPrivate(documents.trust)
  chmodPrivate(documents.directories)
  const elsewhere = openProjectIds(documents.directories, directory)
  const isAbsent = (file: SettingsFile): file is ProjectFile =>
    file !== 'user' && documents[file].reading.access === null
  const reported = new Set<string>()

  const view = memoizedView(documents, directory, options.ignoreBroken === true)
  const trust = (): DirectoryTrust =>
    isForeign(documents.trust.reading) ? UNTRUSTED : trustOf(documents.trust, directory)
  let instructions = findInstructionFiles(directory)
  const grantOf = (file: string): string => grantOfInstructions(relative(directory, file))
  const rights = (): readonly string[] => [
    ...directoryGrants(view(), options.home, directory),
    ...(existsSync(join(directory, PROMPTS_DIRECTORY)) ? [grantOfPrompts(PROMPTS_DIRECTORY)] : []),
  ]
  // Texts and appearance give no rights, so there is no question about them.
  const grants = (): readonly string[] => [
    ...rights(),
    ...(existsSync(join(directory, '.skills')) ? [SKILLS_GRANT] : []),
    ...instructions.map(grantOf),
    ...appearanceGrants(view()),
  ]
  const unseenOf = (all: readonly string[]): readonly string[] => {
    const { accepted } = trust()
    return all.filter((grant) => options.trustThisRun !== true && !accepted.includes(grant))
  }
  const unseen = (): readonly string[] => unseenOf(grants())
  const unseenRights = (): readonly string[] => unseenOf(rights())
  const isAccepted = (grant: string): boolean => {
    const { trusted, accepted } = trust()
    return options.trustThisRun === true || (trusted && accepted.includes(grant))
  }
  const granting = (): GrantSource => ({
    view: view(),
    userGrants: userGranting(documents.user, view().user, options.ignoreBroken === true),
    unseen: unseen(),
    home: options.home,
    directory,
  })
  const saving = createPending()
  const update = async (file: SettingsFile, change: SettingsChange): Promise<void> => {
    const isFirst = documents[file].reading.access === null
    const ids = isAbsent(file) ? elsewhere.valueOf(file) : {}
    const withIds: SettingsChange = (value) => change({ ...ids, ...value })
    await documents[file].update(Object.keys(ids).length === 0 ? change : withIds)
    if (file === 'local' && isFirst && (await excludeLocalSettings(directory)))
      options.changedGitignore?.()
  }
  const addRule: Settings['addRule'] = async (scope, list, rule) => {
    const same = options.normalizeRule ?? ((text: string) => text)
    await update(scope, (value) => withRule(value, list, rule, same))
    if (scope === 'user' || list !== 'allow') return
    const allowed = view()[scope].value.permissions.allow
    const added = allowed.filter((text) => same(text) === same(rule)).map(grantOfRule)
    await setTrust(documents.trust, directory, (known) => ({
      ...known,
      accepted: [...new Set([...known.accepted, ...added])],
    }))
  }
  const removeRule: Settings['removeRule'] = async (scope, rule) => {
    const same = options.normalizeRule ?? ((text: string) => text)
    await update(scope, (value) => withoutRule(value, rule, same))
  }
  const quietly = async (work: Promise<unknown>): Promise<void> => {
    try {
      await work
    } catch (thrown) {
      if (!(thrown instanceof UserError)) throw thrown
      // Errors in the file itself are in `problems`, which are reported already.
      const why = reasonOf(thrown.message)
      const isReported = problemsOf(documents, view()).some(({ message }) =>
        message.startsWith(why),
      )
      if (!isReported && !reported.has(thrown.message)) options.report?.(thrown)
      reported.add(thrown.message)
    }
  }

  return {
    get user() {
      const { value } = view().user
      // Variables could send keys to another server, so they count as grants.
      return isForeign(documents.user.reading) ? { ...value, env: {} } : value
    },
    get project() {
      return view().project.value
    },
    get local() {
      return view().local.value
    },
    get values() {
      return allowedValues(view(), isAccepted)
    },
    get problems() {
      const ignored = appearanceGrants(view()).filter((grant) => !isAccepted(grant))
      return [
        ...problemsOf(documents, view()),
        ...ignored.map(untrustedAppearance(directory)).map(onOneLine),
      ]
    },
    get areDenialsLost() {
      const { user, project, local } = view()
      const isUnreadable = [documents.user, documents.project, documents.local].some(
        ({ reading }) => reading.problem !== null,
      )
      const isLost = isUnreadable || [user, project, local].some((one) => one.lostDenials)
      return isLost && options.ignoreBroken !== true
    },
    get trusted() {
      return options.trustThisRun === true || (trust().trusted && unseenRights().length === 0)
    },
    get describesSkills() {
      return isAccepted(SKILLS_GRANT)
    },
    get instructionFiles() {
      return instructions.filter((file) => isAccepted(grantOf(file)))
    },
    get hasUntrustedInstructions() {
      return instructions.some((file) => !isAccepted(grantOf(file)))
    },
    async findInstructions() {
      const before = instructions
      instructions = await searchInstructionFiles(directory)
      return before.join('\n') !== instructions.join('\n')
    },
    get unseenRights() {
      return unseenRights()
    },
    get unseenGrants() {
      return unseen()
    },
    get asksForTrust() {
      const { declined } = trust()
      return unseenRights().some((grant) => !declined.includes(grant))
    },
    trust: (shown) => {
      const known = trust().accepted
      // Another process can change the files while the question is open.
      const accepted = grants().filter(
        (grant) => shown?.includes(grant) !== false || known.includes(grant),
      )
      return saving.add(
        setTrust(documents.trust, directory, () => ({ ...UNTRUSTED, trusted: true, accepted })),
      )
    },
    distrust: () => {
      const declined = unseen()
      return saving.add(
        quietly(setTrust(documents.trust, directory, (known) => ({ ...known, declined }))),
      )
    },
    ruleLists: () => rulesOf(granting()),
    get additionalDirectories() {
      return directoriesOf(granting())
    },
    addRule: (scope, list, rule) => saving.add(addRule(scope, list, rule)),
    removeRule: (scope, rule) => saving.add(removeRule(scope, rule)),
    update: (file, change) => saving.add(update(file, change)),
    saved: saving.settled,
    withLock: (work) =>
      runInTurn({ path: join(options.lettaDirectory, 'agents'), ...PERSONAL }, async () => {
        // An empty change reloads the file.
        for (const file of ['user', 'project', 'local'] as const) {
          await quietly(documents[file].update((value) => value))
        }
        await quietly(documents.directories.update((value) => value))
        return work()
      }),
    on: (server) =>
      rememberedOf(server, {
        view: () => {
          const { user, project, local } = view()
          // What could not be saved is in memory only.
          const merged = (file: ProjectFile): JsonObject => ({
            ...elsewhere.valueOf(file),
            ...documents[file].value,
          })
          return {
            user: user.value,
            project: isAbsent('project') ? decodeProject(merged('project')).value : project.value,
            local: isAbsent('local') ? decodeLocal(merged('local')).value : local.value,
          }
        },
        update: (file, change) => {
          const staysOut = isAbsent(file) && options.leavesProject?.() === true
          return saving.add(
            quietly(staysOut ? elsewhere.update(file, change) : update(file, change)),
          )
        },
        knowsAgent: elsewhere.knowsAgent,
        noteAgent: (id) => saving.add(quietly(elsewhere.noteAgent(id))),
      }),
  }
}

/** Variables for letta itself: the environment overrides the user's file. A project cannot set any; LETTA_HOME no file can. */
export function environmentOf(
  settings: Pick<Settings, 'user'>,
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const set = Object.entries(environment).filter(([, value]) => value !== undefined && value !== '')
  // The file is in the directory that LETTA_HOME names.
  const { [LETTA_HOME]: _, ...ofFile } = settings.user.env
  return { ...ofFile, ...Object.fromEntries(set) }
}

/**
 * The file `schemas/settings.json` of the newest package on npm.
 * @internal
 */
export const SETTINGS_SCHEMA = 'https://unpkg.com/letta-workbench/schemas/settings.json'

const PERSONAL = { personal: true, within: null }

function openDocuments(lettaDirectory: string, directory: string): Documents {
  const own = (name: string, schema?: string): SettingsDocument =>
    openSettingsDocument({
      path: join(lettaDirectory, name),
      ...PERSONAL,
      ...(schema === undefined ? {} : { schema }),
    })
  const shared = (name: string): SettingsDocument =>
    openSettingsDocument({
      path: join(directory, '.letta', name),
      personal: false,
      within: directory,
    })
  const user = own('settings.json', SETTINGS_SCHEMA)
  const isHome = join(directory, '.letta', 'settings.json') === user.path
  return {
    user,
    project: isHome ? user : shared('settings.json'),
    local: shared('settings.local.json'),
    trust: own('trust.json'),
    directories: own('directories.json'),
  }
}

/** Decodes the files again only when one of them has changed. */
function memoizedView(
  documents: Documents,
  directory: string,
  ignoreBroken: boolean,
): () => SettingsView {
  let known: { readonly from: readonly unknown[]; readonly view: SettingsView } | null = null
  return () => {
    const { user, project, local } = documents
    const from = [user, project, local].flatMap(({ reading, value }) => [reading, value])
    if (known === null || from.some((one, index) => one !== known?.from[index])) {
      known = { from, view: viewOf(documents, directory, ignoreBroken) }
    }
    return known.view
  }
}

function viewOf(
  { user, project, local }: Documents,
  directory: string,
  ignoreBroken: boolean,
): SettingsView {
  const checked = <Value extends { readonly permissions: Permissions }>(
    decoded: Decoded<Value>,
    document: SettingsDocument,
  ): Decoded<Value> => withRepeatedKeys(withUnrootedRules(decoded, directory), document)
  const decoded = {
    user: checked(decodeUser(user.value, user === project), user),
    project: checked(decodeProject(project.value), project),
    local: checked(decodeLocal(local.value), local),
  }
  if (!ignoreBroken) return decoded
  return {
    user: { ...decoded.user, lostDenials: false },
    project: { ...decoded.project, lostDenials: false },
    local: { ...decoded.local, lostDenials: false },
  }
}

/** Of a key that occurs twice JSON keeps the last, which can hide a list of denials. */
function withRepeatedKeys<Value>(
  decoded: Decoded<Value>,
  { reading: { text, problem } }: SettingsDocument,
): Decoded<Value> {
  if (text === '' || problem !== null) return decoded
  const places = [[], ['permissions']].map((at) => ({ at, keys: repeatedKeys(text, at) }))
  if (places.some(({ keys }) => keys === null)) {
    const problem = { at: [], message: NESTED_TOO_DEEPLY }
    return { ...decoded, problems: [...decoded.problems, problem], lostDenials: true }
  }
  const found = places.flatMap(({ at, keys }) =>
    (keys ?? []).map((key) => ({ at: [...at, key], message: repeatedKey(key) })),
  )
  // What an unknown key contains that is not the last of its name can be anything.
  const hidesDenials = found.some(({ at }) => !isHarmlessSetting(at))
  return {
    ...decoded,
    problems: [...decoded.problems, ...found],
    lostDenials: decoded.lostDenials || hidesDenials,
  }
}

function untrustedAppearance(directory: string): (grant: string) => SettingsProblem {
  const path = join(directory, '.letta')
  return (grant) => ({
    scope: 'entry',
    path,
    line: null,
    column: null,
    message: appearanceIgnored(grant),
  })
}

function problemsOf(documents: Documents, view: SettingsView): SettingsProblem[] {
  const problems: SettingsProblem[] = []
  for (const document of new Set(Object.values(documents) as SettingsDocument[])) {
    if (document.reading.problem !== null) problems.push(document.reading.problem)
  }
  for (const file of ['user', 'project', 'local'] as const) {
    const { path, reading } = documents[file]
    // In the home directory, the user's file is that of the project, too.
    if (file === 'project' && documents.project === documents.user) continue
    for (const { at, message } of view[file].problems) {
      const place = positionOf(reading.text, [...at]) ?? { line: null, column: null }
      problems.push({ scope: 'entry', path, ...place, message })
    }
  }
  for (const document of [documents.user, documents.trust]) {
    if (!isForeign(document.reading)) continue
    problems.push(problemAt(document.path, writableByOthers(document.path)))
  }
  // A directory that is none is in the way of several files.
  const texts = problems.map(describeProblem)
  return problems
    .map((problem, at) => ({ ...problem, message: texts[at] ?? '' }))
    .filter(({ message }, at) => texts.indexOf(message) === at)
    .map(onOneLine)
}

/** It quotes what another person may have written. */
function onOneLine(problem: SettingsProblem): SettingsProblem {
  return { ...problem, message: spellOut(problem.message) }
}

function withoutRule(value: JsonObject, rule: string, same: (rule: string) => string): JsonObject {
  const { permissions } = value
  if (!isRecord(permissions) || !Array.isArray(permissions['allow'])) return value
  const isOther = (other: unknown): boolean =>
    typeof other !== 'string' || same(other) !== same(rule)
  return { ...value, permissions: { ...permissions, allow: permissions['allow'].filter(isOther) } }
}

function withRule(
  value: JsonObject,
  list: 'allow' | 'deny' | 'ask',
  rule: string,
  same: (rule: string) => string,
): JsonObject {
  const permissions = isRecord(value['permissions']) ? value['permissions'] : {}
  const known = permissions[list]
  const rules = Array.isArray(known) ? known : []
  if (rules.some((other) => typeof other === 'string' && same(other) === same(rule))) return value
  return { ...value, permissions: { ...permissions, [list]: [...rules, rule] } }
}
