import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { unattendedEnvironment } from '../../../lib/tools/process/unattended-environment.ts'

describe('The environment of a command that runs without approval', () => {
  const reading = { directory: '/project', isTrusted: false, kind: 'readOnly' as const }

  it('searches programs only outside the project', () => {
    const PATH = '/opt/bin:.::node_modules/.bin:/project/bin:./x:/usr/bin:/project/.venv/bin'
    expect(unattendedEnvironment({ PATH }, reading)['PATH']).to.equal('/opt/bin:/usr/bin')
    expect(unattendedEnvironment({ PATH: '.' }, reading)['PATH']).to.equal(
      '/usr/local/bin:/usr/bin:/bin',
    )
  })

  it('keeps the programs of packages in a trusted directory for lines that a rule allows, in their place', () => {
    const trusted = { ...reading, isTrusted: true, kind: 'byRule' as const }
    const PATH =
      '/project/.venv/bin:/project/bin:/usr/bin:/project/node_modules/.bin:node_modules/.bin'
    expect(unattendedEnvironment({ PATH }, trusted)['PATH']).to.equal(
      '/project/.venv/bin:/usr/bin:/project/node_modules/.bin',
    )
    const own = { PATH: '/project/env/bin:/bin', VIRTUAL_ENV: '/project/env' }
    expect(unattendedEnvironment(own, trusted)['PATH']).to.equal('/project/env/bin:/bin')
    // The rules have judged the program of the system, not one that the project puts in its place.
    const readOnly = { ...trusted, kind: 'readOnly' as const }
    expect(unattendedEnvironment({ PATH }, readOnly)['PATH']).to.equal('/usr/bin')
    expect(unattendedEnvironment(own, readOnly)['PATH']).to.equal('/bin')
  })

  it('contains nothing by which bash, git or a filter reads other options', () => {
    const names =
      'CDPATH GLOBIGNORE BASHOPTS SHELLOPTS POSIXLY_CORRECT BASH_ENV ENV PROMPT_COMMAND GIT_DIR GIT_EXTERNAL_DIFF LESSOPEN RIPGREP_CONFIG_PATH GREP_OPTIONS BASH_FUNC_ls%%'
    const given = Object.fromEntries(names.split(' ').map((name) => [name, 'x']))
    for (const kind of ['readOnly', 'byRule'] as const) {
      const environment = unattendedEnvironment(given, { ...reading, kind })
      expect(Object.keys(environment)).to.not.include.members(names.split(' '))
      for (const name of names.split(' ')) expect(environment).to.not.have.property(name)
      expect(environment).to.include({ LC_ALL: 'C.UTF-8', GIT_TERMINAL_PROMPT: '0' })
    }
  })

  it('lets less run no program for a file, which a file of the home directory could name', async () => {
    const home = mkdtempSync(path.join(tmpdir(), 'letta-less-'))
    try {
      writeFileSync(path.join(home, '.lesskey'), '#env\nLESSOPEN=|echo started %s\n')
      writeFileSync(path.join(home, 'file'), 'content\n')
      const given = { HOME: home, PATH: process.env['PATH'] ?? '' }
      const read = async (env: Record<string, string>): Promise<string> =>
        (await promisify(execFile)('less', ['file'], { cwd: home, env })).stdout
      const environment = unattendedEnvironment(given, { ...reading, directory: home })
      const found = await read(environment).catch(() => null)
      // Without less on this machine there is nothing to start.
      if (found !== null) expect(found).to.equal('content\n')
      expect(environment).to.include({ LESSSECURE: '1' })
    } finally {
      rmSync(home, { recursive: true })
    }
  })

  it('switches off what a repository makes git run, whatever the line is', () => {
    const settingsOf = (kind: 'readOnly' | 'byRule'): Record<string, string> => {
      const given = { GIT_CONFIG_PARAMETERS: "'core.pager=less'", GIT_CONFIG_COUNT: '1' }
      const environment = unattendedEnvironment(given, { ...reading, kind })
      expect(environment).to.not.have.property('GIT_CONFIG_COUNT')
      const { GIT_CONFIG_PARAMETERS } = environment
      // As every git reads it, also one before 2.31, which knows no GIT_CONFIG_COUNT.
      const listed = execFileSync('git', ['config', '--list', '-z'], {
        cwd: '/',
        env: {
          PATH: process.env['PATH'],
          HOME: '/dev/null',
          GIT_CONFIG_NOSYSTEM: '1',
          GIT_CONFIG_PARAMETERS,
        },
        encoding: 'utf8',
      })
      // Git prints names in lower case.
      const named = listed.split('\0').map((text): [string, string] => {
        const cut = text.indexOf('\n')
        return [text.slice(0, cut), text.slice(cut + 1)]
      })
      return Object.fromEntries(named)
    }
    const always = {
      'safe.barerepository': 'explicit',
      'core.fsmonitor': 'false',
      'core.pager': 'cat',
      'log.showsignature': 'false',
      'diff.submodule': 'short',
    }
    expect(settingsOf('byRule')).to.include(always)
    expect(settingsOf('readOnly')).to.include({
      ...always,
      'core.hookspath': '/dev/null',
      'diff.external': '',
      'log.diffmerges': 'off',
      'core.sshcommand': 'false',
    })
  })

  it('loads no library of the project, and no code for an interpreter whose version is asked for', () => {
    const given = {
      LD_LIBRARY_PATH: ':/opt/x/lib:lib',
      LD_PRELOAD: './evil.so',
      LD_AUDIT: '/opt/audit.so',
      LD_DEBUG_OUTPUT: '/tmp/out',
      DYLD_INSERT_LIBRARIES: '/project/evil.dylib',
      TERMINFO_DIRS: '/project/terms:/usr/share/terminfo',
      GCONV_PATH: '.',
      PYTHONPATH: '/opt/python',
    }
    for (const kind of ['readOnly', 'byRule'] as const) {
      const environment = unattendedEnvironment(given, { ...reading, kind })
      expect(environment).to.include({
        LD_LIBRARY_PATH: '/opt/x/lib',
        LD_AUDIT: '/opt/audit.so',
        TERMINFO_DIRS: '/usr/share/terminfo',
      })
      expect(environment).to.not.have.any.keys(
        'LD_PRELOAD',
        'LD_DEBUG_OUTPUT',
        'DYLD_INSERT_LIBRARIES',
        'GCONV_PATH',
      )
      expect(environment['PYTHONPATH']).to.equal(kind === 'readOnly' ? undefined : '/opt/python')
    }
  })

  it('contains no variable of the user under a name that a line takes for its own', () => {
    const given = { database_password: 'secret', x: 'secret', http_proxy: 'kept' }
    for (const kind of ['readOnly', 'byRule'] as const) {
      const environment = unattendedEnvironment(given, { ...reading, kind })
      expect(environment).to.not.have.any.keys('database_password', 'x')
      expect(environment).to.have.property('http_proxy', 'kept')
    }
  })

  it('contains only listed variables when the line only reads, and no directories of the project for libraries', () => {
    const given = {
      SERVICE_TOKEN: 'secret',
      OPENAI_API_KEY: 'secret',
      NODE_OPTIONS: '--require x',
      LD_PRELOAD: './evil.so',
      LD_LIBRARY_PATH: ':/project/lib:./x:/opt/lib',
      HOME: '/home/ada',
      TERM: 'xterm',
    }
    const only = unattendedEnvironment(given, reading)
    expect(only).to.include({ HOME: '/home/ada', TERM: 'xterm', LD_LIBRARY_PATH: '/opt/lib' })
    expect(only).to.not.have.any.keys(
      'SERVICE_TOKEN',
      'OPENAI_API_KEY',
      'NODE_OPTIONS',
      'LD_PRELOAD',
    )
    const keys = { GH_TOKEN: 'secret', LETTA_API_KEY: 'secret' }
    for (const line of ['cat x', 'echo gh; jq -n env', 'cat gh letta'])
      expect(unattendedEnvironment(keys, { ...reading, line })).to.not.have.any.keys(keys)
    for (const line of ['gh pr list', 'ls\ntimeout 9 /usr/bin/gh pr list | jq .'])
      expect(unattendedEnvironment(keys, { ...reading, line })).to.have.property('GH_TOKEN')
    const byRule = unattendedEnvironment(given, { ...reading, kind: 'byRule' })
    expect(byRule).to.include({ SERVICE_TOKEN: 'secret', LD_LIBRARY_PATH: '/opt/lib' })
    expect(byRule).to.not.have.property('LD_PRELOAD')
  })

  it('lets git change nothing in the repository that it shows', async () => {
    const repository = mkdtempSync(path.join(tmpdir(), 'letta-index-'))
    const run = (args: string, env: Record<string, string>): Promise<unknown> =>
      promisify(execFile)('git', args.split(' '), { cwd: repository, env })
    const file = path.join(repository, 'a.txt')
    writeFileSync(file, 'a\n')
    await run('init -q', { ...process.env, HOME: repository })
    await run('add -A', { ...process.env, HOME: repository })
    utimesSync(file, 1, 1)
    const before = readFileSync(path.join(repository, '.git', 'index'))
    const given = { PATH: process.env['PATH'] ?? '', HOME: repository }
    await run(
      'diff --no-ext-diff',
      unattendedEnvironment(given, { ...reading, directory: repository }),
    )
    expect(readFileSync(path.join(repository, '.git', 'index')).equals(before)).to.equal(true)
    rmSync(repository, { recursive: true })
  })

  it('lets git status start no script', async () => {
    const repository = mkdtempSync(path.join(tmpdir(), 'letta-script-'))
    const run = (args: string, env: Record<string, string>): Promise<{ stdout: string }> =>
      promisify(execFile)('git', args.split(' '), { cwd: repository, env })
    await run('init -q', { ...process.env, HOME: repository })
    await run('config status.submoduleSummary true', { ...process.env, HOME: repository })
    const given = { PATH: process.env['PATH'] ?? '', HOME: repository }
    const environment = unattendedEnvironment(given, { ...reading, directory: repository })
    const { stdout } = await run('config --get status.submoduleSummary', environment)
    expect(stdout).to.equal('false\n')
    rmSync(repository, { recursive: true })
  })

  it('keeps what a program needs that a rule allows, such as the author of a commit', () => {
    const given = { GIT_AUTHOR_NAME: 'Ada', HOME: '/home/ada' }
    const byRule = unattendedEnvironment(given, { ...reading, kind: 'byRule' })
    expect(byRule).to.include(given).and.not.have.property('GIT_ALLOW_PROTOCOL')
    expect(unattendedEnvironment(given, reading)).to.include({ GIT_ALLOW_PROTOCOL: 'none' })
  })
})
