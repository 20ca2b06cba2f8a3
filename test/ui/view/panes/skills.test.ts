import { expect } from 'chai'
import type { Skill } from '../../../../lib/skills/skill.ts'
import { makeStyles, parseTheme } from '../../../../ui/theme/theme.ts'
import { orderedSkills, selectedSkill } from '../../../../ui/view/panes/skill-items.ts'
import { skills } from '../../../../ui/view/panes/skills.ts'
import { rowText } from '../../../../ui/view/render/row.ts'
import type { ViewOptions } from '../../../../ui/view/view.ts'
import { type Fact, formatScenes, given, optionsFor, rowsOf, shipped, skill } from './scene.ts'

const SIZE = { columns: 120, rows: 40 }
const found = (list: readonly Skill[], ...broken: readonly string[]): Fact => ({
  type: 'skills.found',
  directory: '/p/.skills',
  found: list,
  problems: broken.map((path) => ({ path: `/p/.skills/${path}`, message: 'no front matter' })),
})
const list = [
  skill('letters', 'Write letters', null),
  skill('release', 'Cut a release', 'Project'),
  skill('maths', 'Do sums', 'Other'),
  skill('bisect', 'Find the commit', 'Project'),
]
const focused: Fact = { type: 'focus.moved', to: 'skills' }

describe('The skills pane', () => {
  before(formatScenes)

  it('groups skills by category, those without one last, and lists defective ones', () => {
    const state = given(SIZE, found(list, 'broken/SKILL.MD'))
    expect(rowsOf(skills, state, 40)).to.deep.equal([
      'Project',
      '  release  Cut a release',
      '  bisect   Find the commit',
      'Other',
      '  maths    Do sums',
      '  letters  Write letters',
      '✗ broken/SKILL.MD: no front matter',
    ])
    expect(skills.render(state, SIZE, optionsFor(state)).note).to.equal('4 skills · 1 broken')
    expect(orderedSkills(list).map(({ id }) => id)).to.deep.equal([
      'release',
      'bisect',
      'maths',
      'letters',
    ])
  })

  it('has no heading above skills of which none has a category', () => {
    const state = given(SIZE, found([skill('letters', 'Write letters', null)]))
    expect(rowsOf(skills, state, 40)).to.deep.equal(['  letters  Write letters'])
  })

  it('shows in full why a skill is invalid as long as rows are free', () => {
    const message = 'front matter, line 3: a list that begins with [ is not closed'
    const facts: Fact = {
      type: 'skills.found',
      directory: '/p/.skills',
      found: list,
      problems: [{ path: '/p/.skills/broken/SKILL.MD', message }],
    }
    const state = given(SIZE, facts)
    expect(rowsOf(skills, state, 40, 12).slice(6)).to.deep.equal([
      '✗ broken/SKILL.MD: front matter, line',
      '  3: a list that begins with [ is not',
      '  closed',
    ])
    expect(rowsOf(skills, state, 40, 8).slice(6)).to.deep.equal([
      '✗ broken/SKILL.MD: front matter, line …',
    ])
  })

  it('is drawn again when the theme that it is drawn with is replaced', () => {
    const state = given(SIZE, found(list, 'broken/SKILL.MD'))
    const options: { -readonly [Key in keyof ViewOptions]: ViewOptions[Key] } = optionsFor(state)
    const before = skills.render(state, SIZE, options).rows
    options.styles = makeStyles(
      parseTheme(shipped('themes')('light'), 'light', shipped('themes')),
      'truecolor',
    )
    const after = skills.render(state, SIZE, options).rows
    expect(after.map(rowText)).to.deep.equal(before.map(rowText))
    expect(after[0]).to.not.deep.equal(before[0])
  })

  it('expands the selected skill while the pane has the focus', () => {
    const tagged = { ...skill('bisect', 'Find the commit', 'Project'), tags: ['git', 'tests'] }
    const state = given(SIZE, found([tagged]), focused)
    expect(rowsOf(skills, state, 40)).to.deep.equal([
      'Project',
      '▸ bisect',
      '    Find the commit',
      '    #git #tests',
      '',
      '    bisect',
      '    ──────',
      '',
      '    How to.',
      '',
    ])
  })

  it('shows the beginning of a long skill, and the number of further lines', () => {
    const body = Array.from({ length: 40 }, (_, index) => `- step ${index}`).join('\n')
    const state = given(SIZE, found([{ ...skill('long', 'Long', 'A'), body }]), focused)
    expect(rowsOf(skills, state, 40)).to.include('    … 16 more rows')
  })

  it('selects the first skill until another is selected', () => {
    expect(selectedSkill(given(SIZE, found(list)))?.id).to.equal('release')
    const chosen: Fact = { type: 'skill.selected', id: 'maths' }
    expect(selectedSkill(given(SIZE, found(list), chosen))?.id).to.equal('maths')
    expect(selectedSkill(given(SIZE))).to.equal(null)
  })

  it('has the list above the text of the selected skill on a narrow page, and next to it on a wide one', () => {
    const page: Fact = { type: 'page.opened', page: 'skills' }
    const state = given(SIZE, found(list, 'broken/SKILL.MD'), page)
    expect(rowsOf(skills, state, 40, 12)).to.deep.equal(
      [
        'Project',
        '▸ release  Cut a release',
        '  bisect   Find the commit',
        'Other',
        '─'.repeat(40),
        'release',
        '/home/ada/engine/.skills/release/SKILL.MD',
        '',
        'Cut a release',
        '',
        'release',
        '───────',
      ].map((line) => (line.length > 40 ? `${line.slice(0, 39)}…` : line)),
    )
    expect(rowsOf(skills, state, 120, 12)[1]).to.match(/^▸ release {2}Cut a release +│ \/home/)
  })

  it('shows where to put a skill when there is none', () => {
    expect(rowsOf(skills, given(SIZE, found([])), 60)).to.deep.equal([
      '  No skills. Add /p/.skills/<name>/SKILL.MD',
    ])
  })

  it('shows that place relative to the project when it is inside', () => {
    const inside = { ...found([]), directory: '/home/ada/engine/.skills' }
    expect(rowsOf(skills, given(SIZE, inside), 60)).to.deep.equal([
      '  No skills. Add .skills/<name>/SKILL.MD',
    ])
  })
})
