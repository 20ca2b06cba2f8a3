import { countCodePoints } from '../util/code-points.ts'
import {
  directoryHeading,
  moreSkills,
  NAME_LEFT_OUT,
  NO_SKILLS_AVAILABLE,
  OTHER_SKILLS,
  PROVENANCE,
  SKILLS_HEADING,
} from './messages.ts'
import type { Skill, SkillsSource } from './skill.ts'

interface SkillsBlockOptions {
  /** In characters. */
  readonly limit?: number
  readonly source?: SkillsSource
}

/**
 * The value of the agent's `skills` memory block: the skills, grouped by category, with the paths of their files. To fit the
 * limit of the block, descriptions are truncated, then left out, then skills at the end are left out.
 */
export function skillsBlock(
  directory: string,
  skills: readonly Skill[],
  { limit = Number.POSITIVE_INFINITY, source = 'user' }: SkillsBlockOptions = {},
): string {
  if (skills.length === 0) return `${directoryHeading(directory)}${NO_SKILLS_AVAILABLE}`
  const heading = `${directoryHeading(directory)}${SKILLS_HEADING}${PROVENANCE[source]}`
  if (source === 'untrusted') return cutList(heading, skills.map(placeOf(directory)), limit)
  for (const describe of [wholly, briefly, barely]) {
    const text = heading + grouped(skills, describe)
    if (countCodePoints(text) <= limit) return text
  }
  return cutList(heading, skills.map(barely), limit)
}

/** The directory of a skill, which is its id unless its text gives another one. */
function placeOf(directory: string): (skill: Skill) => string {
  return ({ path }) => {
    const place = path.slice(directory.length + 1).replace(/\/?[^/]*$/, '')
    const isPlain = /^[\w./-]{0,80}$/.test(place)
    return `ID: \`${isPlain ? place || 'root' : NAME_LEFT_OUT}\``
  }
}

/** Whether a text is what `skillsBlock` returns, or the value of the block when it was created. */
export function isGeneratedSkillsBlock(value: string): boolean {
  return value === NO_SKILLS_AVAILABLE || GENERATED.test(value)
}

const GENERATED = /^Skills Directory: [^\n]+\n\n(\[NO SKILLS AVAILABLE\]$|Available Skills:\n\n)/

type SkillFormat = (skill: Skill) => string

function wholly({ name, id, description, tags }: Skill): string {
  const lines = [
    `### ${escapeTags(name)}`,
    `ID: \`${escapeTags(id)}\``,
    `Description: ${escapeTags(description)}`,
  ]
  if (tags.length > 0) lines.push(`Tags: ${tags.map((tag) => `\`${escapeTags(tag)}\``).join(', ')}`)
  return lines.join('\n')
}

/** A skill is a text of the directory: it must not close the section of the prompt that it is in, or open another. */
function escapeTags(text: string): string {
  return text.replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

const BRIEF = 80

function briefly({ name, id, description }: Skill): string {
  const brief = description.length > BRIEF ? `${description.slice(0, BRIEF)}…` : description
  return [
    `### ${escapeTags(name)}`,
    `ID: \`${escapeTags(id)}\``,
    `Description: ${escapeTags(brief)}`,
  ].join('\n')
}

function barely({ id }: Skill): string {
  return `ID: \`${escapeTags(id)}\``
}

function cutList(heading: string, ids: readonly string[], limit: number): string {
  let text = heading
  for (const [index, id] of ids.entries()) {
    const rest = moreSkills(ids.length - index)
    const line = `${id}\n`
    if (countCodePoints(text + line + rest) > limit) return text + rest
    text += line
  }
  return text.trimEnd()
}

function grouped(skills: readonly Skill[], describe: SkillFormat): string {
  const categories = new Set(skills.map((skill) => skill.category).filter((name) => name !== null))
  const sections = [...categories].map((category) => {
    const group = skills.filter((skill) => skill.category === category)
    return [`## ${escapeTags(category)}`, ...group.map(describe)].join('\n\n')
  })
  const rest = skills.filter((skill) => skill.category === null).map(describe)
  if (rest.length > 0)
    sections.push([...(categories.size > 0 ? [OTHER_SKILLS] : []), ...rest].join('\n\n'))
  return sections.join('\n\n')
}
