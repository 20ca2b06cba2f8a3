import type { Skill, SkillProblem } from '../../../lib/skills/skill.ts'
import { largest } from '../../../lib/util/extremes.ts'
import type { RootState } from '../../state/state.ts'
import type { Styles } from '../../theme/styles.ts'
import { skillTexts } from '../messages/memory.ts'
import { paneTitles } from '../messages/panes.ts'
import { type RenderOptions, renderMarkdown } from '../render/formatter.ts'
import { EMPTY_ROW, type Row, row, styled } from '../render/row.ts'
import { cleanLine } from '../render/sanitize.ts'
import { textWidth } from '../render/width.ts'
import { fitRow, pad, truncate, wrap } from '../render/wrap.ts'
import type { Size } from '../types.ts'
import type { Pane } from './pane.ts'
import { firstAround, type RowList, visibleRows } from './virtual-list.ts'

export const skills: Pane = {
  id: 'skills',
  title: () => paneTitles.skills,
  render(state, size, options) {
    const rows = isSkillsPage(state)
      ? skillsPage(state, size, options)
      : visibleRows(
          skillList(state, size.columns, options),
          state.workbench.scroll.skills,
          size.rows,
        ).rows
    const { found, problems, source } = state.session.skills
    const broken = problems.length === 0 ? [] : [skillTexts.broken(problems.length)]
    const isUntrusted = source === 'untrusted' && found.length > 0
    const trust = isUntrusted ? [skillTexts.untrusted] : []
    return { rows, note: [skillTexts.skills(found.length), ...broken, ...trust].join(' · ') }
  },
}

/** Whether the pane fills the main area. */
export function isSkillsPage({ workbench }: RootState): boolean {
  return workbench.page === 'skills'
}

/** About the rows that the list needs while no skill is selected. */
export function skillRowsNeeded({ session }: RootState): number {
  const { found, problems } = session.skills
  const categories = new Set(found.map(({ category }) => category)).size
  return Math.max(2, categories + found.length + problems.length)
}

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
  readonly selected: SkillItem['id'] | null
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
  const selected = state.workbench.focus === 'skills' ? (selectedItem(state)?.id ?? null) : null
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

/**
 * Skills in display order: by category, those without a category last.
 *
 * @internal
 */
export function orderedSkills(found: readonly Skill[]): readonly Skill[] {
  return [...byCategory(found).values()].flat()
}

/** A skill, or a file that is not one. */
type SkillItem =
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
  const selected = state.workbench.focus === 'skills' ? selectedItem(state) : null
  const nameColumns = nameWidth(found)
  const lines: SkillLine[] = []
  for (const [category, group] of byCategory(found)) {
    const title = truncate(styled(styles.heading, cleanLine(category)), columns)
    lines.push({ id: `category ${category}`, rows: () => [title] })
    for (const skill of group) {
      const isSelected = selected?.type === 'skill' && skill === selected.skill
      lines.push({
        id: skill.id,
        rows: () => skillRows(skill, { isSelected, columns, nameColumns, styles, formatter }),
      })
    }
  }
  for (const problem of problems) {
    const isSelected = selected?.id === problem.path
    lines.push({
      id: problem.path,
      rows: () => problemRows(problem, { isSelected, directory, columns, styles }),
    })
  }
  return lines.length > 0 ? lines : [{ id: '', rows: () => emptyRows(directory, columns, styles) }]
}

interface ProblemOptions extends Pick<RenderOptions, 'styles'> {
  readonly isSelected: boolean
  readonly directory: string
  readonly columns: number
}

/** One row, and the complete message for the selected one. */
function problemRows(problem: SkillProblem, options: ProblemOptions): readonly Row[] {
  const { isSelected, directory, columns, styles } = options
  const name = cleanLine(within(problem.path, directory))
  const message = cleanLine(problem.message)
  if (!isSelected) {
    const said = row(styled(styles.error, `✗ ${name}`), styled(styles.muted, `: ${message}`))
    return [truncate(said, columns - RIGHT_MARGIN)]
  }
  return [
    styled(styles.selection, fitRow(`▸ ${name}`, columns)),
    ...wrap(styled(styles.error, message), columns, { indent: '    ', hang: '    ' }),
    EMPTY_ROW,
  ]
}

/** Columns between a cut text and the edge of the screen. */
const RIGHT_MARGIN = 1

const LIST_SHARE = 0.36
/** From this width on the text of the selected skill is next to the list. */
const SIDE_BY_SIDE_COLUMNS = 88
/** A line with a blank on either side. */
const GAP = 3

