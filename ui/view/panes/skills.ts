import type { Skill, SkillProblem } from '../../../lib/skills/skill.ts'
import type { RootState } from '../../state/state.ts'
import { skillTexts } from '../messages/memory.ts'
import { paneTitles } from '../messages/panes.ts'
import { type RenderOptions, renderMarkdown } from '../render/formatter.ts'
import { EMPTY_ROW, type Row, row, styled } from '../render/row.ts'
import { cleanLine } from '../render/sanitize.ts'
import { fitRow, pad, truncate, wrap } from '../render/wrap.ts'
import type { Size } from '../types.ts'
import type { Pane } from './pane.ts'
import {
  byCategory,
  emptyRows,
  hasHeadings,
  isSkillsPage,
  listedCount,
  nameWidth,
  type SkillItem,
  selectedItem,
  skillPath,
} from './skill-items.ts'
import { skillsPage } from './skills-page.ts'
import { type RowList, visibleRows } from './virtual-list.ts'

export const skills: Pane = {
  id: 'skills',
  isUntyped: true,
  title: () => paneTitles.skills,
  render(state, size, options) {
    const rows = isSkillsPage(state)
      ? skillsPage(state, size, options)
      : visibleRows(skillList(state, size, options), state.workbench.scroll.skills, size.rows).rows
    const { found, problems, source } = state.session.skills
    const broken = problems.length === 0 ? [] : [skillTexts.broken(problems.length)]
    const isUntrusted = source === 'untrusted' && found.length > 0
    const trust = isUntrusted ? [skillTexts.untrusted] : []
    return { rows, note: [skillTexts.skills(found.length), ...broken, ...trust].join(' · ') }
  },
}

interface SkillLine {
  readonly id: string
  rows(): readonly Row[]
}

/** Categories with their skills; the selected skill is followed by its preview. */
export function skillList(state: RootState, size: Size, options: RenderOptions): RowList {
  const lines = knownLines(state, size, options)
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
  readonly isRoomy: boolean
  readonly styles: RenderOptions['styles']
  readonly formatter: RenderOptions['formatter']
  readonly lines: readonly SkillLine[]
}

const laid = new WeakMap<readonly Skill[], KnownLines>()

/** The lines as they were laid out last, unless something has changed. */
function knownLines(
  state: RootState,
  { columns, rows }: Size,
  // Not the options themselves: another theme replaces what is in them.
  { styles, formatter }: RenderOptions,
): readonly SkillLine[] {
  const { found, problems, directory } = state.session.skills
  const isRoomy = listedCount(state) + (REASON_ROWS - 1) * problems.length <= rows
  const selected = state.workbench.focus === 'skills' ? (selectedItem(state)?.id ?? null) : null
  const known = laid.get(found)
  if (
    known !== undefined &&
    known.problems === problems &&
    known.directory === directory &&
    known.selected === selected &&
    known.columns === columns &&
    known.isRoomy === isRoomy &&
    known.styles === styles &&
    known.formatter === formatter
  )
    return known.lines
  const lines = linesOf(state, columns, isRoomy, { styles, formatter }).map((line): SkillLine => {
    let drawn: readonly Row[] | null = null
    return {
      id: line.id,
      rows() {
        drawn ??= line.rows()
        return drawn
      },
    }
  })
  laid.set(found, { problems, directory, selected, columns, isRoomy, styles, formatter, lines })
  return lines
}

function linesOf(
  state: RootState,
  columns: number,
  isRoomy: boolean,
  { styles, formatter }: RenderOptions,
): readonly SkillLine[] {
  const { found, problems, directory } = state.session.skills
  const selected = state.workbench.focus === 'skills' ? selectedItem(state) : null
  const nameColumns = nameWidth(found)
  const lines: SkillLine[] = []
  for (const [category, group] of byCategory(found)) {
    const title = truncate(styled(styles.heading, cleanLine(category)), columns)
    if (hasHeadings(found)) lines.push({ id: `category ${category}`, rows: () => [title] })
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
      rows: () => problemRows(problem, { isSelected, isRoomy, directory, columns, styles }),
    })
  }
  return lines.length > 0
    ? lines
    : [{ id: '', rows: () => emptyRows(state.session, columns, styles) }]
}

interface ProblemOptions extends Pick<RenderOptions, 'styles'> {
  readonly isSelected: boolean
  /** Rows are free: the reason is not cut. */
  readonly isRoomy: boolean
  readonly directory: string
  readonly columns: number
}

/** One row, more where rows are free, and the complete message for the selected one. */
function problemRows(problem: SkillProblem, options: ProblemOptions): readonly Row[] {
  const { isSelected, isRoomy, directory, columns, styles } = options
  const name = cleanLine(skillPath(problem.path, directory))
  const message = cleanLine(problem.message)
  if (!isSelected) {
    const said = row(styled(styles.error, `✗ ${name}`), styled(styles.muted, `: ${message}`))
    const room = columns - RIGHT_MARGIN
    const lines = isRoomy ? wrap(said, room, { hang: '  ' }) : []
    return lines.length > 0 && lines.length <= REASON_ROWS ? lines : [truncate(said, room)]
  }
  return [
    styled(styles.selection, fitRow(`▸ ${name}`, columns)),
    ...wrap(styled(styles.error, message), columns, { indent: '    ', hang: '    ' }),
    EMPTY_ROW,
  ]
}

/** Rows of why a skill is invalid, where there is room. */
const REASON_ROWS = 4

/** Columns between a cut text and the edge of the screen. */
const RIGHT_MARGIN = 1

/** Rows of the text of a skill in its preview. */
const PREVIEW_ROWS = 24

interface SkillOptions extends RenderOptions {
  readonly isSelected: boolean
  readonly columns: number
  /** The width of the column of names. */
  readonly nameColumns: number
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
