export interface Skill {
  /** Folder relative to the skills directory, `/`-joined; `root` for the directory itself; front matter `id` wins. */
  readonly id: string
  readonly name: string
  readonly description: string
  readonly category: string | null
  readonly tags: readonly string[]
  /** Absolute path of its SKILL.MD. */
  readonly path: string
  /** The text under the front matter. */
  readonly body: string
}

export interface SkillProblem {
  readonly path: string
  readonly message: string
}
