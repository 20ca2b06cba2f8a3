import { expect } from 'chai'
import { diffHunks } from '../../../../lib/util/unified-diff.ts'
import { renderDiff } from '../../../../ui/view/render/diff.ts'
import {
  type DiffPreview,
  type DiffView,
  PLAIN_VIEW,
} from '../../../../ui/view/render/diff-page.ts'
import { rowText } from '../../../../ui/view/render/row.ts'
import { styles } from '../panes/scene.ts'

const previewOf = (before: string, after: string): DiffPreview => ({
  type: 'diff',
  path: 'a.txt',
  created: false,
  remark: null,
  ...diffHunks(before, after),
})
const shown = (preview: DiffPreview, columns: number, view: Partial<DiffView>) =>
  renderDiff(preview, columns, { styles, formatter: null, view: { ...PLAIN_VIEW, ...view } })

describe('A diff side by side', () => {
  const before = 'one\ntwo\nthree\nfour\nfive\n'
  const after = 'one\nTWO\nTHREE\nmore\nfour\nfive\n'
  const sheet = shown(previewOf(before, after), 100, { isSplit: true })

  it('has a removed line and the added line that replaces it in one row', () => {
    const rows = sheet.rows.slice(2).map((line) =>
      rowText(line)
        .split(' │ ')
        .map((side) => side.trimEnd()),
    )
    expect(rows).to.deep.equal([
      ['1   one', '1   one'],
      ['2 - two', '2 + TWO'],
      ['3 - three', '3 + THREE'],
      ['', '4 + more'],
      ['4   four', '5   four'],
      ['5   five', '6   five'],
    ])
  })

  it('knows the rows of each changed line, and the lines of each row', () => {
    expect([0, 1, 2, 3, 4].map((line) => sheet.rowOfChangedLine(line))).to.deep.equal([
      3, 4, 3, 4, 5,
    ])
    expect([2, 3, 4, 5, 6].map((at) => sheet.changedLinesAt(at))).to.deep.equal([
      [],
      [0, 2],
      [1, 3],
      [4],
      [],
    ])
  })

  it('is shown one above the other where there is no room for two texts', () => {
    const narrow = shown(previewOf(before, after), 93, { isSplit: true })
    expect(narrow.rows.map(rowText).some((line) => line.includes('│'))).to.equal(false)
  })
})

describe('A long line of a diff', () => {
  it('is wrapped, or cut in one row', () => {
    const preview = previewOf('', `${'w'.repeat(100)}\n`)
    expect(shown(preview, 60, {}).count - shown(preview, 60, { isWrapped: false }).count).to.equal(
      1,
    )
    expect(rowText(shown(preview, 60, { isWrapped: false }).rows.at(-1) ?? [])).to.match(/w…$/)
  })
})

describe('The blanks of a diff', () => {
  it('are marked on request', () => {
    const preview = previewOf('', 'a b\tc\n')
    expect(rowText(shown(preview, 60, { showsBlanks: true }).rows.at(-1) ?? [])).to.include('a·b→')
    expect(rowText(shown(preview, 60, {}).rows.at(-1) ?? [])).to.not.include('·')
  })
})
