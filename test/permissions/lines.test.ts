import { expect } from 'chai'
import { decide } from '../../lib/permissions/decide.ts'
import type { PermissionMode, PermissionRule, Verdict } from '../../lib/permissions/types.ts'
import { requestFor } from '../support/permission-requests.ts'
import {
  addLinks,
  createProjectDirectory,
  type ProjectDirectory,
} from '../support/project-directory.ts'
import {
  ASKS,
  CHANGES,
  COVERED,
  HIDES,
  LEAVES,
  MAY_HIDE,
  RUNS,
  SPEAKS,
  UNCOVERED,
} from './lines.ts'

describe('command lines', () => {
  let folder: ProjectDirectory

  before(() => {
    folder = createProjectDirectory()
    addLinks(folder.project)
  })

  after(() => folder.remove())

  /** The lines that are not decided as they must be. */
  function wrong(
    lines: readonly string[],
    wanted: Verdict['decision'],
    {
      mode = 'default',
      allow = [],
      deny = [],
    }: { mode?: PermissionMode; allow?: string[]; deny?: string[] } = {},
  ): readonly string[] {
    const list = (texts: readonly string[]): readonly PermissionRule[] =>
      texts.map((text) => ({ text, source: 'user' }))
    const rules = { allow: list(allow), deny: list(deny), ask: [] }
    return lines.filter((line) => {
      const command = line.replaceAll('@PROJECT@', folder.project)
      const request = requestFor('Bash', { command }, folder.project, folder.home)
      return decide({ mode, rules, ground: folder.ground }, request).decision !== wanted
    })
  }

  it('that only look at the project run unasked', () => {
    expect(wrong(RUNS, 'allow')).to.deep.equal([])
  })

  it('that may do anything else are asked about', () => {
    expect(wrong(ASKS, 'ask')).to.deep.equal([])
  })

  it('that may do anything else are refused while planning', () => {
    expect(wrong(ASKS, 'deny', { mode: 'plan' })).to.deep.equal([])
    expect(wrong(RUNS, 'allow', { mode: 'plan' })).to.deep.equal([])
  })

  it('that run a denied program are denied, however they are written', () => {
    const deny = ['Bash(rm:*)']
    expect(wrong(HIDES, 'deny', { deny })).to.deep.equal([])
    expect(wrong(HIDES, 'deny', { deny, mode: 'bypassPermissions' })).to.deep.equal([])
  })

  it('that only speak of a denied program are not denied', () => {
    const deny = ['Bash(rm:*)', 'Bash(git push:*)', 'Read(.env)']
    expect(wrong(SPEAKS, 'allow', { deny, mode: 'bypassPermissions' })).to.deep.equal([])
  })

  it('that may run what is denied are asked about where everything else runs', () => {
    const deny = ['Bash(rm:*)', 'Bash(git push:*)', 'Read(.env)']
    expect(wrong(MAY_HIDE, 'ask', { deny, mode: 'bypassPermissions' })).to.deep.equal([])
  })

  it('that change a file which may not be edited are denied', () => {
    const deny = ['Edit(src/**)']
    expect(wrong(CHANGES, 'deny', { deny, mode: 'bypassPermissions' })).to.deep.equal([])
    expect(wrong(LEAVES, 'allow', { deny, mode: 'bypassPermissions' })).to.deep.equal([])
  })

  it('are all denied by a rule for the whole tool', () => {
    for (const deny of [['Bash'], ['Bash(:*)'], ['*']]) {
      expect(wrong(['ls', 'x=1', '> x', '#'], 'deny', { deny })).to.deep.equal([])
    }
  })

  it('are covered by a rule as far as its words go, and no further', () => {
    const allow = ['Bash(npm test:*)']
    expect(wrong(COVERED, 'allow', { allow })).to.deep.equal([])
    expect(wrong(UNCOVERED, 'ask', { allow })).to.deep.equal([])
  })
})
