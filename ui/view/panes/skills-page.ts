import type { RootState } from '../../state/state.ts'
import type { Styles } from '../../theme/styles.ts'
import { skillTexts } from '../messages/memory.ts'
import { type RenderOptions, renderMarkdown } from '../render/formatter.ts'
import { EMPTY_ROW, type Row, row, styled } from '../render/row.ts'
import { cleanLine } from '../render/sanitize.ts'
import { fitRow, pad, truncate, wrap } from '../render/wrap.ts'
import type { Rect, Size } from '../types.ts'
import { divideList, listAndDetail } from './list-and-detail.ts'
import type { PaneOptions } from './pane.ts'
import {
  byCategory,
  emptyRows,
  hasHeadings,
  MARGIN,
  nameWidth,
  selectedItem,
  skillPath,
} from './skill-items.ts'
import { firstAround, type RowList, visibleRows } from './virtual-list.ts'

/** A row of the list: drawn only if it is visible. */
interface ListedLine {
  /** Null for a category. */
  readonly id: string | null
  draw(styles: Styles, columns: number): Row
}

/** The list of the page: a row for each category, skill and invalid file. */
function listedLines(state: RootState): readonly ListedLine[] {
  const { found, problems, directory } = state.session.skills
  const selected = selectedItem(state)
  const nameColumns = nameWidth(found)
  const lines: ListedLine[] = []
  for (const [category, group] of byCategory(found)) {
    const title: ListedLine = {
      id: null,
      draw: ({ heading }, columns) => truncate(styled(heading, cleanLine(category)), columns),
    }
    if (hasHeadings(found)) lines.push(title)
    for (const skill of group) {
      lines.push({
        id: skill.id,
        draw(styles, columns) {
          const name = pad(cleanLine(skill.name), nameColumns)
          const text = cleanLine(skill.description)
          if (selected?.id === skill.id)
            return styled(styles.selection, fitRow(row('▸ ', name, '  ', text), columns))
          const shown = row('  ', styled(styles.text, name), '  ', styled(styles.muted, text))
          return truncate(shown, columns)
        },
      })
    }
  }
  if (problems.length > 0 && hasHeadings(found)) {
    const draw: ListedLine['draw'] = ({ heading }, columns) =>
      truncate(styled(heading, skillTexts.brokenSkills), columns)
    lines.push({ id: null, draw })
  }
  for (const problem of problems) {
    lines.push({
      id: problem.path,
      draw({ selection, error }, columns) {
        const name = cleanLine(skillPath(problem.path, directory))
        return selected?.id === problem.path
          ? styled(selection, fitRow(`▸ ✗ ${name}`, columns))
          : truncate(styled(error, `  ✗ ${name}`), columns)
      },
    })
  }
  return lines
}

/** The lines around the selected one. */
function visibleSkills(state: RootState, rows: number): readonly ListedLine[] {
  const lines = listedLines(state)
  const selected = selectedItem(state)
  const at = lines.findIndex(({ id }) => id !== null && id === selected?.id)
  const top = firstAround(Math.max(0, at), rows, lines.length)
  return lines.slice(top, top + rows)
}

/** The skill in the list of the page at a place in the pane. */
export function skillIdAt(
  state: RootState,
  size: Size,
  { x, y }: Pick<Rect, 'x' | 'y'>,
): string | null {
  const { list } = divideList(size, listedLines(state).length)
  if (x < 0 || x >= list.columns || y >= list.rows) return null
  return visibleSkills(state, list.rows)[y]?.id ?? null
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
      truncate(styled(styles.error, `✗ ${cleanLine(skillPath(path, directory))}`), columns),
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
      styled(
        styles.muted,
        [cleanLine(skillPath(path, directory)), marks].filter(Boolean).join('  '),
      ),
      columns,
    ),
    EMPTY_ROW,
    ...wrap(styled(styles.text, cleanLine(description)), columns),
    EMPTY_ROW,
    ...renderMarkdown(body, columns, options),
  ]
}

/** What a skill is, and how to create the first one. */
function emptyPage(
  { session }: RootState,
  columns: number,
  { styles, message }: PaneOptions,
): readonly Row[] {
  return [
    ...emptyRows(session, columns, styles),
    EMPTY_ROW,
    ...wrap(styled(styles.text, message(skillTexts.first)), columns, { indent: MARGIN }),
  ]
}

export function skillsPage(state: RootState, size: Size, options: PaneOptions): readonly Row[] {
  const { found, problems } = state.session.skills
  if (found.length + problems.length === 0) return emptyPage(state, size.columns, options)
  const places = divideList(size, listedLines(state).length)
  const { columns, rows } = places.list
  const list = visibleSkills(state, rows).map((line) => line.draw(options.styles, columns))
  const text = visibleRows(
    skillDetail(state, places.detail.columns, options),
    state.workbench.scroll.skills,
    places.detail.rows,
  ).rows
  return listAndDetail(list, text, places, options.styles)
}
