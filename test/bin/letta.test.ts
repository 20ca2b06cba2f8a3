import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
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
    expect(wrong('-p', 'hi', '--allowedTools', 'Bash(')).to.include('"Bash(" is no rule')
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
})
