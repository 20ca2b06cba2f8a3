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

  it('keeps the programs of packages in a trusted directory, in their place', () => {
    const trusted = { ...reading, isTrusted: true }
    const PATH =
      '/project/.venv/bin:/project/bin:/usr/bin:/project/node_modules/.bin:node_modules/.bin'
    expect(unattendedEnvironment({ PATH }, trusted)['PATH']).to.equal(
      '/project/.venv/bin:/usr/bin:/project/node_modules/.bin',
    )
    const own = { PATH: '/project/env/bin:/bin', VIRTUAL_ENV: '/project/env' }
    expect(unattendedEnvironment(own, trusted)['PATH']).to.equal('/project/env/bin:/bin')
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

  it('keeps what a program needs that a rule allows, such as the author of a commit', () => {
    const given = { GIT_AUTHOR_NAME: 'Ada', HOME: '/home/ada' }
    const byRule = unattendedEnvironment(given, { ...reading, kind: 'byRule' })
    expect(byRule).to.include(given).and.not.have.property('GIT_ALLOW_PROTOCOL')
    expect(unattendedEnvironment(given, reading)).to.include({ GIT_ALLOW_PROTOCOL: 'none' })
  })
})
