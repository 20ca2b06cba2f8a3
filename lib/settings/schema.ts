import * as z from 'zod'
import { isRecord, type JsonObject } from '../util/is-record.ts'
import { problemAt, type SettingsProblem } from './json-file.ts'
import { EXPECTED_OBJECT, notListOfStrings, settingIgnored, WRONG_TYPE } from './messages.ts'

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
  theme: z.string().default('dark').describe('A shipped theme or a file in `~/.letta/themes/`.'),
  keymap: z
    .string()
    .default('default')
    .describe('A shipped keymap or a file in `~/.letta/keymaps/`.'),
  toolkit: z.enum(['blessed', 'neo-blessed']).default('blessed').describe('Terminal toolkit.'),
}

/** The same values without defaults, for files that only override others. */
const overridingFields = {
  tokenStreaming: valueFields.tokenStreaming.unwrap().optional(),
  theme: valueFields.theme.unwrap().optional(),
  keymap: valueFields.keymap.unwrap().optional(),
  toolkit: valueFields.toolkit.unwrap().optional(),
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
  env: z
    .record(z.string(), z.string())
    .default({})
    .describe(
      'Environment variables for letta, such as `LETTA_API_KEY`; those of the process take precedence.',
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

export interface Decoded<Value> {
  readonly value: Value
  readonly problems: readonly SettingsProblem[]
  /** Deny rules of the file are missing or unreadable, so its allow rules must not apply. */
  readonly lostDenials: boolean
}

/** The effective value of each setting. */
export function valuesOf(
  user: UserSettings,
  project: ProjectSettings,
  local: LocalSettings,
): SettingValues {
  const { tokenStreaming, theme, keymap, toolkit } = user
  return {
    tokenStreaming: local.tokenStreaming ?? project.tokenStreaming ?? tokenStreaming,
    theme: local.theme ?? project.theme ?? theme,
    keymap: local.keymap ?? project.keymap ?? keymap,
    toolkit: local.toolkit ?? project.toolkit ?? toolkit,
  }
}

export const decodeUser = (path: string, raw: JsonObject): Decoded<UserSettings> =>
  decodeFile(userShape, path, raw)
export const decodeProject = (path: string, raw: JsonObject): Decoded<ProjectSettings> =>
  decodeFile(projectShape, path, raw)
export const decodeLocal = (path: string, raw: JsonObject): Decoded<LocalSettings> =>
  decodeFile(localShape, path, raw)

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
  path: string,
  raw: JsonObject,
): Decoded<FieldValues<Shape> & WithPermissions> {
  const problems: SettingsProblem[] = []
  const fitting: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(shape.shape)) {
    if (raw[key] === undefined) continue
    const parsed = z.safeParse(field, raw[key])
    if (parsed.success) fitting[key] = raw[key]
    else problems.push(problemAt(path, settingIgnored(key, describeIssue(parsed.error))))
  }
  const decoded = decodePermissions(path, raw['permissions'])
  const value = { ...shape.parse(fitting), permissions: decoded.value }
  return { ...decoded, value, problems: [...problems, ...decoded.problems] }
}

function decodePermissions(path: string, raw: unknown): Decoded<Permissions> {
  if (raw === undefined) return { value: noPermissions(), problems: [], lostDenials: false }
  if (!isRecord(raw)) {
    const problem = problemAt(path, settingIgnored('permissions', EXPECTED_OBJECT))
    return { value: noPermissions(), problems: [problem], lostDenials: true }
  }
  const value: Record<string, readonly string[]> = {}
  const wrong: string[] = []
  for (const key of Object.keys(permissionFields)) {
    const list = raw[key] ?? []
    value[key] = Array.isArray(list) ? list.filter((rule) => typeof rule === 'string') : []
    if (!Array.isArray(list) || value[key].length < list.length) wrong.push(key)
  }
  const problems = wrong.map((key) => problemAt(path, notListOfStrings(`permissions.${key}`)))
  const lostDenials = wrong.includes('deny') || wrong.includes('ask')
  return { value: permissionShape.parse(value), problems, lostDenials }
}

const noPermissions = (): Permissions => permissionShape.parse({})

function describeIssue(error: z.ZodError): string {
  const issue = error.issues[0]
  const where = issue?.path.join('.') ?? ''
  return `${where === '' ? '' : `${where}: `}${issue?.message ?? WRONG_TYPE}`
}
