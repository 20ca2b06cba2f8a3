import { expect } from 'chai'
import { normalizeRule, parseRule } from '../../../lib/permissions/rules/rule.ts'
import { joinRules, splitRuleList } from '../../../lib/permissions/rules/rule-list.ts'

describe('A rule', () => {
  it('is parsed into a tool and an optional payload', () => {
    expect(parseRule('Grep')).to.deep.equal({ tool: 'Grep', payload: null })
    expect(parseRule(' Bash(npm run test:*) ')).to.deep.equal({
      tool: 'Bash',
      payload: 'npm run test:*',
    })
    expect(parseRule('Bash(echo (x,y))')).to.deep.equal({ tool: 'Bash', payload: 'echo (x,y)' })
  })

  it('is not valid with unbalanced parentheses or an invalid tool name', () => {
    for (const text of [
      'Bash(npm test',
      'Bash npm test',
      'Bash(npm test))',
      'Bash(a) x',
      '',
      '(a)',
      '-x',
    ]) {
      expect(parseRule(text), text).to.equal(null)
    }
  })

  it('for Edit matches every tool that edits', () => {
    expect(parseRule('MultiEdit(src/**)')).to.deep.equal({ tool: 'Edit', payload: 'src/**' })
    expect(parseRule('NotebookEdit')).to.deep.equal({ tool: 'Edit', payload: null })
  })

  it('has one canonical spelling', () => {
    const ways = [
      'MultiEdit(src/**)',
      'Read(src\\a\\b)',
      'Read(c:\\x\\y)',
      "Bash(bash -lc 'npm test')",
    ]
    expect(ways.map(normalizeRule)).to.deep.equal([
      'Edit(src/**)',
      'Read(src/a/b)',
      'Read(C:/x/y)',
      'Bash(npm test)',
    ])
  })
})

describe('Rules of the command line', () => {
  it('are split at commas outside of parentheses', () => {
    expect(splitRuleList('Read, Bash(a,b),,Bash(npm run x:*)')).to.deep.equal([
      'Read(**)',
      'Bash(a,b)',
      'Bash(npm run x:*)',
    ])
  })

  it('cover every call of a tool when they name only the tool', () => {
    expect(splitRuleList('Bash,Edit,WebFetch')).to.deep.equal(['Bash(:*)', 'Edit(**)', 'WebFetch'])
  })

  it('are added to the rules of the settings with their source', () => {
    const lists = { allow: [{ text: 'Grep', source: 'user' as const }], deny: [], ask: [] }
    expect(joinRules(lists, ['Bash(ls:*)'], ['Write'])).to.deep.equal({
      allow: [
        { text: 'Grep', source: 'user' },
        { text: 'Bash(ls:*)', source: 'flag' },
      ],
      deny: [{ text: 'Write(**)', source: 'flag' }],
      ask: [],
    })
  })
})
