import { expect } from 'chai'
import { header } from '../../../../ui/view/panes/header.ts'
import { type Fact, FINISHED, given, OPENED, rowsOf, WAITING } from './scene.ts'

const row = (columns: number, ...facts: readonly Fact[]) =>
  rowsOf(header, given({ columns, rows: 40 }, ...facts), columns, 1)[0] ?? ''
/** The parts of the row; `tabs` for all pages with their names. */
const parts = (columns: number, ...facts: readonly Fact[]) =>
  row(columns, ...facts)
    .replace(/1 Chat.*6 Agents/, 'tabs')
    .trim()
    .split(/ {2,}/)

describe('The header', () => {
  it('shows the directory, the pages, the model and the context window', () => {
    expect(parts(140, ...FINISHED)).to.deep.equal([
      'engine',
      'tabs',
      'claude-sonnet-4-5',
      '▌░░░░░░░',
      '12.3k/200k',
    ])
  })

  it('shows what is new on each page', () => {
    expect(row(140, ...FINISHED)).to.match(/1 Chat {2}2 Memory ●1 .*4 Skills !1 .*5 Jobs /)
    expect(row(140, ...WAITING)).to.include('1 Chat ?1')
  })

  it('shows the branch, and how many files differ from the last commit', () => {
    const git = (branch: string, changed: number | null): Fact => ({
      type: 'git.changed',
      status: { branch, changed },
    })
    expect(row(140, git('main', 3))).to.match(/^ engine {3}⎇ main ✱3 {4}1 Chat/)
    expect(row(140, git('main', 0))).to.match(/⎇ main {4}1 Chat/)
    expect(row(140, git('main', null))).to.match(/⎇ main {4}1 Chat/)
    expect(row(140, git(`long-${'x'.repeat(40)}`, 1))).to.match(/⎇ long-x{18}… ✱1 /)
  })

  it('still shows the mark of changed files where the branch has no room next to the model', () => {
    const changed: Fact = { type: 'git.changed', status: { branch: 'main', changed: 3 } }
    expect(row(140, ...FINISHED, changed)).to.match(/⎇ main ✱3 /)
    expect(row(98, ...FINISHED, changed)).to.match(/^ ✱3 {3}1 Chat .*claude-sonnet-4-5 {2}6 %$/)
    expect(row(90, ...FINISHED, changed)).to.match(/^ ✱3 {3}1 Chat .*6 Agents +6 %$/)
  })

  it('drops the least important parts first when it is narrow', () => {
    const counts = new Set<number>()
    let before = parts(140, ...FINISHED)
    for (let columns = 139; columns > 20; columns--) {
      const shown = parts(columns, ...FINISHED)
      if (!shown.includes('tabs')) break
      expect(before).to.include.members(shown.map((part) => (part === '6 %' ? '12.3k/200k' : part)))
      counts.add(shown.length)
      before = [...shown, '12.3k/200k']
    }
    expect([...counts]).to.deep.equal([5, 4, 3, 2, 1])
    expect(row(30, ...FINISHED)).to.match(/^ {2}1 Chat {2}2 /)
    expect(row(8, ...FINISHED)).to.equal('  1 Cha…')
  })

  it('shortens the size of the context before it drops the directory, and keeps the room around the pages', () => {
    expect(row(100, ...FINISHED)).to.match(/^ engine {3}1 Chat {2}2 Memory ●1 {2}3 .* 6 %$/)
    expect(row(110, ...FINISHED)).to.match(/^ engine {4}1 Chat {2}2 Memory ●1 /)
    expect(row(80, ...FINISHED)).to.match(/^ {2}1 Chat {2}2 Memory ●1 {2}3 /)
  })

  it('shows the used share of the context window where its size has no room', () => {
    expect(row(76, ...FINISHED)).to.match(/^ {2}1 Chat {2}2 Memory ●1 {2}3 Changes .* {2}6 %$/)
  })

  it('marks the open page without moving the others', () => {
    for (const columns of [140, 100, 80]) {
      const at = (page: 'chat' | 'memory') => row(columns, ...OPENED, { type: 'page.opened', page })
      expect(at('memory')).to.equal(at('chat'))
    }
  })
})
