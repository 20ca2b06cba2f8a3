import { Readable } from 'node:stream'
import { expect } from 'chai'
import { checkPermissions } from '../../bin/commands/permissions.ts'
import { checkLine, type ToRequest } from '../../lib/permissions/check-jsonl.ts'
import { requestFor } from '../support/permission-requests.ts'

const check = (line: string): unknown => JSON.parse(checkLine(line, requestFor, (path) => path))

const call = (more: object): string =>
  JSON.stringify({ tool: 'Bash', args: { command: 'npm test' }, cwd: '/p', home: '/h', ...more })

describe('a checked line', () => {
  it('is answered with the decision, the rule and the reason', () => {
    expect(check(call({ rules: { allow: ['Bash(npm test)'] }, mode: 'default' }))).to.deep.equal({
      decision: 'allow',
      rule: 'Bash(npm test)',
      because: 'A rule allows exactly this line.',
    })
    expect(check(call({ mode: 'plan' }))).to.deep.equal({
      decision: 'deny',
      rule: null,
      because: 'Plan mode changes nothing, and this may not only read.',
    })
  })

  it('names the part that the answer is about', () => {
    const args = { command: 'ls && npm publish' }
    expect(check(call({ args }))).to.deep.equal({
      decision: 'ask',
      rule: null,
      because: 'No rule allows it, and it may do more than read: npm publish',
    })
    expect(check(call({ tool: 'Read', args: { file_path: '../x' } }))).to.deep.equal({
      decision: 'ask',
      rule: null,
      because: 'It reads outside the project: /x',
    })
  })

  it('may bring the rules of a session and of the command line', () => {
    const rules = { ask: ['Bash(npm test)'] }
    expect(check(call({ rules }))).to.include({ decision: 'ask' })
    expect(check(call({ rules, session: { allow: ['Bash(npm test)'] } }))).to.include({
      decision: 'allow',
    })
    expect(check(call({ rules, cliAllow: 'Read,Bash(npm test:*)' }))).to.include({
      decision: 'allow',
      rule: 'Bash(npm test:*)',
    })
    expect(check(call({ cliAllow: 'Bash', cliDeny: 'Bash(npm:*)' }))).to.include({
      decision: 'deny',
    })
  })

  it('is judged on Windows, where capitals and slashes make no difference', () => {
    const edit = (file_path: string, rule: string): unknown =>
      check(
        call({
          tool: 'Edit',
          args: { file_path, old_string: 'a', new_string: 'b' },
          rules: { allow: [rule] },
          cwd: 'C:\\Users\\Ada\\app',
          home: 'C:\\Users\\Ada',
        }),
      )
    for (const rule of [
      'Edit(src/**)',
      'Edit(SRC\\**)',
      'Edit(C:/Users/Ada/app/src/**)',
      'Edit(//c:/users/ada/app/**)',
      'Edit(/C:\\Users\\Ada\\app\\src\\**)',
    ]) {
      for (const file of ['src\\a.ts', 'src/a.ts', 'c:\\users\\ada\\app\\src\\a.ts']) {
        expect(edit(file, rule), `${rule} ${file}`).to.include({ decision: 'allow', rule })
      }
      for (const file of ['D:\\src\\a.ts', '..\\src\\a.ts', 'C:\\Users\\Ada\\app2\\src\\a.ts']) {
        expect(edit(file, rule), `${rule} ${file}`).to.include({ decision: 'ask' })
      }
    }
    expect(edit('.git\\config', 'Edit')).to.include({ decision: 'ask' })
  })

  it('finds what is denied in the arguments of other models', () => {
    const deny = ['Bash(rm:*)', 'Read(.env)', 'Edit(.env)']
    const bypass = { rules: { deny }, mode: 'bypassPermissions' }
    const patch = '*** Begin Patch\n*** Update File: .env\n*** End Patch'
    for (const more of [
      { tool: 'shell', args: { command: ['bash', '-lc', 'rm x'] } },
      { tool: 'exec_command', args: { cmd: 'ls; rm x' } },
      { tool: 'read_file', args: { target_file: '.env' } },
      { tool: 'ApplyPatch', args: { input: patch } },
    ]) {
      expect(check(call({ ...bypass, ...more })), more.tool).to.include({ decision: 'deny' })
    }
    const list = { tool: 'Bash', args: { command: ['ls'] } }
    expect(check(call(list))).to.include({ decision: 'ask' })
    expect(check(call({ ...list, mode: 'bypassPermissions' }))).to.include({ decision: 'allow' })
    expect(check(call({ tool: 'Read', args: { file: '/etc/passwd' } }))).to.include({
      decision: 'ask',
    })
  })

  it('takes no rule from what is no text', () => {
    expect(check(call({ rules: { allow: [null, 1, {}], deny: 'x', ask: null } }))).to.include({
      decision: 'ask',
    })
  })

  it('is asked about, with the reason, when it cannot be read', () => {
    for (const line of [
      '',
      '{',
      '[]',
      '{}',
      call({ cwd: 'p' }),
      call({ mode: 'x' }),
      call({ rules: 1 }),
    ]) {
      expect(check(line), line).to.have.all.keys('decision', 'rule', 'because', 'error')
    }
  })

  it('is asked about when the command is no text', () => {
    const toRequest: ToRequest = (tool) => ({
      tool,
      access: 'execute',
      // What a border that trusts its input would let through.
      subject: JSON.parse('{"type":"command","command":["rm"]}'),
    })
    expect(JSON.parse(checkLine(call({}), toRequest, (path) => path))).to.include({
      decision: 'ask',
    })
  })

  it('is judged by name when no tool takes the arguments', () => {
    const judged = (more: object): unknown =>
      JSON.parse(
        checkLine(
          call({ tool: 'X', ...more }),
          () => null,
          (path) => path,
        ),
      )
    expect(judged({})).to.include({ decision: 'ask' })
    expect(judged({ mode: 'bypassPermissions' })).to.include({ decision: 'allow' })
    expect(judged({ rules: { deny: ['X'] } })).to.include({ decision: 'deny', rule: 'X' })
  })

  it('is answered in its place, broken and empty lines among them', async () => {
    const answers: string[] = []
    const lines = [call({}), '', '{', call({ mode: 'bypassPermissions' }), '', '']
    await checkPermissions(Readable.from([lines.join('\n')]), (line) => answers.push(line))
    expect(answers.map((line) => JSON.parse(line).decision)).to.deep.equal([
      'ask',
      'ask',
      'ask',
      'allow',
    ])
  })
})
