import type * as z from 'zod'
import { describeIssue } from '../../lib/util/schema-issue.ts'
import {
  type ConfigKind,
  configFileInvalid,
  inheritsFromItself,
  parentNotFound,
} from '../messages/config-files.ts'

/** The file that is used when the chosen one is not valid. */
export const DEFAULT_NAMES: Readonly<Record<ConfigKind, string>> = {
  keymaps: 'default',
  themes: 'dark',
}

interface ConfigLayer<Content> {
  readonly name: string
  readonly content: Content
}

interface Inheriting {
  readonly inherits?: string | undefined
}

/**
 * The content of the file, then of the files it inherits from. Errors are added to `problems`. For an invalid file the result is
 * the default, so that there are colors to read and keys to quit with.
 */
export function inheritedLayers<Content extends Inheriting>(
  kind: ConfigKind,
  schema: z.ZodType<Content>,
  name: string,
  lookup: (name: string) => unknown,
  problems: string[],
): readonly ConfigLayer<Content>[] {
  const layers: ConfigLayer<Content>[] = []
  const add = (current: string, json: unknown): string | undefined => {
    const parsed = schema.safeParse(json)
    if (parsed.success) layers.push({ name: current, content: parsed.data })
    else problems.push(configFileInvalid(kind, current, issuesOf(parsed.error, json)))
    return parsed.data?.inherits
  }
  const json = lookup(name)
  // A missing file is reported by the code that reads the files.
  let parent = json === undefined ? undefined : add(name, json)
  if (layers.length === 0 && name !== DEFAULT_NAMES[kind]) {
    return inheritedLayers(kind, schema, DEFAULT_NAMES[kind], lookup, problems)
  }
  const seen = new Set([name])
  let child = name
  while (parent !== undefined) {
    const inherited = seen.has(parent) ? undefined : lookup(parent)
    if (inherited === undefined) {
      const report = seen.has(parent) ? inheritsFromItself : parentNotFound
      problems.push(report(kind, child, parent))
      break
    }
    seen.add(parent)
    child = parent
    parent = add(child, inherited)
  }
  return layers
}

export function issuesOf(error: z.ZodError, content: unknown): string {
  return error.issues.map((issue) => describeIssue(issue, content)).join('; ')
}
