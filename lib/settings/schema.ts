import * as z from 'zod'
import { examineRule } from '../permissions/rules/examine-rule.ts'
import { PERMISSION_MODES } from '../permissions/types.ts'
import { closestMatch, withSuggestion } from '../util/did-you-mean.ts'
import { EFFORTS } from '../util/effort.ts'
import { isRecord, type JsonObject } from '../util/is-record.ts'
import { fileReference } from '../util/references.ts'
import { describeIssue } from '../util/schema-issue.ts'
import {
  EXPECTED_OBJECT,
  misplacedSetting,
  notListOfStrings,
  ruleWithoutEffect,
  settingIgnored,
  unknownSettings,
  WRONG_TYPE,
} from './messages.ts'
import { findMisplacedDenials } from './misplaced-denials.ts'

const ids = z.record(z.string(), z.string())
/** The keys are `embedded` or the server's address. */
const idsByServer = z.record(z.string(), ids)
const optionalText = z.string().nullable().default(null)

/** Values that any file may contain: local overrides project, project overrides user. */
const valueFields = {
  tokenStreaming: z
    .boolean()
    .default(true)
    .describe('Show answers token by token; `false` shows complete messages.'),
  theme: z
    .string()
    .default('auto')
    .describe(
      '`auto` (light or dark, as the terminal), a shipped theme, or a file in `~/.letta/themes/`.',
    ),
  keymap: z
    .string()
    .default('default')
    .describe('A shipped keymap or a file in `~/.letta/keymaps/`.'),
  toolkit: z.enum(['blessed', 'neo-blessed']).default('blessed').describe('Terminal toolkit.'),
  mouse: z
    .boolean()
    .default(true)
    .describe('Click, wheel and drag are for the workbench; `false` leaves them to the terminal.'),
  images: z
    .boolean()
    .default(true)
    .describe(
      'An attached PNG is shown above the message where the terminal can (kitty, Ghostty); `false` shows only its name.',
    ),
  messageDelivery: z
    .enum(['step', 'end'])
    .default('step')
    .describe(
      'When the agent receives a message that is sent while it works: before its next `step`, or at the `end` of its turn.',
    ),
}

/** The same values without defaults, for files that only override others. */
const overridingFields = {
  tokenStreaming: valueFields.tokenStreaming.unwrap().optional(),
  theme: valueFields.theme.unwrap().optional(),
  keymap: valueFields.keymap.unwrap().optional(),
  toolkit: valueFields.toolkit.unwrap().optional(),
  mouse: valueFields.mouse.unwrap().optional(),
  images: valueFields.images.unwrap().optional(),
  messageDelivery: valueFields.messageDelivery.unwrap().optional(),
} satisfies Record<keyof typeof valueFields, z.ZodType>

