export interface Skill {
  /** The `id` of the front matter, or the path from the skills directory, joined with `/`; `root` for that directory itself. */
  readonly id: string
  readonly name: string
  readonly description: string
  readonly category: string | null
  readonly tags: readonly string[]
  /** Absolute path of its SKILL.MD. */
  readonly path: string
  /** The text after the front matter. */
  readonly body: string
}

/**
 * Who answers for the texts of the skills: the user, who has named the directory; the project, which the user trusts; or no
 * one yet (`untrusted`), so that no text of theirs may be part of a prompt.
 */
export type SkillsSource = 'user' | 'project' | 'untrusted'

export interface SkillProblem {
  readonly path: string
  readonly message: string
  /** Where it is in the file, from 1. Absent when unknown. */
  readonly line?: number
}
