import { expect } from 'chai'
import { decide } from '../../lib/permissions/decide.ts'
import { reasons } from '../../lib/permissions/messages.ts'
import { examineRule } from '../../lib/permissions/rules/examine-rule.ts'
import { suggest } from '../../lib/permissions/suggest.ts'
import type { PermissionMode, Policy } from '../../lib/permissions/types.ts'
import { emptyFacts, IMAGINARY_BOUNDS } from '../support/file-facts.ts'

interface Given {
  readonly allow?: readonly string[]
  readonly ask?: readonly string[]
  readonly deny?: readonly string[]
  readonly mode?: PermissionMode
  readonly reviewsMemory?: boolean
}

const policyOf = ({ allow, ask, deny, mode = 'default', reviewsMemory = false }: Given): Policy => {
  const rules = (texts: readonly string[] = []) =>
    texts.map((text) => ({ text, source: 'user' as const }))
  return {
    mode,
    rules: { allow: rules(allow), ask: rules(ask), deny: rules(deny) },
    bounds: IMAGINARY_BOUNDS,
    reviewsMemory,
  }
}

const requestOf = (...labels: readonly string[]) =>
  ({ tool: 'memory_insert', access: 'write', subject: { type: 'memory', labels } }) as const

const decideOn = async (given: Given, ...labels: readonly string[]): Promise<string> =>
  (await decide(policyOf(given), requestOf(...labels), emptyFacts())).decision

describe('A decision about memory', () => {
  it('allows every change without a rule, and asks about all of them by a setting', async () => {
    expect(await decideOn({}, 'human')).to.equal('allow')
    expect(await decideOn({ reviewsMemory: true }, 'human')).to.equal('ask')
    expect(await decideOn({ mode: 'acceptEdits', reviewsMemory: true }, 'human')).to.equal('ask')
    expect(await decideOn({ mode: 'bypassPermissions', reviewsMemory: true }, 'human')).to.equal(
      'allow',
    )
  })

  it('matches a rule with the label of a block, with a star, and without a label', async () => {
    const ask = ['Memory(human)', 'Memory(project/*)']
    expect(await decideOn({ ask }, 'human')).to.equal('ask')
    expect(await decideOn({ ask }, 'persona')).to.equal('allow')
    expect(await decideOn({ ask }, 'humanity')).to.equal('allow')
    expect(await decideOn({ ask }, 'project/style')).to.equal('ask')
    expect(await decideOn({ ask }, 'projects')).to.equal('allow')
    expect(await decideOn({ ask: ['Memory'] }, 'anything')).to.equal('ask')
    expect(await decideOn({ ask: ['Memory(a.b)'] }, 'axb')).to.equal('allow')
  })

  it('compares the label of a rule that denies or asks in every case and form, and of one that allows as it is written', async () => {
    const labels = ['HUMAN', 'Human', 'hum\u200ban', '\u017fkills']
    const rules = ['Memory(human)', 'Memory(Skills)']
    for (const label of labels) {
      expect(await decideOn({ deny: rules, allow: ['Memory'] }, label), label).to.equal('deny')
      expect(await decideOn({ ask: rules }, label), label).to.equal('ask')
      const reviewed = { allow: rules, reviewsMemory: true }
      expect(await decideOn(reviewed, label), label).to.equal('ask')
    }
    expect(await decideOn({ ask: ['Memory(Project/*)'] }, 'project/style')).to.equal('ask')
    expect(await decideOn({ deny: rules }, 'humane')).to.equal('allow')
  })

  it('prefers deny to ask, and ask to allow, for the strictest of several blocks', async () => {
    const given = { deny: ['Memory(persona)'], ask: ['Memory(human)'], allow: ['Memory'] }
    expect(await decideOn(given, 'human')).to.equal('ask')
    expect(await decideOn(given, 'human', 'persona')).to.equal('deny')
    expect(await decideOn(given, 'project')).to.equal('allow')
    expect(await decideOn({ ...given, mode: 'bypassPermissions' }, 'persona')).to.equal('deny')
  })

  it('lets a rule allow one block although all are reviewed', async () => {
    const given = { allow: ['Memory(project)'], reviewsMemory: true }
    expect(await decideOn(given, 'project')).to.equal('allow')
    expect(await decideOn(given, 'human')).to.equal('ask')
  })

  it('denies changes in plan mode', async () => {
    const verdict = await decide(
      policyOf({ mode: 'plan', allow: ['Memory'] }),
      requestOf('human'),
      emptyFacts(),
    )
    expect(verdict).to.include({ decision: 'deny', because: reasons.memoryInPlanMode })
  })

  it('binds calls of each memory tool by a rule with its name', async () => {
    expect(await decideOn({ deny: ['memory_replace'] }, 'human')).to.equal('deny')
    expect(await decideOn({ deny: ['core_memory_append(human)'] }, 'human')).to.equal('deny')
    expect(await decideOn({ deny: ['*'] }, 'human')).to.equal('deny')
  })

  it('asks about a call that names no block when a rule is about all', async () => {
    expect(await decideOn({ ask: ['Memory(human)'] })).to.equal('allow')
    expect(await decideOn({ ask: ['Memory'] })).to.equal('ask')
  })

  it('suggests a rule for the block', async () => {
    const policy = policyOf({ reviewsMemory: true })
    expect(await suggest(policy, requestOf('human'), emptyFacts())).to.deep.equal({
      rule: 'Memory(human)',
      scope: 'user',
    })
    expect(await suggest(policy, requestOf('what I (know)'), emptyFacts())).to.deep.equal({
      rule: 'Memory',
      scope: 'session',
    })
  })

  it('is known to the examination of rules', () => {
    expect(examineRule('Memory(human)', 'deny')).to.equal(null)
    expect(examineRule('Memory', 'ask')).to.equal(null)
    expect(examineRule('Memry(human)', 'deny')?.meant).to.equal('Memory(human)')
  })
})