/** `~/.letta/settings.json`: the settings of the user on this machine. */
const userFields = {
  globalSharedBlockIds: ids
    .default({})
    .describe('Ids of the memory blocks that all your agents share: `persona`, `human`.'),
  globalSharedBlockIdsByServer: idsByServer
    .default({})
    .describe('The same for each server: `embedded`, or its URL.'),
  lastAgent: optionalText.describe('Last used agent, in any directory.'),
  lastAgentByServer: ids.default({}).describe('The same for each server: `embedded`, or its URL.'),
  model: optionalText.describe('Default model for new agents.'),
  fallbackModel: optionalText.describe(
    'Model that continues a turn when the provider of the agent fails. `--fallback-model` names another.',
  ),
  favoriteModels: z
    .array(z.string())
    .default([])
    .describe('Models that come first in the list of models.'),
  modelEfforts: z
    .record(z.string(), z.enum(EFFORTS))
    .default({})
    .describe('How long a model reasons when an agent changes to it or is created, by its handle.'),
  permissionMode: z
    .enum(PERMISSION_MODES)
    .default('default')
    .describe('Permission mode in which the workbench starts, unless a flag names another.'),
  notifications: z
    .enum(['auto', 'bell', 'off'])
    .default('auto')
    .describe(
      'While the terminal has no focus: when a call awaits approval and when a turn ends or fails, ring the `bell`, and with `auto` show a notification where the terminal can (OSC 9, 99 or 777).',
    ),
  sendSurroundings: z
    .boolean()
    .default(true)
    .describe(
      'Send the agent its directory, system, date, git branch and the instructions of `AGENTS.md`, `CLAUDE.md` or `GEMINI.md`.',
    ),
  compactAtPercent: z
    .int()
    .min(20)
    .max(95)
    .default(90)
    .describe(
      'Percent of the context window from which on the embedded server summarizes older messages.',
    ),
  memoryHistoryDays: z
    .int()
    .positive()
    .default(90)
    .describe(
      'Days for which the embedded server stores every version of a memory block; of older ones, the last of each day. The newest 50 always stay.',
    ),
  outputMebibytes: z
    .int()
    .nonnegative()
    .default(1024)
    .describe(
      'Size of all long outputs of commands that are saved for a week, in MiB; the oldest are removed at the next start.',
    ),
  backupMebibytes: z
    .int()
    .nonnegative()
    .default(500)
    .describe(
      'Size of all backups of the embedded server’s database together, in MiB; `0` makes none.',
    ),
  sideColumn: z
    .number()
    .min(0.2)
    .max(0.8)
    .nullable()
    .default(null)
    .describe(
      'Share of the width that memory, skills and tasks have next to the conversation, as the keys have set it; `null` follows their contents.',
    ),
  reviewMemory: z
    .boolean()
    .default(false)
    .describe(
      'Ask before the agent changes a memory block. Rules such as `Memory(human)` decide about single blocks.',
    ),
  askAboutOutsideText: z
    .boolean()
    .default(true)
    .describe(
      'Ask before the agent stores text in memory that came from a file, a command or the web in the same turn.',
    ),
  refuseSecretsInMemory: z
    .boolean()
    .default(true)
    .describe('Refuse to store keys, tokens and private keys in memory.'),
  keychain: z
    .boolean()
    .default(false)
    .describe(
      'Save keys and tokens in the keychain of the system from the next sign-in on (requires the package `@napi-rs/keyring`); otherwise in files that only you can read.',
    ),
  env: z
    .record(z.string(), z.string())
    .default({})
    .describe(
      'Variables of model providers, Letta servers and proxies for letta, such as `LETTA_API_KEY`; those of the process take precedence. Others, such as `LETTA_HOME` and `NODE_EXTRA_CA_CERTS`, have no effect here.',
    ),
}

/** `./.letta/settings.json`: the settings of the project, shared by its team. */
const projectFields = {
  localSharedBlockIds: ids
    .default({})
    .describe('Ids of the memory blocks that the project’s agents share: `project`, `skills`.'),
  localSharedBlockIdsByServer: idsByServer
    .default({})
    .describe('The same for each server: `embedded`, or its URL.'),
}

/** `./.letta/settings.local.json`: the personal settings in this project; excluded from git. */
const localFields = {
  lastAgent: optionalText.describe('The agent that `letta` opens in this directory.'),
  lastAgentByServer: ids.default({}).describe('The same for each server: `embedded`, or its URL.'),
  lastConversations: ids
    .default({})
    .describe('The conversation that `letta` continues in this directory, by the id of its agent.'),
}

/** `permissions` of every file. */
const permissionFields = {
  allow: z.array(z.string()).default([]).describe('Tool calls that are allowed.'),
  deny: z.array(z.string()).default([]).describe('Tool calls that are denied (takes precedence).'),
  ask: z.array(z.string()).default([]).describe('Tool calls that require approval.'),
  additionalDirectories: z
    .array(z.string())
    .default([])
    .describe('Additional directories that may be read without approval.'),
}

const FIELDS = { user: userFields, project: projectFields, local: localFields }

export type SettingsFile = keyof typeof FIELDS

