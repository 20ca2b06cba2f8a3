import { expect } from 'chai'
import { ruleErrors } from '../../lib/permissions/messages.ts'
import { checkRule } from '../../lib/permissions/rules/check-rule.ts'
import { suggest } from '../../lib/permissions/suggest.ts'
import { NO_RULES, type Policy } from '../../lib/permissions/types.ts'
import { emptyFacts, IMAGINARY_BOUNDS } from '../support/file-facts.ts'
import { requestFor } from '../support/permission-requests.ts'

const policy: Policy = {
  mode: 'default',
  rules: NO_RULES,
  bounds: IMAGINARY_BOUNDS,
}

const suggestFor = (tool: string, args: object, given = policy): Promise<unknown> =>
  suggest(given, requestFor(tool, args, '/p', '/h'), emptyFacts())

const suggestForCommand = (command: string): Promise<unknown> => suggestFor('Bash', { command })

describe('A suggested rule', () => {
  it('covers what a command does, not every argument', async () => {
    expect(await suggestForCommand('git push origin main')).to.deep.equal({
      rule: 'Bash(git push:*)',
      scope: 'project',
    })
    expect(await suggestForCommand('npm run build -- --x')).to.deep.equal({
      rule: 'Bash(npm run build:*)',
      scope: 'project',
    })
    expect(await suggestForCommand('make -j4 all')).to.deep.equal({
      rule: 'Bash(make -j4 all)',
      scope: 'project',
    })
  })

  it('covers the command of a line that requires approval', async () => {
    expect(await suggestForCommand('cd src && npm ci | tail -3')).to.deep.equal({
      rule: 'Bash(npm ci:*)',
      scope: 'project',
    })
  })

  it('is the complete line when no smaller rule covers it', async () => {
    const line = 'git add . && git commit -m x'
    expect(await suggestForCommand(line)).to.deep.equal({ rule: `Bash(${line})`, scope: 'project' })
    expect(await suggestForCommand('X=1 npm test')).to.deep.equal({
      rule: 'Bash(X=1 npm test)',
      scope: 'project',
    })
  })

  it('is never a line that ends in a wildcard, which would be one of the rule', async () => {
    for (const line of [
      'docker run *',
      'ruby -e *',
      'npm run *',
      'touch ./src/*',
      './deploy prod:*',
    ])
      expect(await suggestForCommand(line), line).to.equal(null)
    const parts = await suggestForCommand('git add . && touch ./src/*')
    expect(parts).to.equal(null)
  })

  it('is the complete line where the next word is a program or a setting of any kind', async () => {
    for (const line of [
      'yarn node x',
      'yarn workspace a run b',
      'npm config set a b',
      'npm init x',
    ])
      expect(await suggestForCommand(line)).to.deep.equal({
        rule: `Bash(${line})`,
        scope: 'project',
      })
  })

  it('is only the complete line of what loses, publishes or grants something', async () => {
    for (const line of [
      'gh repo delete x',
      'gh pr merge 12',
      'gh api repos/x/y -X DELETE',
      'gh secret set X',
      'git clean -d',
      'git config core.editor vim',
      'git reset HEAD~1',
      'git stash drop',
      'git branch -D x',
      'git push origin :x',
      'git push -d origin x',
      'git checkout -- .',
      'npm publish',
    ])
      expect(await suggestForCommand(line), line).to.deep.equal({
        rule: `Bash(${line})`,
        scope: 'project',
      })
    for (const [line, rule] of [
      ['git checkout -b x', 'git checkout:*'],
      ['git push -u origin x', 'git push:*'],
      ['git stash pop', 'git stash:*'],
      ['gh pr create', 'gh pr create:*'],
      ['npm install x', 'npm install:*'],
    ])
      expect(await suggestForCommand(line ?? ''), line).to.deep.equal({
        rule: `Bash(${rule})`,
        scope: 'project',
      })
  })

  it('is not suggested for commands that a person should approve each time', async () => {
    for (const line of [
      'rm x',
      'ls; sudo ls',
      'git push --force',
      'find . -exec rm {} ;',
      'x -f',
      'ls "',
    ]) {
      expect(await suggestForCommand(line), line).to.equal(null)
    }
    expect(await suggestFor('ExitPlanMode', {})).to.equal(null)
  })

  it('covers the directory of a file', async () => {
    expect(await suggestFor('Edit', { file_path: 'src/a.ts' })).to.deep.equal({
      rule: 'Edit(src/**)',
      scope: 'project',
    })
    expect(await suggestFor('MultiEdit', { file_path: 'a.ts' })).to.deep.equal({
      rule: 'Edit(**)',
      scope: 'project',
    })
    expect(await suggestFor('Write', { file_path: 'src/a.ts' })).to.deep.equal({
      rule: 'Write(src/**)',
      scope: 'session',
    })
    expect(await suggestFor('Read', { file_path: '/opt/x/y' })).to.deep.equal({
      rule: 'Read(//opt/x/**)',
      scope: 'project',
    })
    expect(await suggestFor('Grep', { pattern: 'x', path: '/opt' })).to.deep.equal({
      rule: 'Grep(//opt/**)',
      scope: 'project',
    })
  })

  it('names a protected file exactly', async () => {
    expect(await suggestFor('Write', { file_path: '.git/config' })).to.deep.equal({
      rule: 'Write(.git/config)',
      scope: 'project',
    })
  })

  it('is not suggested when a rule denies the call', async () => {
    const deny = [{ text: 'Bash(git push:*)', source: 'user' as const }]
    expect(
      await suggestFor(
        'Bash',
        { command: 'git push' },
        { ...policy, rules: { ...NO_RULES, deny } },
      ),
    ).to.equal(null)
  })

  it('is for this session where an ask rule requires approval', async () => {
    const ask = [{ text: 'Bash(git push:*)', source: 'user' as const }]
    const given = { ...policy, rules: { ...NO_RULES, ask } }
    expect(await suggestFor('Bash', { command: 'git push' }, given)).to.deep.equal({
      rule: 'Bash(git push:*)',
      scope: 'session',
    })
  })
})

describe('A rule written by a person', () => {
  it('is checked, and its error is reported', () => {
    expect(checkRule('Bash(npm test:*)')).to.equal(null)
    expect(checkRule('Edit(src/**)')).to.equal(null)
    expect(checkRule('Bash(npm test')).to.equal(ruleErrors.malformed)
    expect(checkRule('Bash (npm test)')).to.equal(ruleErrors.malformed)
    expect(checkRule('no rule')).to.equal(ruleErrors.malformed)
    expect(checkRule('Bash( )')).to.equal(ruleErrors.emptyParentheses)
    expect(checkRule('Bash(a && b:*)')).to.equal(ruleErrors.matchesNoCommand)
    expect(checkRule('*(x)')).to.equal(ruleErrors.parenthesesAfterStar)
  })
})
