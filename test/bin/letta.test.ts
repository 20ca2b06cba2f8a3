import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import {
  directoryTrusted,
  HOME_MISSING_HINT,
  homeMissing,
  line,
  NO_PERMISSION_RULES,
  NOT_A_DIRECTORY_HINT,
  notADirectory,
  notTrustedGrant,
  ruleNotInEffect,
  skillsNotADirectory,
  toolOfFlagNotFound,
} from '../../bin/messages.ts'
import { EXIT_CODES } from '../../lib/cli/exit-codes.ts'
import { helpText } from '../../lib/cli/help.ts'
import { FLAG_SYNTAX, NO_PROMPT, unknownFlag } from '../../lib/cli/messages.ts'
import { limits, ruleErrors } from '../../lib/permissions/messages.ts'
import { invalidRule } from '../../lib/session/messages/approvals.ts'
import { didYouMean } from '../../lib/util/did-you-mean.ts'
import manifest from '../../package.json' with { type: 'json' }

const tsx = createRequire(import.meta.url).resolve('tsx')
const program = join(import.meta.dirname, '../../bin/letta.ts')

/** The program in a separate process, as far as it needs neither a terminal nor a server. */
describe('letta', () => {
  let root: string
  let home: string
  let project: string

  const letta = (argv: readonly string[], more: { HOME?: string; input?: string } = {}) => {
    const environment = { PATH: process.env['PATH'], HOME: more.HOME ?? home }
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', tsx, program, ...argv],
      { cwd: project, env: environment, input: more.input ?? '', encoding: 'utf8' },
    )
    return { status, stdout, stderr }
  }

  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'letta-bin-')))
    home = join(root, 'home')
    project = join(root, 'project')
    mkdirSync(home)
    mkdirSync(project)
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  it('prints its version and its help, and writes no file for that', () => {
    const version = `${manifest.version} (Letta Workbench)\n`
    expect(letta(['-v'])).to.deep.equal({ status: 0, stdout: version, stderr: '' })
    expect(letta(['--help'])).to.deep.equal({ status: 0, stdout: helpText(), stderr: '' })
    expect(existsSync(join(home, '.letta'))).to.equal(false)
  })

  it('exits with 2 on wrong use, before it writes any file', () => {
    const nowhere = join(root, 'nowhere')
    const usageError = (...argv: string[]): string => {
      const { status, stdout, stderr } = letta(argv)
      expect([status, stdout]).to.deep.equal([EXIT_CODES.usageError, ''])
      expect(existsSync(join(home, '.letta'))).to.equal(false)
      return stderr
    }
    expect(usageError('--outputformat', 'json'))
      .to.include(line(unknownFlag('--outputformat')).trimEnd())
      .and.include(FLAG_SYNTAX)
    expect(usageError('-p')).to.equal(line(NO_PROMPT))
    const file = join(root, 'file')
    writeFileSync(file, '')
    for (const directory of [nowhere, file, join(file, 'below')]) {
      expect(usageError('-p', 'hi', '-C', directory)).to.equal(
        line(`${notADirectory(directory)}\n  ${NOT_A_DIRECTORY_HINT}`),
      )
    }
    expect(usageError('-p', 'hi', '--tools', 'Bsh')).to.equal(
      line(`${toolOfFlagNotFound('tools', 'Bsh')}\n  Did you mean Bash?`),
    )
    expect(usageError('-p', 'hi', '--allowedTools', 'Bash(')).to.include(invalidRule('Bash(', ''))
    expect(usageError('-p', 'hi', '--yolo', '--disallowedTools', 'WebFetch,bash(curl:*)')).to.equal(
      line(`${toolOfFlagNotFound('disallowedTools', 'bash')}\n  Did you mean Bash?`),
    )
    for (const [rule, reason] of [
      ['Bash(*curl*)', ruleErrors.starNotLast],
      ['Bash({curl,wget}:*)', ruleErrors.programPattern],
      ['Bash(cu\u200brl:*)', ruleErrors.invisibleCharacters],
    ] as const)
      expect(usageError('-p', 'hi', '--yolo', '--disallowedTools', rule)).to.include(reason)
    expect(usageError('skills', 'list', '--skills', nowhere)).to.equal(
      line(skillsNotADirectory(nowhere)),
    )
  })

  it('refuses to deny a path of the project that is written as one of the system, and warns of others', () => {
    mkdirSync(join(project, 'sec'))
    const invalid = invalidRule('Grep(/sec/**)', ruleErrors.nothingAt('/sec'))
    expect(letta(['-p', 'hi', '--disallowedTools', 'Grep(/sec/**)'])).to.include({
      status: EXIT_CODES.usageError,
      stderr: line(`${invalid}\n  ${didYouMean('Grep(sec/**)')}`),
    })
    expect(letta(['permissions', 'list', '--allowedTools', 'Grep(/sec/**)'])).to.include({
      stdout: `${ruleNotInEffect('allow  flag     Grep(/sec/**)')}\n`,
      stderr: line(`${invalid}. ${didYouMean('Grep(sec/**)')}`),
    })
  })

  it('warns of rules for unknown tools whose names resemble a known one', () => {
    const rules = ['--allowedTools', 'Bsah,web_search,shell', '--disallowedTools', 'Reed']
    expect(letta(['permissions', 'list', ...rules]).stderr).to.equal(
      line(`${toolOfFlagNotFound('disallowedTools', 'Reed')} Did you mean Read?`) +
        line(`${toolOfFlagNotFound('allowedTools', 'Bsah')} Did you mean Bash?`),
    )
  })

  it('reports an error in a settings file once, with its position, and does not change the file', () => {
    mkdirSync(join(project, '.letta'))
    const file = join(project, '.letta/settings.json')
    const broken = '{\n  "permissions": { "deny": ["Bash"], 5 }\n}'
    writeFileSync(file, broken)
    const reports = (...argv: string[]): number =>
      letta(argv).stderr.split(`${file}:2:38: `).length - 1
    expect([
      reports('-p', 'hi'),
      reports('agents', 'list'),
      reports('permissions', 'list'),
      reports('tools', 'call', 'LS', `{"path": "${project}"}`),
    ]).to.deep.equal([1, 1, 1, 1])
    expect(readFileSync(file, 'utf8')).to.equal(broken)
  })

  it('reports a missing home directory without a stack', () => {
    const missing = join(root, 'missing')
    expect(letta(['-p', 'hi'], { HOME: missing })).to.deep.equal({
      status: EXIT_CODES.failure,
      stdout: '',
      stderr: line(`${homeMissing(missing)}\n  ${HOME_MISSING_HINT}`),
    })
  })

  it('trusts a directory and prints what that grants', () => {
    mkdirSync(join(project, '.letta'))
    const rules = '{"permissions": {"allow": ["Bash(npm test)"]}}'
    writeFileSync(join(project, '.letta/settings.json'), rules)
    expect(letta(['trust'])).to.deep.equal({
      status: 0,
      stdout: `${directoryTrusted(project)}\n  allow Bash(npm test)\n`,
      stderr: '',
    })
    expect(letta(['--info']).stdout).to.match(/^trusted +yes$/m)
  })

  it('lists skills and tools as JSON', () => {
    mkdirSync(join(project, '.skills/a'), { recursive: true })
    writeFileSync(join(project, '.skills/a/SKILL.MD'), '---\nname: A\ndescription: d\n---\nText\n')
    const skills = JSON.parse(letta(['skills', 'list', '--json']).stdout)
    expect(skills).to.deep.equal([
      {
        id: 'a',
        name: 'A',
        description: 'd',
        category: null,
        tags: [],
        path: join(project, '.skills/a/SKILL.MD'),
        body: 'Text',
      },
    ])
    const tools = JSON.parse(letta(['tools', 'list', '--json']).stdout)
    const read = tools.find((tool: { name: string }) => tool.name === 'Read')
    expect(read).to.deep.include({ name: 'Read', access: 'read' })
    expect(read.parameters).to.include({ type: 'object' })
  })

  it('runs one tool with the permissions of the agent, and reports the decision', () => {
    writeFileSync(join(project, 'a.txt'), 'one\n')
    const call = (...argv: readonly string[]) => {
      const { status, stdout } = letta(['tools', 'call', ...argv])
      return { status, output: JSON.parse(stdout) as Record<string, unknown> }
    }
    const read = call('Read', '{"file_path":"a.txt"}')
    expect(read.status).to.equal(0)
    expect(read.output).to.include({ status: 'success', decision: 'allow' })
    const write = ['Write', '{"file_path":"b.txt","content":"x"}'] as const
    const asked = call(...write)
    expect(asked.status).to.equal(1)
    expect(asked.output).to.include({ status: 'error', decision: 'ask' })
    expect(asked.output['tool_return']).to.contain('--permission-mode acceptEdits')
    expect(existsSync(join(project, 'b.txt'))).to.equal(false)
    expect(call(...write, '--disallowedTools', 'Write(b.txt)', '--yolo').output).to.include({
      status: 'error',
      decision: 'deny',
    })
    expect(call(...write, '--permission-mode', 'acceptEdits').status).to.equal(0)
    expect(existsSync(join(project, 'b.txt'))).to.equal(true)
    const unknown = call('Raed', '{}')
    expect(unknown.status).to.equal(1)
    expect(unknown.output['tool_return']).to.match(/^Tool not found: Raed. Available tools: Read, /)
  })

  it('lists the effective rules, and the grants of a directory that is not trusted', () => {
    expect(letta(['permissions', 'list'])).to.include({
      stdout: '',
      stderr: line(NO_PERMISSION_RULES),
    })
    mkdirSync(join(project, '.letta'))
    const permissions = { allow: ['Bash(npm test)'], deny: ['Read(.env)'] }
    writeFileSync(join(project, '.letta/settings.json'), JSON.stringify({ permissions }))
    const { stdout, stderr } = letta(['permissions', 'list', '--disallowedTools', 'Bash(curl:*)'])
    expect(stderr).to.equal(line(limits.programs(['Read(.env)'])) + line(limits.serverTools))
    expect(stdout.split('\n')).to.deep.equal([
      'deny   project  Read(.env)',
      'deny   flag     Bash(curl:*)',
      notTrustedGrant('allow Bash(npm test)'),
      '',
    ])
  })
})