type FieldValues<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape>>
export type Permissions = Readonly<FieldValues<typeof permissionFields>>
interface WithPermissions {
  readonly permissions: Permissions
}
export type SettingValues = Readonly<FieldValues<typeof valueFields>>
type Overriding = Readonly<FieldValues<typeof overridingFields>>
export type UserSettings = Readonly<FieldValues<typeof userFields>> &
  SettingValues &
  WithPermissions
export type ProjectSettings = Readonly<FieldValues<typeof projectFields>> &
  Overriding &
  WithPermissions
export type LocalSettings = Readonly<FieldValues<typeof localFields>> & Overriding & WithPermissions

/** What is wrong with one entry of a file: the keys and indexes that lead to it, and the reason. */
export interface EntryProblem {
  readonly at: readonly (string | number)[]
  readonly message: string
}

export interface Decoded<Value> {
  readonly value: Value
  readonly problems: readonly EntryProblem[]
  /** Deny rules of the file are missing or unreadable, so its allow rules must not apply. */
  readonly lostDenials: boolean
}

/** The effective value of each setting. */
export function valuesOf(
  user: UserSettings,
  project: ProjectSettings,
  local: LocalSettings,
): SettingValues {
  const { tokenStreaming, theme, keymap, toolkit, mouse, images, messageDelivery } = user
  return {
    tokenStreaming: local.tokenStreaming ?? project.tokenStreaming ?? tokenStreaming,
    theme: local.theme ?? project.theme ?? theme,
    keymap: local.keymap ?? project.keymap ?? keymap,
    toolkit: local.toolkit ?? project.toolkit ?? toolkit,
    mouse: local.mouse ?? project.mouse ?? mouse,
    images: local.images ?? project.images ?? images,
    messageDelivery: local.messageDelivery ?? project.messageDelivery ?? messageDelivery,
  }
}

/** `isBoth`: in the home directory, the file of the project is that of the user. */
export const decodeUser = (raw: JsonObject, isBoth = false): Decoded<UserSettings> =>
  decodeFile(userShape, raw, isBoth ? Object.keys(projectFields) : [])
export const decodeProject = (raw: JsonObject): Decoded<ProjectSettings> =>
  decodeFile(projectShape, raw)
export const decodeLocal = (raw: JsonObject): Decoded<LocalSettings> => decodeFile(localShape, raw)

interface SettingDoc {
  readonly file: SettingsFile | 'all'
  readonly key: string
  readonly fallback: string
  readonly doc: string
}

/** One row for each setting, for the help and the reference. */
export function settingDocs(): readonly SettingDoc[] {
  const rows: SettingDoc[] = []
  for (const file of ['user', 'project', 'local'] as const) rows.push(...docsOf(file, FIELDS[file]))
  return [
    ...rows,
    ...docsOf('all', valueFields),
    ...docsOf('all', permissionFields, 'permissions.'),
  ]
}

function docsOf(
  file: SettingDoc['file'],
  fields: Readonly<Record<string, z.ZodType>>,
  prefix = '',
): readonly SettingDoc[] {
  return Object.entries(fields).map(([key, field]) => ({
    file,
    key: prefix + key,
    fallback: JSON.stringify(field.parse(undefined)),
    doc: field.description ?? '',
  }))
}

const userShape = z.object({ ...userFields, ...valueFields })
const projectShape = z.object({ ...projectFields, ...overridingFields })
const localShape = z.object({ ...localFields, ...overridingFields })
const permissionShape = z.object(permissionFields)

/** A settings file of any kind, for the JSON Schema that editors use. Unknown keys are allowed. */
export const settingsFileSchema = z.looseObject({
  $schema: z.string().optional().describe('Where an editor finds the JSON Schema of this file.'),
  ...projectShape.partial().shape,
  ...localShape.partial().shape,
  ...userShape.partial().shape,
  permissions: permissionShape.partial().optional(),
})

