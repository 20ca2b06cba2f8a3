import { TOOL_NAMES } from '../permissions/rules/examine-rule.ts'
import { parseRule } from '../permissions/rules/rule.ts'
import { shortName } from '../util/invisible-characters.ts'
import { isRecord, type JsonObject } from '../util/is-record.ts'
import { misplacedSetting } from './messages.ts'
import type { EntryProblem } from './schema.ts'

/**
 * Lists of what must not run, or must be asked about, where no list counts: in an object around `permissions`, below a key of
 * another program, twice nested. `isRead`: the places that the schema reads or reports.
 */
export function findMisplacedDenials(
  raw: JsonObject,
  isRead: (at: EntryProblem['at']) => boolean,
): readonly EntryProblem[] {
  const found: EntryProblem[] = []
  const places: DenialPlace[] = [{ value: raw, key: null, above: null, list: null }]
  // A stack, since nothing limits the depth of a file.
  for (let place = places.pop(); place !== undefined; place = places.pop()) {
    if (found.length === MAX_REPORTED) break
    const { value } = place
    const list = place.list ?? listAsValue(place)
    if (list !== null && canBeDenial(place)) {
      const at = pathOf(outermostOf(place))
      const known = found.some((one) => one.at.join('\0') === at.join('\0'))
      if (!known) {
        found.push({ at, message: misplacedSetting(shortName(at.join('.')), `"${list}"`) })
      }
      continue
    }
    if (!isRecord(value) && !Array.isArray(value)) continue
    for (const [key, inner] of Object.entries(value).toReversed()) {
      const below: DenialPlace = {
        value: inner,
        key: Array.isArray(value) ? Number(key) : key,
        above: place,
        list: place.list ?? (Array.isArray(value) ? null : listMeant(key)),
      }
      if (!isNear(below) || !isRead(pathOf(below))) places.push(below)
    }
  }
  return found
}

/** One line each; a file with more is not one that a person reads them of. */
const MAX_REPORTED = 5

interface DenialPlace {
  readonly value: unknown
  readonly key: string | number | null
  readonly above: DenialPlace | null
  /** Which list is meant by the key, or by one above it. */
  readonly list: 'permissions.deny' | 'permissions.ask' | null
}

/** The place of the key by which the list was recognized. */
function outermostOf(place: DenialPlace): DenialPlace {
  let at = place
  while (at.above !== null && at.above.list !== null) at = at.above
  return at
}

function pathOf(place: DenialPlace): readonly (string | number)[] {
  const keys: (string | number)[] = []
  for (let at: DenialPlace | null = place; at !== null; at = at.above) {
    if (at.key !== null) keys.unshift(at.key)
  }
  return keys
}

/** What the schema reads is at most two keys deep. */
function isNear({ above }: DenialPlace): boolean {
  return above?.above == null || above.above.above === null
}

/** Words under which people and other programs list what must not run. */
const DENYING =
  /^(den(y|ied|ylist)|denials?|disallow(ed)?|forbid(den)?|block(ed|list)|blacklist|never|prohibit(ed)?|reject(ed)?|ban(ned)?)$/
const ASKING = /^(ask|asks)$/

/** By the words of a key: `alwaysAsk`, `deny_list`, `permissions.deny`, `disallowedTools`; not of an address. */
function listMeant(key: string): DenialPlace['list'] {
  if (/[/:(]/.test(key)) return null
  const words = key.split(/[^\p{L}\p{N}]+|(?<=\p{Ll})(?=\p{Lu})/u).map((word) => word.toLowerCase())
  if (words.some((word) => DENYING.test(word))) return 'permissions.deny'
  return words.some((word) => ASKING.test(word)) ? 'permissions.ask' : null
}

/** `"rm *": "deny"`, as other programs have it. */
function listAsValue({ key, value }: DenialPlace): DenialPlace['list'] {
  if (typeof key !== 'string') return null
  if (value === 'deny') return 'permissions.deny'
  return value === 'ask' ? 'permissions.ask' : null
}

/** In a list any text; in place of one only what is written as a rule, since it can be the value of another setting. */
function canBeDenial({ value, key, above, list }: DenialPlace): boolean {
  if (typeof value !== 'string' || value.trim() === '') return false
  if (typeof key === 'number' || list === null || above?.list != null) return true
  const rule = parseRule(value)
  return rule !== null && (rule.payload !== null || TOOL_NAMES.includes(rule.tool))
}
