import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { expect } from 'chai'
import { checkLines } from '../../bin/commands/permissions.ts'
import { checkJsonLine, type ToRequest } from '../../lib/permissions/check-jsonl.ts'
import { reasons, reasonWithPart } from '../../lib/permissions/messages.ts'
import { ask } from '../../lib/permissions/verdicts.ts'
import { emptyFacts } from '../support/file-facts.ts'
import { requestFor } from '../support/permission-requests.ts'

const check = async (line: string, toRequest: ToRequest = requestFor): Promise<unknown> =>
  JSON.parse(await checkJsonLine(line, toRequest, { source: emptyFacts() }))

const call = (more: object): string =>
  JSON.stringify({ tool: 'Bash', args: { command: 'npm test' }, cwd: '/p', home: '/h', ...more })

const withPart = (reason: string, part: string): string => reasonWithPart(ask(reason, part))

describe('A line of letta permissions check', () => {
  it('is answered with the decision, the rule and the reason', async () => {
    expect(
      await check(call({ rules: { allow: ['Bash(npm test)'] }, mode: 'default' })),
    ).to.deep.equal({
      decision: 'allow',
      rule: 'Bash(npm test)',
      because: reasons.allowedByExactRule,
    })
    expect(await check(call({ mode: 'plan' }))).to.deep.equal({
      decision: 'deny',
      rule: null,
      because: reasons.deniedByPlanMode,
    })
  })

  it('is answered with the part of the call that the reason concerns', async () => {
    const args = { command: 'ls && npm publish' }
    expect(await check(call({ args }))).to.deep.equal({
      decision: 'ask',
      rule: null,
      because: withPart(reasons.noRuleNotReadOnly, 'npm publish'),
    })
    expect(await check(call({ tool: 'Read', args: { file_path: '../x' } }))).to.deep.equal({
      decision: 'ask',
      rule: null,
      because: withPart(reasons.readsOutside, '/x'),
    })
  })

  it('can contain the rules of a session and of the command line', async () => {
    const rules = { ask: ['Bash(npm test)'] }
    expect(await check(call({ rules }))).to.include({ decision: 'ask' })
    expect(await check(call({ rules, session: { allow: ['Bash(npm test)'] } }))).to.include({
      decision: 'allow',
    })
    expect(await check(call({ rules, cliAllow: 'Read,Bash(npm test:*)' }))).to.include({
      decision: 'allow',
      rule: 'Bash(npm test:*)',
    })
    expect(await check(call({ cliAllow: 'Bash', cliDeny: 'Bash(npm:*)' }))).to.include({
      decision: 'deny',
    })
  })

  it('ignores case and the kind of slash in Windows paths', async () => {
    const edit = (file_path: string, rule: string): Promise<unknown> =>
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
        expect(await edit(file, rule), `${rule} ${file}`).to.include({ decision: 'allow', rule })
      }
      for (const file of ['D:\\src\\a.ts', '..\\src\\a.ts', 'C:\\Users\\Ada\\app2\\src\\a.ts']) {
        expect(await edit(file, rule), `${rule} ${file}`).to.include({ decision: 'ask' })
      }
    }
    expect(await edit('.git\\config', 'Edit')).to.include({ decision: 'ask' })
  })

  it('is denied for a denied file or command in the arguments of other model families', async () => {
    const deny = ['Bash(rm:*)', 'Read(.env)', 'Edit(.env)']
    const bypass = { rules: { deny }, mode: 'bypassPermissions' }
    const patch = '*** Begin Patch\n*** Update File: .env\n*** End Patch'
    for (const more of [
      { tool: 'shell', args: { command: ['bash', '-lc', 'rm x'] } },
      { tool: 'exec_command', args: { cmd: 'ls; rm x' } },
      { tool: 'read_file', args: { target_file: '.env' } },
      { tool: 'ApplyPatch', args: { input: patch } },
    ]) {
      expect(await check(call({ ...bypass, ...more })), more.tool).to.include({ decision: 'deny' })
    }
    const list = { tool: 'Bash', args: { command: ['ls'] } }
    expect(await check(call(list))).to.include({ decision: 'ask' })
    expect(await check(call({ ...list, mode: 'bypassPermissions' }))).to.include({
      decision: 'allow',
    })
    expect(await check(call({ tool: 'Read', args: { file: '/etc/passwd' } }))).to.include({
      decision: 'ask',
    })
  })

  it('ignores rules that are not strings', async () => {
    expect(await check(call({ rules: { allow: [null, 1, {}], deny: 'x', ask: null } }))).to.include(
      {
        decision: 'ask',
      },
    )
  })

  it('is answered with ask and an error when it is invalid', async () => {
    for (const line of [
      '',
      '{',
      '[]',
      '{}',
      call({ cwd: 'p' }),
      call({ mode: 'x' }),
      call({ rules: 1 }),
    ]) {
      expect(await check(line), line).to.have.all.keys('decision', 'rule', 'because', 'error')
    }
  })

  it('is answered with ask when the command is not a string', async () => {
    const toRequest: ToRequest = (tool) => ({
      tool,
      access: 'execute',
      // What unvalidated input could contain.
      subject: JSON.parse('{"type":"command","command":["rm"]}'),
    })
    expect(await check(call({}), toRequest)).to.include({
      decision: 'ask',
    })
  })

  it('is decided by the tool name when no tool accepts the arguments', async () => {
    const judged = (more: object): Promise<unknown> =>
      check(call({ tool: 'X', ...more }), () => null)
    expect(await judged({})).to.include({ decision: 'ask' })
    expect(await judged({ mode: 'bypassPermissions' })).to.include({ decision: 'allow' })
    expect(await judged({ rules: { deny: ['X'] } })).to.include({ decision: 'deny', rule: 'X' })
  })

  it('is answered in the order of the input, invalid and empty lines included', async () => {
    const answers: string[] = []
    const lines = [call({}), '', '{', call({ mode: 'bypassPermissions' }), '', '']
    await checkLines(Readable.from([lines.join('\n')]), (line) => answers.push(line))
    expect(answers.map((line) => JSON.parse(line).decision)).to.deep.equal([
      'ask',
      'ask',
      'ask',
      'allow',
    ])
  })

  it('is answered as a session with the same environment would decide', async () => {
    const home = mkdtempSync(path.join(tmpdir(), 'letta-check-'))
    const shims = path.join(home, '.asdf', 'shims')
    mkdirSync(shims, { recursive: true })
    writeFileSync(path.join(shims, 'node'), '')
    const line = call({ args: { command: 'node --version' }, cwd: home, home: '/h' })
    const decide = async (environment: Readonly<Record<string, string>>): Promise<string> => {
      const answers: string[] = []
      await checkLines(Readable.from([line]), (one) => answers.push(one), environment)
      return JSON.parse(answers[0] ?? '').decision
    }
    try {
      expect(await decide({ PATH: '/usr/bin' })).to.equal('allow')
      expect(await decide({ PATH: `${shims}:/usr/bin` })).to.equal('ask')
    } finally {
      rmSync(home, { recursive: true })
    }
  })
})
