import { execFileSync } from 'node:child_process'
import { expect } from 'chai'
import { childEnvironment, FAILING_EDITOR } from '../../../lib/tools/process/environment.ts'

describe('The environment of child processes', () => {
  const PROJECT = { directory: '/project', isTrusted: false }
  const QUOTED_EDITOR = FAILING_EDITOR.replaceAll("'", "'\\''")
  const FIXED = {
    EDITOR: FAILING_EDITOR,
    VISUAL: FAILING_EDITOR,
    MANPAGER: 'cat',
    SYSTEMD_PAGER: 'cat',
    GH_PAGER: 'cat',
    AWS_PAGER: '',
    GIT_PAGER: 'cat',
    PAGER: 'cat',
    TERM: 'dumb',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_CONFIG_PARAMETERS: [
      `'core.editor=${QUOTED_EDITOR}' 'sequence.editor=${QUOTED_EDITOR}'`,
      "'core.fsmonitor=false' 'core.pager=cat' 'protocol.ext.allow=never'",
    ].join(' '),
  }

  it('contains what the user needs, and no key of the program', () => {
    const given = {
      PATH: '/bin',
      GITHUB_TOKEN: 'theirs',
      STRIPE_API_KEY: 'theirs',
      LETTA_API_KEY: 'x',
      LETTA_SERVER_PASSWORD: 'x',
      LETTA_REFRESH_TOKEN: 'x',
      LETTA_BASE_URL: 'http://localhost',
      ANTHROPIC_API_KEY: 'x',
      ANTHROPIC_AUTH_TOKEN: 'x',
      OPENAI_API_KEY: 'x',
      OPENAI_BASE_URL: 'http://localhost',
      TERM: 'xterm-256color',
      UNSET: undefined,
    }
    expect(childEnvironment(given, PROJECT)).to.deep.equal({
      PATH: '/bin',
      GITHUB_TOKEN: 'theirs',
      STRIPE_API_KEY: 'theirs',
      LETTA_BASE_URL: 'http://localhost',
      OPENAI_BASE_URL: 'http://localhost',
      ...FIXED,
    })
  })

  it('drops the variables of the launcher, and keeps the limits of the user', () => {
    const options = '--import tsx --max-old-space-size=4096 --inspect=9229 -r ./hook.js'
    const given = { NODE_OPTIONS: options, INIT_CWD: '/x', npm_lifecycle_event: 'start' }
    expect(childEnvironment(given, PROJECT)).to.deep.equal({
      NODE_OPTIONS: '--max-old-space-size=4096',
      ...FIXED,
    })
    expect(childEnvironment({ NODE_OPTIONS: '--import=tsx' }, PROJECT)).to.deep.equal(FIXED)
  })

  it('keeps the git settings of the user in addition to those of the program', () => {
    const counted = {
      GIT_CONFIG_COUNT: '2',
      GIT_CONFIG_KEY_0: 'user.name',
      GIT_CONFIG_VALUE_0: 'A',
      GIT_CONFIG_KEY_1: 'core.pager',
      GIT_CONFIG_VALUE_1: 'their pager',
    }
    const given = { ...counted, GIT_CONFIG_PARAMETERS: "'user.email=a@b' 'core.pager=less'" }
    const environment = { ...childEnvironment(given, PROJECT), PATH: process.env['PATH'] }
    const settingOf = (name: string): string =>
      execFileSync('git', ['config', '--get', name], { env: environment, encoding: 'utf8' }).trim()
    const names = ['user.name', 'user.email', 'core.pager', 'core.editor']
    expect(names.map(settingOf)).to.deep.equal(['A', 'a@b', 'cat', FAILING_EDITOR])
  })

  it('lists programs of the system before those of the project', () => {
    const path = (PATH: string) => childEnvironment({ PATH }, PROJECT)['PATH']
    expect(path('/project/node_modules/.bin:/usr/bin::/bin')).to.equal(
      '/usr/bin:/bin:/project/node_modules/.bin:',
    )
    expect(path('.:/usr/bin:../x:/projects')).to.equal('/usr/bin:../x:/projects:.')
    expect(path('/usr/bin:/bin')).to.equal('/usr/bin:/bin')
  })

  it('loads no library of a directory that is not trusted', () => {
    const given = { LD_LIBRARY_PATH: '/opt/lib:', LD_PRELOAD: '/project/x.so' }
    const environment = childEnvironment(given, PROJECT)
    expect(environment['LD_LIBRARY_PATH']).to.equal('/opt/lib')
    expect(environment).to.not.have.property('LD_PRELOAD')
    expect(childEnvironment(given, { ...PROJECT, isTrusted: true })).to.include(given)
  })

  it('keeps the order of the user in a trusted directory, and that of an activated environment always', () => {
    const path = '/project/.venv/bin:/project/tools:/usr/bin:/project/conda/bin:/bin'
    const activated = { VIRTUAL_ENV: '/project/.venv', CONDA_PREFIX: '/project/conda' }
    const of = (given: object, isTrusted: boolean): string | undefined =>
      childEnvironment({ PATH: path, ...given }, { ...PROJECT, isTrusted })['PATH']
    expect(of({}, true)).to.equal(path)
    expect(of(activated, true)).to.equal(path)
    expect(of(activated, false)).to.equal(
      '/project/.venv/bin:/usr/bin:/project/conda/bin:/bin:/project/tools',
    )
    expect(of({}, false)).to.equal(
      '/usr/bin:/bin:/project/.venv/bin:/project/tools:/project/conda/bin',
    )
  })

  it('contains no name of the terminal, and what is set to nothing', () => {
    const given = { GPG_TTY: '/dev/pts/1', SSH_TTY: '/dev/pts/1', TTY: '/dev/pts/1', CFLAGS: '' }
    expect(childEnvironment(given, PROJECT)).to.deep.equal({ CFLAGS: '', ...FIXED })
  })

  it('contains no editor that could open, but one that is set to do nothing', () => {
    const given = {
      EDITOR: 'vi',
      VISUAL: 'code --wait',
      GIT_EDITOR: 'nano',
      GIT_SEQUENCE_EDITOR: ':',
    }
    expect(childEnvironment(given, PROJECT)).to.deep.equal({ ...FIXED, GIT_SEQUENCE_EDITOR: ':' })
  })

  it('contains the proxies and certificates of the user', () => {
    const given = { https_proxy: 'http://p:1', NO_PROXY: 'a', NODE_EXTRA_CA_CERTS: '/ca.pem' }
    expect(childEnvironment(given, PROJECT)).to.deep.equal({ ...given, ...FIXED })
  })
})
