import type { Skill, SkillProblem } from '../../../lib/skills/skill.ts'
import { largest } from '../../../lib/util/extremes.ts'
import type { RootState } from '../../state/state.ts'
import type { Styles } from '../../theme/styles.ts'
import { skillTexts } from '../messages/memory.ts'
import { type Row, styled } from '../render/row.ts'
import { cleanLine } from '../render/sanitize.ts'
import { textWidth } from '../render/width.ts'
import { wrap } from '../render/wrap.ts'

/** Whether the pane fills the main area. */
export function isSkillsPage({ workbench }: RootState): boolean {
  return workbench.page === 'skills'
}

/** About the rows that the list needs while no skill is selected. */
export function skillRowsNeeded({ session }: RootState): number {
  const { found, problems } = session.skills
  return Math.max(2, headingCount(found) + found.length + problems.length)
}

/**
 * Skills in display order: by category, those without a category last.
 *
 * @internal
 */
export function orderedSkills(found: readonly Skill[]): readonly Skill[] {
  return [...byCategory(found).values()].flat()
}

/** A skill, or a file that is not one. */
export type SkillItem =
  | { readonly type: 'skill'; readonly id: string; readonly skill: Skill }
  | { readonly type: 'problem'; readonly id: string; readonly problem: SkillProblem }

/** In display order: invalid ones last. */
export function skillItems({ session: { skills } }: RootState): readonly SkillItem[] {
  return [
    ...orderedSkills(skills.found).map((skill) => ({
      type: 'skill' as const,
      id: skill.id,
      skill,
    })),
    ...skills.problems.map((problem) => ({ type: 'problem' as const, id: problem.path, problem })),
  ]
}

/** What keys apply to: the selected one, else the first. */
export function selectedItem(state: RootState): SkillItem | null {
  const items = skillItems(state)
  return items.find(({ id }) => id === state.workbench.skills.selected) ?? items[0] ?? null
}

export function selectedSkill(state: RootState): Skill | null {
  const item = selectedItem(state)
  return item?.type === 'skill' ? item.skill : null
}

export function byCategory(found: readonly Skill[]): ReadonlyMap<string, readonly Skill[]> {
  const groups = new Map<string, Skill[]>()
  const rest: Skill[] = []
  const other = skillTexts.otherCategory
  for (const skill of found) {
    if (skill.category === null) rest.push(skill)
    else groups.set(skill.category, [...(groups.get(skill.category) ?? []), skill])
  }
  const named = [...groups].toSorted(([one], [two]) => one.localeCompare(two, 'en'))
  return rest.length === 0
    ? new Map(named)
    : new Map([
        ...named.filter(([name]) => name !== other),
        [other, [...(groups.get(other) ?? []), ...rest]],
      ])
}

/** A single group of skills without a category needs no heading. */
export function hasHeadings(found: readonly Skill[]): boolean {
  return found.some(({ category }) => category !== null)
}

function headingCount(found: readonly Skill[]): number {
  return hasHeadings(found) ? byCategory(found).size : 0
}

/** Rows of the complete list. */
export function listedCount({ session: { skills } }: RootState): number {
  return headingCount(skills.found) + skills.found.length + skills.problems.length
}

const MAX_NAME_COLUMNS = 18

export function nameWidth(found: readonly Skill[]): number {
  const widths = found.map(({ name }) => textWidth(cleanLine(name)))
  return Math.min(MAX_NAME_COLUMNS, largest(widths, 0))
}

/** A path relative to the skills directory. */
export function skillPath(path: string, directory: string): string {
  return path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : path
}

/** Before a text below the titles of the pane. */
export const MARGIN = '  '

export function emptyRows(
  { directory, skills }: RootState['session'],
  columns: number,
  styles: Styles,
): readonly Row[] {
  const inProject = directory !== '' && skills.directory.startsWith(`${directory}/`)
  const shown = inProject ? skills.directory.slice(directory.length + 1) : skills.directory
  const where = shown === '' ? '.skills' : cleanLine(shown)
  return wrap(styled(styles.muted, skillTexts.empty(where)), columns, { indent: MARGIN })
}
