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
import { invalidRule } from '../../lib/session/messages.ts'
import manifest from '../../package.json' with { type: 'json' }

const tsx = createRequire(import.meta.url).resolve('tsx')
const program = join(import.meta.dirname, '../../bin/letta.ts')

/** The program as a whole, as far as it needs neither terminal nor server. */
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

  it('prints its version and its help, and touches nothing', () => {
    const version = `${manifest.version} (Letta Workbench)\n`
    expect(letta(['-v'])).to.deep.equal({ status: 0, stdout: version, stderr: '' })
    const help = letta(['--help'])
    expect([help.status, help.stderr]).to.deep.equal([0, ''])
    expect(help.stdout).to.include('USAGE').and.include('OPTIONS')
    expect(existsSync(join(home, '.letta'))).to.equal(false)
  })

  it('exits 2 with one line on wrong use, before anything is written', () => {
    const wrong = (...argv: string[]): string => {
      const { status, stdout, stderr } = letta(argv)
      expect([status, stdout, existsSync(join(home, '.letta'))]).to.deep.equal([2, '', false])
      return stderr
    }
    expect(wrong('--outputformat', 'json')).to.match(
      /^letta: Unknown option --outputformat\. .*\n$/,
    )
    expect(wrong('-p')).to.match(/^letta: No prompt provided: .*\n$/)
    expect(wrong('-p', 'hi', '-C', join(root, 'nowhere'))).to.include('is no folder')
    expect(wrong('-p', 'hi', '--tools', 'Bsh')).to.equal(
      'letta: --tools: there is no tool "Bsh".\n  Did you mean Bash?\n',
    )
    expect(wrong('-p', 'hi', '--allowedTools', 'Bash(')).to.include(invalidRule('Bash(', ''))
    expect(wrong('-p', 'hi', '--yolo', '--disallowedTools', 'WebFetch,bash(curl:*)')).to.equal(
      'letta: --disallowedTools: there is no tool "bash".\n  Did you mean Bash?\n',
    )
    expect(wrong('skills', 'list', '--skills', join(root, 'nowhere'))).to.include('is no folder')
  })

  it('warns of a rule for a tool that is not there, and looks like a slip', () => {
    const rules = ['--allowedTools', 'Bsah,web_search,shell', '--disallowedTools', 'Reed']
    expect(letta(['permissions', 'list', ...rules]).stderr).to.equal(
      'letta: --disallowedTools: letta has no tool "Reed". Did you mean Read?\nletta: --allowedTools: letta has no tool "Bsah". Did you mean Bash?\n',
    )
  })

  it('says once what is wrong with a file of settings, with its place, and keeps it', () => {
    mkdirSync(join(project, '.letta'))
    const file = join(project, '.letta/settings.json')
    const broken = '{\n  "permissions": { "deny": ["Bash"], }\n}'
    writeFileSync(file, broken)
    const wrong = `${file}:2:38: a comma before "}" is not allowed\n`
    const times = (...argv: string[]): number => letta(argv).stderr.split(wrong).length - 1
    expect([
      times('-p', 'hi'),
      times('agents', 'list'),
      times('permissions', 'list'),
      times('tools', 'call', 'LS', `{"path": "${project}"}`),
    ]).to.deep.equal([1, 1, 1, 1])
    expect(readFileSync(file, 'utf8')).to.equal(broken)
  })

  it('says what is wrong with the home folder, without a stack', () => {
    const missing = join(root, 'missing')
    expect(letta(['-p', 'hi'], { HOME: missing })).to.deep.equal({
      status: 1,
      stdout: '',
      stderr: `letta: The home folder ${missing} does not exist.\n  Set HOME to a folder of yours: letta keeps its files in $HOME/.letta\n`,
    })
  })

  it('trusts a folder and tells what that grants', () => {
    mkdirSync(join(project, '.letta'))
    const rules = '{"permissions": {"allow": ["Bash(npm test)"]}}'
    writeFileSync(join(project, '.letta/settings.json'), rules)
    expect(letta(['trust'])).to.deep.equal({
      status: 0,
      stdout: `${project} is trusted now.\n  allow Bash(npm test)\n`,
      stderr: '',
    })
    expect(letta(['--info']).stdout).to.match(/^trusted +yes$/m)
  })

  it('lists tools and skills as JSON', () => {
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

  it('runs one tool by the permissions of the agent, and says why not', () => {
    writeFileSync(join(project, 'a.txt'), 'one\n')
    const call = (...argv: readonly string[]) => {
      const { status, stdout } = letta(['tools', 'call', ...argv])
      return { status, answer: JSON.parse(stdout) as Record<string, unknown> }
    }
    const read = call('Read', '{"file_path":"a.txt"}')
    expect(read.status).to.equal(0)
    expect(read.answer).to.include({ status: 'success', decision: 'allow' })
    const write = ['Write', '{"file_path":"b.txt","content":"x"}'] as const
    const asked = call(...write)
    expect(asked.status).to.equal(1)
    expect(asked.answer).to.include({ status: 'error', decision: 'ask' })
    expect(asked.answer['tool_return']).to.contain('--permission-mode acceptEdits')
    expect(existsSync(join(project, 'b.txt'))).to.equal(false)
    expect(call(...write, '--disallowedTools', 'Write(b.txt)', '--yolo').answer).to.include({
      status: 'error',
      decision: 'deny',
    })
    expect(call(...write, '--permission-mode', 'acceptEdits').status).to.equal(0)
    expect(existsSync(join(project, 'b.txt'))).to.equal(true)
    const unknown = call('Raed', '{}')
    expect(unknown.status).to.equal(1)
    expect(unknown.answer['tool_return']).to.match(/^Tool not found: Raed. Available tools: Read, /)
  })

  it('lists the rules in force, and what does not count yet', () => {
    mkdirSync(join(project, '.letta'))
    const permissions = { allow: ['Bash(npm test)'], deny: ['Read(.env)'] }
    writeFileSync(join(project, '.letta/settings.json'), JSON.stringify({ permissions }))
    const { stdout } = letta(['permissions', 'list', '--disallowedTools', 'Bash(curl:*)'])
    expect(stdout.split('\n')).to.deep.equal([
      'deny   project  Read(.env)',
      'deny   flag     Bash(curl:*)',
      'allow Bash(npm test)  (does not count: this folder is not trusted)',
      '',
    ])
  })
})
