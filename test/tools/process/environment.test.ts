import { expect } from 'chai'
import { childEnvironment } from '../../../lib/tools/process/environment.ts'

describe('The environment of child processes', () => {
  const FIXED = {
    GIT_PAGER: 'cat',
    PAGER: 'cat',
    TERM: 'dumb',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_CONFIG_COUNT: '3',
    GIT_CONFIG_KEY_0: 'core.fsmonitor',
    GIT_CONFIG_VALUE_0: 'false',
    GIT_CONFIG_KEY_1: 'core.pager',
    GIT_CONFIG_VALUE_1: 'cat',
    GIT_CONFIG_KEY_2: 'protocol.ext.allow',
    GIT_CONFIG_VALUE_2: 'never',
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
    expect(childEnvironment(given, '/project')).to.deep.equal({
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
    expect(childEnvironment(given, '/project')).to.deep.equal({
      NODE_OPTIONS: '--max-old-space-size=4096',
      ...FIXED,
    })
    expect(childEnvironment({ NODE_OPTIONS: '--import=tsx' }, '/project')).to.deep.equal(FIXED)
  })

  it('keeps the git settings of the user in addition to those of the program', () => {
    const given = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'user.name', GIT_CONFIG_VALUE_0: 'A' }
    expect(childEnvironment(given, '/project')).to.include({
      GIT_CONFIG_COUNT: '4',
      GIT_CONFIG_KEY_0: 'user.name',
      GIT_CONFIG_KEY_1: 'core.fsmonitor',
    })
  })

  it('lists programs of the system before those of the project', () => {
    const path = (PATH: string) => childEnvironment({ PATH }, '/project')['PATH']
    expect(path('/project/node_modules/.bin:/usr/bin::/bin')).to.equal(
      '/usr/bin:/bin:/project/node_modules/.bin:',
    )
    expect(path('.:/usr/bin:../x:/projects')).to.equal('/usr/bin:../x:/projects:.')
    expect(path('/usr/bin:/bin')).to.equal('/usr/bin:/bin')
  })
})
