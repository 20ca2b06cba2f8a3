import type { Skill } from './skill.ts'

const NO_SKILLS = '[NO SKILLS AVAILABLE]'

/**
 * The value of the agent's `skills` memory block: the skills, grouped by category, with the paths of their files. To fit the
 * limit of the block, descriptions are truncated, then left out, then skills at the end are left out.
 */
export function skillsBlock(
  directory: string,
  skills: readonly Skill[],
  limit = Number.POSITIVE_INFINITY,
): string {
  const heading = `Skills Directory: ${directory}\n\n`
  if (skills.length === 0) return heading + NO_SKILLS
  for (const describe of [wholly, briefly, barely]) {
    const text = `${heading}Available Skills:\n\n${grouped(skills, describe)}`
    if (text.length <= limit) return text
  }
  return cutList(`${heading}Available Skills:\n\n`, skills, limit)
}

/** Whether a text is what `skillsBlock` returns, or the value of the block when it was created. */
export function isGeneratedSkillsBlock(value: string): boolean {
  return value === NO_SKILLS || GENERATED.test(value)
}

const GENERATED = /^Skills Directory: [^\n]+\n\n(\[NO SKILLS AVAILABLE\]$|Available Skills:\n\n)/

type Describe = (skill: Skill) => string

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

function cutList(heading: string, skills: readonly Skill[], limit: number): string {
  let text = heading
  for (const [index, skill] of skills.entries()) {
    const rest = `(${skills.length - index} more: list the directory.)`
    const line = `${barely(skill)}\n`
    if (text.length + line.length + rest.length > limit) return text + rest
    text += line
  }
  return text.trimEnd()
}

function grouped(skills: readonly Skill[], describe: Describe): string {
  const categories = new Set(skills.map((skill) => skill.category).filter((name) => name !== null))
  const sections = [...categories].map((category) => {
    const group = skills.filter((skill) => skill.category === category)
    return [`## ${escapeTags(category)}`, ...group.map(describe)].join('\n\n')
  })
  const rest = skills.filter((skill) => skill.category === null).map(describe)
  if (rest.length > 0)
    sections.push([...(categories.size > 0 ? ['## Other'] : []), ...rest].join('\n\n'))
  return sections.join('\n\n')
}