/** Decodes each field separately: an invalid one is reported and has its default, without effect on the others. */
function decodeFile<Shape extends z.ZodRawShape>(
  shape: z.ZodObject<Shape>,
  raw: JsonObject,
  others: readonly string[] = [],
): Decoded<FieldValues<Shape> & WithPermissions> {
  const problems: EntryProblem[] = []
  const fitting: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(shape.shape)) {
    if (raw[key] === undefined) continue
    const parsed = z.safeParse(field, raw[key])
    if (parsed.success) fitting[key] = raw[key]
    else
      problems.push({ at: [key], message: settingIgnored(key, reasonOf(parsed.error, raw[key])) })
  }
  const known = [...Object.keys(shape.shape), ...others]
  const misplaced = findMisplacedDenials(raw, (at) => isReadAt(at, raw, known))
  const isReported = (...at: readonly string[]): boolean =>
    misplaced.some((one) => at.every((key, index) => one.at[index] === key))
  const unknown = findUnknownKeys(raw, known, isReported)
  const decoded = decodePermissions(raw['permissions'], (key) => isReported('permissions', key))
  const value = { ...shape.parse(fitting), permissions: decoded.value }
  return {
    value,
    problems: [...problems, ...unknown.problems, ...misplaced, ...decoded.problems],
    lostDenials: unknown.lostDenials || misplaced.length > 0 || decoded.lostDenials,
  }
}

/** What the schema reads, or the other checks report, at a place: each mistake is reported once. */
function isReadAt(at: EntryProblem['at'], raw: JsonObject, known: readonly string[]): boolean {
  const [first = '', second = ''] = at.map(String)
  if (at.length === 2) return first === 'permissions' && isRestricting(second)
  if (at.length > 2 || first === 'permissions') return false
  return isTakenForPermissions(first, known) || isValidSetting(first, raw[first])
}

/** Of any file: valid values contain no rules. */
function isValidSetting(key: string, value: unknown): boolean {
  const field = Object.hasOwn(ALL_FIELDS, key) ? ALL_FIELDS[key] : undefined
  return field !== undefined && z.safeParse(field, value).success
}

/** Whether a setting of this name contains no denials. */
export function isHarmlessSetting(at: readonly string[]): boolean {
  const [first = '', second] = at
  if (second !== undefined) return ['allow', 'additionalDirectories'].includes(second)
  return ['$schema', ...ALL_SETTINGS, ...LETTA_CODE_KEYS].includes(first)
}

/** A key that is reported as a mistyped `permissions`, or as one that belongs in it. */
function isTakenForPermissions(key: string, known: readonly string[]): boolean {
  return ['deny', 'ask'].includes(key) || nearestSetting(key, known) === 'permissions'
}

/** A setting of another file may be closer than any of this one. */
function nearestSetting(key: string, known: readonly string[]): string | null {
  return closestMatch(key, [...known, 'permissions', ...ALL_SETTINGS])
}

function isRestricting(key: string): boolean {
  return RESTRICTING.test(closestMatch(key, Object.keys(permissionFields)) ?? key)
}

type Findings = Pick<Decoded<unknown>, 'problems' | 'lostDenials'>

/** Where a setting belongs that only one of the files can contain. */
const PLACES: Readonly<Record<SettingsFile, string>> = {
  user: fileReference('settings.json'),
  project: '.letta/settings.json',
  local: '.letta/settings.local.json',
}

/** Letta Code keeps its own settings in the same files. */
const LETTA_CODE_KEYS = [
  'uiMode',
  'parallelToolCalls',
  'enableSleeptime',
  'refreshToken',
  'tokenExpiresAt',
  'deviceId',
  'hooks',
  'statusLine',
  'profiles',
  'pinnedAgents',
  'pinnedAgentsByServer',
  'sessionsByServer',
  'lastSession',
  'sharedBlockIds',
  'preferredBackendMode',
]

const ALL_FIELDS: Readonly<Record<string, z.ZodType>> = Object.assign(
  {},
  ...Object.values(FIELDS),
  valueFields,
)

const ALL_SETTINGS = Object.keys(ALL_FIELDS)

/** Words under which people and other programs list what must not run. */
const RESTRICTING = /den[iy]|ask|forbid|block(ed)?$|disallow/i

