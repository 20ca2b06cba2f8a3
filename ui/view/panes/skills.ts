import type { Skill } from '../../../lib/skills/skill.ts'
import { largest } from '../../../lib/util/extremes.ts'
import type { RootState } from '../../state/state.ts'
import type { Styles } from '../../theme/styles.ts'
import { paneTitles, skillTexts } from '../messages.ts'
import { type RenderOptions, renderMarkdown } from '../render/formatter.ts'
import { EMPTY_ROW, type Row, row, styled } from '../render/row.ts'
import { cleanLine } from '../render/sanitize.ts'
import { textWidth } from '../render/width.ts'
import { fitRow, pad, truncate, wrap } from '../render/wrap.ts'
import type { Pane } from './pane.ts'
import { type RowList, visibleRows } from './virtual-list.ts'

export const skills: Pane = {
  id: 'skills',
  title: () => paneTitles.skills,
  render(state, size, options) {
    const list = skillList(state, size.columns, options)
    const { rows } = visibleRows(list, state.workbench.scroll.skills, size.rows)
    const { found, problems, source } = state.session.skills
    const broken = problems.length === 0 ? [] : [skillTexts.broken(problems.length)]
    const isUntrusted = source === 'untrusted' && found.length > 0
    const trust = isUntrusted ? [skillTexts.untrusted] : []
    return { rows, note: [skillTexts.skills(found.length), ...broken, ...trust].join(' · ') }
  },
}

/** About the rows that the list needs while no skill is selected. */
export function skillRowsNeeded({ session }: RootState): number {
  const { found, problems } = session.skills
  const categories = new Set(found.map(({ category }) => category)).size
  return Math.max(2, categories + found.length + problems.length * ROWS_OF_PROBLEM)
}

const ROWS_OF_PROBLEM = 2

interface SkillLine {
  readonly id: string
  rows(): readonly Row[]
}

/** Categories with their skills; the selected skill is followed by its preview. */
export function skillList(state: RootState, columns: number, options: RenderOptions): RowList {
  const lines = knownLines(state, columns, options)
  return {
    length: lines.length,
    id: (index) => lines[index]?.id ?? '',
    rows: (index) => lines[index]?.rows() ?? [],
    indexOf: (id) => lines.findIndex((line) => line.id === id),
  }
}

interface KnownLines {
  readonly problems: readonly unknown[]
  readonly directory: string
  readonly selected: Skill | null
  readonly columns: number
  readonly options: RenderOptions
  readonly lines: readonly SkillLine[]
}

const laid = new WeakMap<readonly Skill[], KnownLines>()

/** The lines as they were laid out last, unless something has changed. */
function knownLines(
  state: RootState,
  columns: number,
  options: RenderOptions,
): readonly SkillLine[] {
  const { found, problems, directory } = state.session.skills
  const selected = state.workbench.focus === 'skills' ? selectedSkill(state) : null
  const known = laid.get(found)
  if (
    known !== undefined &&
    known.problems === problems &&
    known.directory === directory &&
    known.selected === selected &&
    known.columns === columns &&
    known.options.styles === options.styles &&
    known.options.formatter === options.formatter
  )
    return known.lines
  const { styles, formatter } = options
  const lines = linesOf(state, columns, { styles, formatter }).map(({ id, rows }): SkillLine => {
    let drawn: readonly Row[] | null = null
    return {
      id,
      rows() {
        drawn ??= rows()
        return drawn
      },
    }
  })
  laid.set(found, { problems, directory, selected, columns, options: { styles, formatter }, lines })
  return lines
}

/** Skills in display order: by category, those without a category last. */
export function orderedSkills(found: readonly Skill[]): readonly Skill[] {
  return [...byCategory(found).values()].flat()
}

/** The skill that keys apply to: the selected one, else the first. */
export function selectedSkill({ session, workbench }: RootState): Skill | null {
  const ordered = orderedSkills(session.skills.found)
  return ordered.find((skill) => skill.id === workbench.skills.selected) ?? ordered[0] ?? null
}

function byCategory(found: readonly Skill[]): ReadonlyMap<string, readonly Skill[]> {
  const groups = new Map<string, Skill[]>()
  const rest: Skill[] = []
  const other = skillTexts.otherCategory
  for (const skill of found) {
    if (skill.category === null) rest.push(skill)
    else groups.set(skill.category, [...(groups.get(skill.category) ?? []), skill])
  }
  if (rest.length > 0) groups.set(other, [...(groups.get(other) ?? []), ...rest])
  return groups
}

function linesOf(
  state: RootState,
  columns: number,
  { styles, formatter }: RenderOptions,
): readonly SkillLine[] {
  const { found, problems, directory } = state.session.skills
  const selected = state.workbench.focus === 'skills' ? selectedSkill(state) : null
  const nameColumns = nameWidth(found)
  const lines: SkillLine[] = []
  for (const [category, group] of byCategory(found)) {
    const title = truncate(styled(styles.heading, cleanLine(category)), columns)
    lines.push({ id: `category ${category}`, rows: () => [title] })
    for (const skill of group) {
      const isSelected = skill === selected
      lines.push({
        id: skill.id,
        rows: () => skillRows(skill, { isSelected, columns, nameColumns, styles, formatter }),
      })
    }
  }
  for (const { path, message } of problems) {
    const said = styled(styles.error, cleanLine(`${within(path, directory)}: ${message}`))
    lines.push({
      id: path,
      rows: () => wrap(said, columns, { indent: styled(styles.error, '✗ ') }),
    })
  }
  return lines.length > 0 ? lines : [{ id: '', rows: () => emptyRows(directory, columns, styles) }]
}

/** Rows of the text of a skill in its preview. */
const PREVIEW_ROWS = 24

interface SkillOptions extends RenderOptions {
  readonly isSelected: boolean
  readonly columns: number
  /** The width of the column of names. */
  readonly nameColumns: number
}

const MAX_NAME_COLUMNS = 18

function nameWidth(found: readonly Skill[]): number {
  const widths = found.map(({ name }) => textWidth(cleanLine(name)))
  return Math.min(MAX_NAME_COLUMNS, largest(widths, 0))
}

function skillRows(skill: Skill, options: SkillOptions): readonly Row[] {
  const { isSelected, columns, nameColumns, styles } = options
  const name = cleanLine(skill.name)
  if (!isSelected) {
    const title = styled(styles.text, pad(name, nameColumns))
    const description = styled(styles.muted, cleanLine(skill.description))
    return [truncate(row('  ', title, '  ', description), columns)]
  }
  const tags = skill.tags.map((tag) => `#${cleanLine(tag)}`).join(' ')
  const body = renderMarkdown(skill.body, columns - 4, options)
  return [
    styled(styles.selection, fitRow(`▸ ${name}`, columns)),
    ...wrap(styled(styles.text, cleanLine(skill.description)), columns, { indent: '    ' }),
    ...(tags === '' ? [] : wrap(styled(styles.badge, tags), columns, { indent: '    ' })),
    EMPTY_ROW,
    ...body.slice(0, PREVIEW_ROWS).map((line) => row('    ', line)),
    ...(body.length > PREVIEW_ROWS
      ? [styled(styles.muted, `    ${skillTexts.moreRows(body.length - PREVIEW_ROWS)}`)]
      : []),
    EMPTY_ROW,
  ]
}

/** A path relative to the skills directory. */
function within(path: string, directory: string): string {
  return path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : path
}

function emptyRows(directory: string, columns: number, styles: Styles): readonly Row[] {
  const where = directory === '' ? '.skills' : cleanLine(directory)
  return wrap(styled(styles.muted, skillTexts.empty(where)), columns)
}
