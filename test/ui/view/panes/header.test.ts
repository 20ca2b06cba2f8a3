import { expect } from 'chai'
import { header } from '../../../../ui/view/panes/header.ts'
import { type Fact, FINISHED, given, OPENED, rowsOf, WAITING } from './scene.ts'

const row = (columns: number, ...facts: readonly Fact[]) =>
  rowsOf(header, given({ columns, rows: 40 }, ...facts), columns, 1)[0]

describe('The header', () => {
  it('shows the directory, the pages with what is new on them, the model and the context window', () => {
    expect(row(100, ...FINISHED)).to.match(
      /^ engine {4}1 Chat {2}2 Memory ●1 {2}4 Skills !1 {4,}claude-sonnet-4-5 {3}▌░{7} {3}12\.3k\/200k$/,
    )
    expect(row(60, ...WAITING)).to.include('1 Chat ?1')
  })

  it('shows the branch, and how many files differ from the last commit', () => {
    const git = (branch: string, changed: number | null): Fact => ({
      type: 'git.changed',
      status: { branch, changed },
    })
    expect(row(100, git('main', 3))).to.match(/^ engine {3}⎇ main ✱3 {4}1 Chat/)
    expect(row(100, git('main', 0))).to.match(/⎇ main {4}1 Chat/)
    expect(row(100, git('main', null))).to.match(/⎇ main {4}1 Chat/)
    expect(row(100, git(`long-${'x'.repeat(40)}`, 1))).to.match(/⎇ long-x{18}… ✱1 /)
  })

  it('drops the least important parts first when it is narrow', () => {
    const shown = (columns: number) =>
      row(columns, ...FINISHED)
        ?.trim()
        .split(/ {3,}/)
    const tabs = '1 Chat  2 Memory ●1  4 Skills !1'
    expect(shown(90)).to.deep.equal(['engine', tabs, 'claude-sonnet-4-5', '▌░░░░░░░', '12.3k/200k'])
    expect(shown(80)).to.deep.equal(['engine', tabs, 'claude-sonnet-4-5', '12.3k/200k'])
    expect(shown(70)).to.deep.equal([tabs, 'claude-sonnet-4-5', '12.3k/200k'])
    expect(shown(60)).to.deep.equal([tabs, '12.3k/200k'])
    expect(shown(40)).to.deep.equal([tabs])
    expect(shown(24)).to.deep.equal(['1 Chat  2  4'])
    expect(row(8, ...FINISHED)).to.equal('  1 Cha…')
  })

  it('marks the open page without moving the others', () => {
    const at = (page: 'chat' | 'memory') => row(100, ...OPENED, { type: 'page.opened', page })
    expect(at('memory')).to.equal(at('chat'))
  })
})
