import type { Skill } from './skill.ts'

/** The value of the agent's `skills` memory block: what there is, grouped by category, and where to read more. */
export function skillsBlock(directory: string, skills: readonly Skill[]): string {
  const heading = `Skills Directory: ${directory}\n\n`
  if (skills.length === 0) return `${heading}[NO SKILLS AVAILABLE]`
  const categories = new Set(skills.map((skill) => skill.category).filter((name) => name !== null))
  const sections = [...categories].map((category) =>
    section(
      `## ${category}`,
      skills.filter((skill) => skill.category === category),
    ),
  )
  const rest = skills.filter((skill) => skill.category === null)
  if (rest.length > 0) sections.push(section(categories.size > 0 ? '## Other' : null, rest))
  return `${heading}Available Skills:\n\n${sections.join('\n\n')}`
}

function section(heading: string | null, skills: readonly Skill[]): string {
  const lines = skills.map(describe)
  return (heading === null ? lines : [heading, ...lines]).join('\n\n')
}

function describe({ name, id, description, tags }: Skill): string {
  const lines = [`### ${name}`, `ID: \`${id}\``, `Description: ${description}`]
  if (tags.length > 0) lines.push(`Tags: ${tags.map((tag) => `\`${tag}\``).join(', ')}`)
  return lines.join('\n')
}
