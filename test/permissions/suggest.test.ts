import { expect } from 'chai'
import { checkRule, suggest } from '../../lib/permissions/suggest.ts'
import { NO_RULES, type Policy } from '../../lib/permissions/types.ts'
import { requestFor } from '../support/permission-requests.ts'

const policy: Policy = {
  mode: 'default',
  rules: NO_RULES,
  ground: { directory: '/p', home: '/h', readable: [], resolve: (path) => path },
}

const offered = (tool: string, args: object, given = policy): unknown =>
  suggest(given, requestFor(tool, args, '/p', '/h'))

const forLine = (command: string): unknown => offered('Bash', { command })

describe('an offered rule', () => {
  it('names what a command does, not its every argument', () => {
    expect(forLine('git push origin main')).to.deep.equal({
      rule: 'Bash(git push:*)',
      scope: 'project',
    })
    expect(forLine('npm run build -- --x')).to.deep.equal({
      rule: 'Bash(npm run build:*)',
      scope: 'project',
    })
    expect(forLine('make -j4 all')).to.deep.equal({ rule: 'Bash(make -j4 all)', scope: 'project' })
  })

  it('speaks of the part that must be asked about', () => {
    expect(forLine('cd src && npm ci | tail -3')).to.deep.equal({
      rule: 'Bash(npm ci:*)',
      scope: 'project',
    })
  })

  it('is the whole line when no smaller rule covers it', () => {
    const line = 'git add . && git commit -m x'
    expect(forLine(line)).to.deep.equal({ rule: `Bash(${line})`, scope: 'project' })
    expect(forLine('X=1 npm test')).to.deep.equal({ rule: 'Bash(X=1 npm test)', scope: 'project' })
  })

  it('is withheld for what should be looked at each time', () => {
    for (const line of [
      'rm x',
      'ls; sudo ls',
      'git push --force',
      'find . -exec rm {} ;',
      'x -f',
      'ls "',
    ]) {
      expect(forLine(line), line).to.equal(null)
    }
    expect(offered('ExitPlanMode', {})).to.equal(null)
  })

  it('speaks of the folder of a file', () => {
    expect(offered('Edit', { file_path: 'src/a.ts' })).to.deep.equal({
      rule: 'Edit(src/**)',
      scope: 'project',
    })
    expect(offered('MultiEdit', { file_path: 'a.ts' })).to.deep.equal({
      rule: 'Edit(**)',
      scope: 'project',
    })
    expect(offered('Write', { file_path: 'src/a.ts' })).to.deep.equal({
      rule: 'Write(**)',
      scope: 'session',
    })
    expect(offered('Read', { file_path: '/opt/x/y' })).to.deep.equal({
      rule: 'Read(//opt/x/**)',
      scope: 'project',
    })
    expect(offered('Grep', { pattern: 'x', path: '/opt' })).to.deep.equal({
      rule: 'Grep(//opt/**)',
      scope: 'project',
    })
  })

  it('names a file that grants or runs by itself', () => {
    expect(offered('Write', { file_path: '.git/config' })).to.deep.equal({
      rule: 'Write(.git/config)',
      scope: 'project',
    })
  })

  it('is none when a rule forbids the call', () => {
    const deny = [{ text: 'Bash(git push:*)', source: 'user' as const }]
    expect(
      offered('Bash', { command: 'git push' }, { ...policy, rules: { ...NO_RULES, deny } }),
    ).to.equal(null)
  })

  it('is of this session where a file always wants to be asked', () => {
    const ask = [{ text: 'Bash(git push:*)', source: 'user' as const }]
    const given = { ...policy, rules: { ...NO_RULES, ask } }
    expect(offered('Bash', { command: 'git push' }, given)).to.deep.equal({
      rule: 'Bash(git push:*)',
      scope: 'session',
    })
  })
})

describe('a rule that a person wrote', () => {
  it('is told what is wrong with it', () => {
    expect(checkRule('Bash(npm test:*)')).to.equal(null)
    expect(checkRule('Edit(src/**)')).to.equal(null)
    expect(checkRule('Bash(npm test')).to.be.a('string')
    expect(checkRule('Bash( )')).to.be.a('string')
    expect(checkRule('no rule')).to.be.a('string')
  })
})