/** A mistyped key can be the one with the denials. */
function findUnknownKeys(
  raw: JsonObject,
  known: readonly string[],
  isReported: (key: string) => boolean,
): Findings {
  const problems: EntryProblem[] = []
  const strange: string[] = []
  let lostDenials = false
  const candidates = [...known, 'permissions']
  for (const key of Object.keys(raw)) {
    if (['$schema', ...candidates, ...LETTA_CODE_KEYS].includes(key) || isReported(key)) continue
    const file = (['user', 'project', 'local'] as const).find((one) =>
      Object.hasOwn(FIELDS[one], key),
    )
    const isPermission = Object.hasOwn(permissionFields, key)
    const near = nearestSetting(key, known)
    lostDenials ||= isTakenForPermissions(key, known)
    if (isPermission) problems.push({ at: [key], message: misplacedSetting(key, '"permissions"') })
    else if (file !== undefined) {
      problems.push({ at: [key], message: misplacedSetting(key, PLACES[file]) })
    } else if (near === null) strange.push(key)
    else problems.push({ at: [key], message: unknownKey(key, [near]) })
  }
  if (strange[0] !== undefined) {
    problems.push({ at: [strange[0]], message: unknownSettings(strange) })
  }
  return { problems, lostDenials }
}

function unknownKey(key: string, candidates: readonly string[]): string {
  return withSuggestion(unknownSettings([key]), key, candidates, (match) => `"${match}"`)
}

function decodePermissions(
  raw: unknown,
  isReported: (key: string) => boolean,
): Decoded<Permissions> {
  if (raw === undefined) return { value: noPermissions(), problems: [], lostDenials: false }
  if (!isRecord(raw)) {
    const message = settingIgnored('permissions', EXPECTED_OBJECT)
    return {
      value: noPermissions(),
      problems: [{ at: ['permissions'], message }],
      lostDenials: true,
    }
  }
  const value: Record<string, readonly string[]> = {}
  const wrong: string[] = []
  for (const key of Object.keys(permissionFields)) {
    const list = raw[key] ?? []
    value[key] = Array.isArray(list) ? list.filter((rule) => typeof rule === 'string') : []
    if (!Array.isArray(list) || value[key].length < list.length) wrong.push(key)
  }
  const problems = wrong.map((key) => ({
    at: ['permissions', key],
    message: notListOfStrings(`permissions.${key}`),
  }))
  const names = Object.keys(permissionFields)
  const unknown = Object.keys(raw).filter((key) => !names.includes(key) && !isReported(key))
  const findings = (['deny', 'ask', 'allow'] as const).map((list) => examineList(list, raw[list]))
  return {
    value: permissionShape.parse(value),
    problems: [
      ...problems,
      ...unknown.map((key) => ({ at: ['permissions', key], message: unknownKey(key, names) })),
      ...findings.flatMap((one) => one.problems),
    ],
    lostDenials:
      wrong.includes('deny') ||
      wrong.includes('ask') ||
      unknown.some(isRestricting) ||
      findings.some((one) => one.lostDenials),
  }
}

/** The rules of a list that cannot do what they say. */
function examineList(list: 'allow' | 'deny' | 'ask', raw: unknown): Findings {
  const rules: readonly unknown[] = Array.isArray(raw) ? raw : []
  const found = rules.flatMap((rule, index) => {
    const problem = typeof rule === 'string' ? examineRule(rule, list) : null
    return problem === null ? [] : [{ rule: String(rule), index, problem }]
  })
  return {
    problems: found.map(({ rule, index, problem: { reason, meant } }) => ({
      at: ['permissions', list, index],
      message: ruleWithoutEffect(list, rule, reason, meant),
    })),
    lostDenials: list !== 'allow' && found.some(({ problem }) => problem.isUnusable),
  }
}

const noPermissions = (): Permissions => permissionShape.parse({})

function reasonOf({ issues: [issue] }: z.ZodError, value: unknown): string {
  return issue === undefined ? WRONG_TYPE : describeIssue(issue, value)
}