/** Divides the page between the list, which stays, and the text of the selected skill. */
export function divideSkills({ columns, rows }: Size, count: number) {
  if (columns >= SIDE_BY_SIDE_COLUMNS) {
    const list = Math.round(columns * LIST_SHARE)
    const detail = { columns: columns - list - GAP, rows }
    return { list: { columns: list, rows }, detail, isSideBySide: true }
  }
  const list = Math.min(count, Math.max(3, Math.floor(rows * 0.4)))
  const detail = { columns, rows: Math.max(0, rows - list - 1) }
  return { list: { columns, rows: list }, detail, isSideBySide: false }
}

interface ListedLine {
  /** Null for a category. */
  readonly id: string | null
  readonly row: Row
}

/** The list of the page: a row for each category, skill and invalid file. */
export function skillsListed(
  state: RootState,
  size: Size,
  { styles }: Pick<RenderOptions, 'styles'>,
): readonly ListedLine[] {
  const { found, problems, directory } = state.session.skills
  const { columns } = size
  const selected = selectedItem(state)
  const nameColumns = nameWidth(found)
  const lines: ListedLine[] = []
  for (const [category, group] of byCategory(found)) {
    lines.push({ id: null, row: truncate(styled(styles.heading, cleanLine(category)), columns) })
    for (const skill of group) {
      const name = pad(cleanLine(skill.name), nameColumns)
      const text = cleanLine(skill.description)
      const isSelected = selected?.id === skill.id
      lines.push({
        id: skill.id,
        row: isSelected
          ? styled(styles.selection, fitRow(row('▸ ', name, '  ', text), columns))
          : truncate(
              row('  ', styled(styles.text, name), '  ', styled(styles.muted, text)),
              columns,
            ),
      })
    }
  }
  for (const problem of problems) {
    const name = cleanLine(within(problem.path, directory))
    lines.push({
      id: problem.path,
      row:
        selected?.id === problem.path
          ? styled(styles.selection, fitRow(`▸ ✗ ${name}`, columns))
          : truncate(styled(styles.error, `  ✗ ${name}`), columns),
    })
  }
  const at = lines.findIndex(({ id }) => id !== null && id === selected?.id)
  const top = firstAround(Math.max(0, at), size.rows, lines.length)
  return lines.slice(top, top + size.rows)
}

/** The text of what is selected, an item for each row. */
export function skillDetail(state: RootState, columns: number, options: RenderOptions): RowList {
  const rows = detailRows(state, columns, options)
  return {
    length: rows.length,
    id: String,
    rows: (index) => rows.slice(index, index + 1),
    indexOf: Number,
  }
}

function detailRows(state: RootState, columns: number, options: RenderOptions): readonly Row[] {
  const { styles } = options
  const item = selectedItem(state)
  const { directory } = state.session.skills
  if (item === null) return []
  if (item.type === 'problem') {
    const { path, message } = item.problem
    return [
      truncate(styled(styles.error, `✗ ${cleanLine(within(path, directory))}`), columns),
      EMPTY_ROW,
      ...wrap(styled(styles.text, cleanLine(message)), columns),
      EMPTY_ROW,
      ...wrap(styled(styles.muted, skillTexts.invalid), columns),
    ]
  }
  const { name, description, tags, path, body } = item.skill
  const marks = tags.map((tag) => `#${cleanLine(tag)}`).join(' ')
  return [
    truncate(styled(styles.strong, cleanLine(name)), columns),
    truncate(
      styled(styles.muted, [cleanLine(within(path, directory)), marks].filter(Boolean).join('  ')),
      columns,
    ),
    EMPTY_ROW,
    ...wrap(styled(styles.text, cleanLine(description)), columns),
    EMPTY_ROW,
    ...renderMarkdown(body, columns, options),
  ]
}

function skillsPage(state: RootState, size: Size, options: RenderOptions): readonly Row[] {
  const { found, problems, directory } = state.session.skills
  if (found.length + problems.length === 0)
    return emptyRows(directory, size.columns, options.styles)
  const places = divideSkills(size, listedCount(state))
  const list = skillsListed(state, places.list, options).map((line) => line.row)
  const { columns, rows } = places.detail
  const text = visibleRows(
    skillDetail(state, columns, options),
    state.workbench.scroll.skills,
    rows,
  ).rows
  if (!places.isSideBySide) {
    return [...list, styled(options.styles.border, '─'.repeat(size.columns)), ...text]
  }
  const line = styled(options.styles.border, ' │ ')
  return Array.from({ length: rows }, (_, index) =>
    row(fitRow(list[index] ?? EMPTY_ROW, places.list.columns), line, text[index] ?? EMPTY_ROW),
  )
}

/** Rows of the complete list. */
export function listedCount({ session: { skills } }: RootState): number {
  return byCategory(skills.found).size + skills.found.length + skills.problems.length
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
    return [truncate(row('  ', title, '  ', description), columns - RIGHT_MARGIN)]
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
