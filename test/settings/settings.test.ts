import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { lettaDirectoryOf } from '../../lib/fs/letta-directory.ts'
import { OUTSIDE_PROJECT } from '../../lib/fs/messages.ts'
import { ruleErrors } from '../../lib/permissions/messages.ts'
import {
  appearanceIgnored,
  expectedHere,
  grantOfAppearance,
  IS_DANGLING,
  IS_NO_DIRECTORY,
  misplacedSetting,
  NESTED_TOO_DEEPLY,
  notSaved,
  ruleWithoutEffect,
  unknownSettings,
  WRITABLE_BY_OTHERS,
} from '../../lib/settings/messages.ts'
import {
  environmentOf,
  openSettings,
  SETTINGS_SCHEMA,
  type Settings,
} from '../../lib/settings/settings.ts'
import { fileReference } from '../../lib/util/references.ts'
import { messageOf, type UserError } from '../../lib/util/user-error.ts'

describe('The settings', () => {
  let root: string
  let home: string
  let directory: string
  const open = (more: Partial<Parameters<typeof openSettings>[0]> = {}): Settings =>
    openSettings({ home, lettaDirectory: lettaDirectoryOf(home), directory, ...more })
  const put = (path: string, text: string, mode = 0o600): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
    chmodSync(join(root, path), mode)
  }
  const read = (path: string): string => readFileSync(join(root, path), 'utf8')
  const mode = (path: string): string => (statSync(join(root, path)).mode & 0o777).toString(8)
  const rejection = async (promise: Promise<unknown>): Promise<string> =>
    promise.then(() => 'nothing', messageOf)

  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'letta-settings-')))
    home = join(root, 'home')
    directory = join(root, 'project')
    mkdirSync(home)
    mkdirSync(directory)
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  describe('when read,', () => {
    it('give every value its default when no file exists, and create none', () => {
      const { user, project, local, problems } = open()
      const permissions = { allow: [], deny: [], ask: [], additionalDirectories: [] }
      expect({ user, project, local, problems }).to.deep.equal({
        user: {
          globalSharedBlockIds: {},
          globalSharedBlockIdsByServer: {},
          lastAgent: null,
          permissionMode: 'default',
          notifications: 'auto',
          memoryHistoryDays: 90,
          compactAtPercent: 90,
          fallbackModel: null,
          favoriteModels: [],
          modelEfforts: {},
          keychain: false,
          outputMebibytes: 1024,
          backupMebibytes: 500,
          sendSurroundings: true,
          sideColumn: null,
          reviewMemory: false,
          askAboutOutsideText: true,
          refuseSecretsInMemory: true,
          lastAgentByServer: {},
          model: null,
          env: {},
          tokenStreaming: true,
          theme: 'auto',
          keymap: 'default',
          toolkit: 'blessed',
          messageDelivery: 'step',
          mouse: true,
          images: true,
          permissions,
        },
        project: { localSharedBlockIds: {}, localSharedBlockIdsByServer: {}, permissions },
        local: { lastAgent: null, lastAgentByServer: {}, lastConversations: {}, permissions },
        problems: [],
      })
      expect(readdirSync(home)).to.deep.equal([])
    })

    it('report path, line and column of an invalid file', () => {
      put('home/.letta/settings.json', '{\n  // not yet\n  "theme": "light",,\n}')
      const path = join(home, '.letta/settings.json')
      const message = `${path}:3:20: ${expectedHere('a key')}`
      expect(open().problems).to.deep.equal([{ scope: 'file', path, line: 3, column: 20, message }])
    })

    it('accept comments and trailing commas, but not inside of a text', () => {
      const text = [
        '\uFEFF// Colours',
        '{',
        '  "theme": "light", /* not "dark", // at all */',
        '  "permissions": {',
        '    "deny": ["Read(//etc/**)", "Bash(a /* b)", // both',
        '    ],',
        '  },',
        '} // end',
      ]
      put('home/.letta/settings.json', text.join('\r\n'))
      const { user, problems } = open()
      expect(problems).to.deep.equal([])
      expect(user.theme).to.equal('light')
      expect(user.permissions.deny).to.deep.equal(['Read(//etc/**)', 'Bash(a /* b)'])
    })

    for (const text of [
      '{"a": 1 /* open',
      '{"a": [1,,]}',
      '{,}',
      '[,]',
      '/',
      '{"a": 1} // x\n{}',
    ]) {
      it(`report ${JSON.stringify(text)} as an error of syntax`, () => {
        put('home/.letta/settings.json', text)
        expect(open().problems.map(({ line }) => line))
          .to.have.lengthOf(1)
          .and.not.include(null)
      })
    }

    it('take a value from the local file before that of the project, and from that before the user’s', () => {
      put(
        'home/.letta/settings.json',
        '{"theme": "light", "keymap": "vim", "tokenStreaming": false}',
      )
      put('project/.letta/settings.json', '{"theme": "high-contrast", "keymap": "emacs"}')
      put('project/.letta/settings.local.json', '{"theme": "dark"}')
      expect(open().values).to.deep.equal({
        theme: 'dark',
        keymap: 'emacs',
        tokenStreaming: false,
        toolkit: 'blessed',
        messageDelivery: 'step',
        mouse: true,
        images: true,
      })
    })

    it('choose only a shipped theme and keymap for a directory until the user trusts it', async () => {
      put('home/.letta/settings.json', '{"theme": "light", "keymap": "own"}')
      put('project/.letta/settings.json', '{"theme": "../../night", "keymap": "mine"}')
      const settings = open()
      expect(settings.values).to.include({ theme: 'light', keymap: 'own' })
      expect(settings.problems.map(({ message }) => message)).to.deep.equal([
        appearanceIgnored(grantOfAppearance('theme', '../../night')),
        appearanceIgnored(grantOfAppearance('keymap', 'mine')),
      ])
      expect(settings.asksForTrust).to.equal(false)
      await settings.trust()
      expect(open().values).to.include({ theme: '../../night', keymap: 'mine' })
      expect(open().problems).to.deep.equal([])
    })

    it('name every key that they do not know with its line and the nearest one', () => {
      put(
        'home/.letta/settings.json',
        '{\n  "themes": "vim",\n  "zebra": 1,\n  "apple": 2,\n  "uiMode": "rich",\n  "$schema": "x"\n}',
      )
      put(
        'project/.letta/settings.json',
        '{"model": "m", "deny": ["Read(a)"], "theme": "dark",\n "modle": "m"}',
      )
      const path = join(home, '.letta/settings.json')
      const shared = join(directory, '.letta/settings.json')
      expect(open().problems.map(({ message }) => message)).to.have.members([
        `${path}:2:3: ${unknownSettings(['themes'])} Did you mean "theme"?`,
        `${path}:3:3: ${unknownSettings(['zebra', 'apple'])}`,
        `${shared}:1:2: ${misplacedSetting('model', fileReference('settings.json'))}`,
        `${shared}:1:16: ${misplacedSetting('deny', '"permissions"')}`,
        `${shared}:2:2: ${unknownSettings(['modle'])} Did you mean "model"?`,
      ])
      expect(open().areDenialsLost).to.equal(true)
    })

    it('name every rule that cannot match, in each list, with the rule that was meant', () => {
      const lists = {
        deny: ['Bash(curl', 'bash(wget:*)', 'Bash(rm -rf *)*', 'Bsh(rm:*)', 'Bash(git * --force)'],
        ask: ['Read()', 'Rm(x)', 'conversation_search'],
        allow: ['Bash (npm test)', 'Read(src/**)', 'MultiEdit(a)', 'Bash(ls *.ts)'],
      }
      put('project/.letta/settings.local.json', JSON.stringify({ permissions: lists }))
      const { problems, areDenialsLost } = open()
      const reported = (list: 'deny' | 'ask' | 'allow', rule: string): string =>
        problems.find(({ message }) => message.includes(`${list} rule "${rule}"`))?.message ?? ''
      expect(problems).to.have.lengthOf(9)
      expect(problems.every(({ line }) => line === 1)).to.equal(true)
      expect(reported('deny', 'Bash(curl')).to.include('Did you mean Bash(curl)?')
      expect(reported('deny', 'bash(wget:*)')).to.include('Did you mean Bash(wget:*)?')
      expect(reported('deny', 'Bash(rm -rf *)*')).to.include('Did you mean Bash(rm -rf *)?')
      expect(reported('deny', 'Bsh(rm:*)')).to.include('Did you mean Bash(rm:*)?')
      expect(reported('deny', 'Bash(git * --force)')).to.include('Did you mean Bash(git:*)?')
      expect(reported('ask', 'Read()')).to.not.equal('')
      expect(reported('ask', 'Rm(x)')).to.not.equal('')
      expect(reported('ask', 'conversation_search')).to.not.equal('')
      expect(reported('allow', 'Bash (npm test)')).to.include('Did you mean Bash(npm test)?')
      expect(areDenialsLost).to.equal(true)
    })

    it('know that denials can be lost in an unknown key that occurs twice, but not in another', () => {
      put(
        'home/.letta/settings.json',
        '{"theme": "dark", "theme": "light", "hooks": {}, "hooks": 1}',
      )
      expect(open().areDenialsLost).to.equal(false)
      for (const text of [
        '{"zebra": {"deny": ["Bash(rm:*)"]}, "zebra": {}}',
        '{"permissions": {"zebra": {"deny": ["Bash(rm:*)"]}, "zebra": {}}}',
      ]) {
        put('home/.letta/settings.json', text)
        expect(open().areDenialsLost).to.equal(true)
      }
    })

    for (const text of [
      '{"permissions": {"deny": ["Bash(rm:*)"]}',
      '{"permissions": {"deny": ["Bash(rm:*)"]}, "permissions": {}}',
      '{"permissions": {"deny": ["Bash(rm:*)"], "deny": []}}',
      '{"permission": {"deny": ["Bash(rm:*)"]}}',
      '{"permissions": {"denny": ["Bash(rm:*)"]}}',
      '{"permissions": {"alwaysAsk": ["Bash(rm:*)"]}}',
      '{"permissions": ["Bash(rm:*)"]}',
      '{"permissions": {"ask": [["Bash(rm:*)"]]}}',
      '',
    ]) {
      it(`know that denials are lost in ${JSON.stringify(text)}, wherever it is`, () => {
        for (const path of [
          'home/.letta/settings.json',
          'project/.letta/settings.json',
          'project/.letta/settings.local.json',
        ]) {
          put(path, text)
          const { areDenialsLost, problems } = open()
          expect(areDenialsLost, path).to.equal(true)
          expect(problems, path).to.have.lengthOf(1)
          expect(open({ ignoreBroken: true }).areDenialsLost).to.equal(false)
          expect(open({ ignoreBroken: true }).problems).to.have.lengthOf(1)
          rmSync(join(root, path))
        }
      })
    }

    it('know that denials are lost behind a link that leads nowhere, and below values without end', () => {
      const path = join(home, '.letta/settings.json')
      mkdirSync(dirname(path), { recursive: true })
      symlinkSync(join(home, 'not-mounted/settings.json'), path)
      expect(open().problems.map(({ message }) => message)).to.deep.equal([
        `${path}: ${IS_DANGLING}`,
      ])
      expect(open().areDenialsLost).to.equal(true)
      rmSync(path)
      const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
      put(
        'home/.letta/settings.json',
        `{"$schema":${deep},"permissions":{"deny":["Bash(rm:*)"],"deny":[]}}`,
      )
      expect(open().problems.map(({ message }) => message)).to.deep.equal([
        `${path}: ${NESTED_TOO_DEEPLY}`,
      ])
      expect(open().areDenialsLost).to.equal(true)
    })

    for (const [what, problem, make] of [
      ['a link that leads nowhere', IS_DANGLING, (at: string) => symlinkSync('not-mounted', at)],
      ['a file', IS_NO_DIRECTORY, (at: string) => writeFileSync(at, '{}')],
      ['a link to a file', IS_NO_DIRECTORY, (at: string) => symlinkSync('file', at)],
      ['a link to a device', IS_NO_DIRECTORY, (at: string) => symlinkSync('/dev/null', at)],
    ] as const) {
      it(`know that denials are lost where their directory is ${what}, which is reported once`, () => {
        for (const owner of [home, directory]) {
          mkdirSync(owner, { recursive: true })
          writeFileSync(join(owner, 'file'), '{}')
          const at = join(owner, '.letta')
          make(at)
          expect(open().problems.map(({ message }) => message)).to.deep.equal([`${at}: ${problem}`])
          expect(open().areDenialsLost).to.equal(true)
          expect(open({ ignoreBroken: true }).areDenialsLost).to.equal(false)
          rmSync(at)
          expect(open().areDenialsLost).to.equal(false)
        }
      })
    }

    it('can be in a directory that a link leads to, and need not be there', () => {
      mkdirSync(join(home, 'dotfiles'), { recursive: true })
      symlinkSync('dotfiles', join(home, '.letta'))
      expect(open().problems).to.deep.equal([])
      put('home/dotfiles/settings.json', '{"permissions": {"deny": ["Read(a)"]}}')
      expect(open().ruleLists().deny).to.have.lengthOf(1)
    })

    for (const [text, place, list] of [
      ['{"project": {"permissions": {"deny": ["Read(a)"]}}}', 'project.permissions.deny', 'deny'],
      ['{"__proto__": {"permissions": {"deny": ["x"]}}}', '__proto__.permissions.deny', 'deny'],
      ['{"__proto__": {"deny": ["Read(a)"]}}', '__proto__.deny', 'deny'],
      ['{"permissions": {"permissions": {"ask": ["x"]}}}', 'permissions.permissions.ask', 'ask'],
      ['{"permissions": {"tools": {"deny": "Bash"}}}', 'permissions.tools.deny', 'deny'],
      ['{"permissions.deny": ["Read(a)"]}', 'permissions.deny', 'deny'],
      ['{"disallowedTools": ["Bash(rm:*)"]}', 'disallowedTools', 'deny'],
      ['{"rules": [{"alwaysAsk": {"Bash": ["rm:*"]}}]}', 'rules.0.alwaysAsk', 'ask'],
      ['{"permissions": {"Bash(rm:*)": "deny"}}', 'permissions.Bash(rm:*)', 'deny'],
      ['{"x": [{"action": "ask", "tool": "Bash"}]}', 'x.0.action', 'ask'],
      ['{"x": {"deny": {"Bash": "rm:*"}}}', 'x.deny', 'deny'],
      ['{"hooks": {"deny_list": ["Read(a)", "Read(b)"]}}', 'hooks.deny_list', 'deny'],
    ] as const) {
      it(`know that denials are lost in ${text}, and name their place and where they belong`, () => {
        put('project/.letta/settings.local.json', text)
        const { areDenialsLost, problems } = open()
        expect(areDenialsLost).to.equal(true)
        const path = join(directory, '.letta/settings.local.json')
        expect(problems.map(({ message }) => message.replace(/:1:\d+:/, ':'))).to.deep.equal([
          `${path}: ${misplacedSetting(place, `"permissions.${list}"`)}`,
        ])
        expect(open({ ignoreBroken: true }).areDenialsLost).to.equal(false)
      })
    }

    it('name every rule for files whose path begins where nothing is, with what was meant', () => {
      put('project/sec/key.txt', 'k')
      put('project/$kept/key.txt', 'k')
      const deny = [
        ...[
          'Grep(/sec/**)',
          'Read(/no-such-place/**)',
          'Read(//no-such-place/**)',
          'Read(/tmp/**)',
        ],
        ...['Read($HOME/.ssh/**)', 'Read(${HOME}/.ssh/**)', 'Edit(~nobody/x)', 'Read($kept/**)'],
        ...['Read("sec/key.txt")', 'Read(file:///etc/x)'],
        ...['Bash(ls /sec)', 'Read(/*/x)', 'Read(/C:/x)', 'Read(~/x)', 'Read(.)', 'Grep'],
      ]
      put('project/.letta/settings.json', JSON.stringify({ permissions: { deny } }))
      const { problems, areDenialsLost } = open()
      const nothing = (rule: string, place: string, meant: string | null) =>
        ruleWithoutEffect('deny', rule, ruleErrors.nothingAt(place), meant)
      expect(
        problems.map(({ message }) => message.slice(message.indexOf('deny rule'))),
      ).to.deep.equal([
        nothing('Grep(/sec/**)', '/sec', 'Grep(sec/**)'),
        nothing('Read(/no-such-place/**)', '/no-such-place', 'Read(no-such-place/**)'),
        nothing('Read($HOME/.ssh/**)', join(directory, '$HOME'), 'Read(~/.ssh/**)'),
        nothing('Read(${HOME}/.ssh/**)', join(directory, '${HOME}'), 'Read(~/.ssh/**)'),
        nothing('Edit(~nobody/x)', join(directory, '~nobody'), null),
        nothing('Read("sec/key.txt")', join(directory, '"sec'), 'Read(sec/key.txt)'),
        nothing('Read(file:///etc/x)', join(directory, 'file:'), 'Read(//etc/x)'),
      ])
      expect(areDenialsLost).to.equal(true)
      const permissions = { deny: deny.slice(1, 4), allow: deny.slice(0, 1) }
      put('project/.letta/settings.json', JSON.stringify({ permissions }))
      expect(open().areDenialsLost).to.equal(false)
      expect(open().problems).to.have.lengthOf(2)
    })

    it('find no denials in names, in empty lists and in texts that are no rules', () => {
      const values = {
        env: { ASK: 'yes' },
        blocks: { ask: 'block-1' },
        sessionsByServer: { 'https://ask.example': { agentId: 'agent-1' } },
        statusLine: { ask: 'always', mask: ['x'], tasks: ['y'], deny: [], blocked: true },
        permissions: { deny: ['Read(a)'], ask: ['Bash(rm:*)'] },
      }
      put('home/.letta/settings.json', JSON.stringify(values))
      expect(open().areDenialsLost).to.equal(false)
    })

    it('lose no denial by an allow rule or a key that has no effect', () => {
      const permissions = {
        allow: ['Bash(a', 'bash(b)'],
        additionalDirectory: [],
        defaultMode: 'x',
      }
      put('home/.letta/settings.json', JSON.stringify({ permissions, zebra: 1 }))
      expect(open().areDenialsLost).to.equal(false)
      expect(open().problems).to.have.lengthOf(5)
    })

    it('ignore an invalid value and use the others', () => {
      put('home/.letta/settings.json', '{"theme": 5, "keymap": "vim", "env": {"A": 1}}')
      const settings = open()
      expect(settings.user.theme).to.equal('auto')
      expect(settings.user.keymap).to.equal('vim')
      const path = join(home, '.letta/settings.json')
      expect(settings.problems.map(({ message }) => message)).to.deep.equal([
        `${path}:1:31: "env" is ignored: A: expected text in quotes, found a number`,
        `${path}:1:2: "theme" is ignored: expected text in quotes, found a number`,
      ])
    })

    it('never follow a link out of the project, and never wait for a FIFO or an endless file', () => {
      mkdirSync(join(directory, '.letta'))
      symlinkSync('/dev/zero', join(directory, '.letta/settings.json'))
      put('home/elsewhere.json', '{"lastAgent": "agent-attacker"}')
      symlinkSync(join(home, 'elsewhere.json'), join(directory, '.letta/settings.local.json'))
      const settings = open()
      expect(settings.on('embedded').lastAgent).to.equal(null)
      const message = OUTSIDE_PROJECT
      expect(settings.problems.map((problem) => problem.message)).to.deep.equal([
        `${directory}/.letta/settings.json: ${message}`,
        `${directory}/.letta/settings.local.json: ${message}`,
      ])
    })

    it('prefer the environment to the user’s file, and take no environment from a project', () => {
      put(
        'home/.letta/settings.json',
        '{"env": {"LETTA_API_KEY": "file", "OPENAI_BASE_URL": "u", "LETTA_HOME": "/other"}}',
      )
      put('project/.letta/settings.json', '{"env": {"LETTA_BASE_URL": "http://evil"}}')
      put('project/.letta/settings.local.json', '{"env": {"LETTA_BASE_URL": "http://evil"}}')
      expect(environmentOf(open(), { LETTA_API_KEY: 'env', OPENAI_BASE_URL: '' })).to.deep.equal({
        LETTA_API_KEY: 'env',
        OPENAI_BASE_URL: 'u',
      })
    })

    it('make the user’s file readable by the user only', () => {
      put('home/.letta/settings.json', '{}', 0o644)
      open()
      expect(mode('home/.letta/settings.json')).to.equal('600')
    })
  })

  describe('when written,', () => {
    it('create the user’s file with mode 0600 in a directory with mode 0700', async () => {
      await open().update('user', (value) => ({ ...value, theme: 'light' }))
      expect([mode('home/.letta'), mode('home/.letta/settings.json')]).to.deep.equal(['700', '600'])
    })

    it('keep unknown keys, their order and the keys that another process wrote meanwhile', async () => {
      put('home/.letta/settings.json', '{"zebra": {"a": 1}, "theme": "dark", "apple": 2}')
      const settings = open()
      put('home/.letta/settings.json', '{"zebra": {"a": 1}, "theme": "dark", "apple": 2, "new": 3}')
      await settings.update('user', (value) => ({ ...value, theme: 'light' }))
      expect(read('home/.letta/settings.json')).to.equal(
        '{"zebra": {"a": 1}, "theme": "light", "apple": 2, "new": 3}',
      )
      expect(settings.user.theme).to.equal('light')
    })

    it('keep comments and the layout of what does not change', async () => {
      const before = [
        '{',
        '\t// Only for the talk.',
        '\t"theme": "dark", // dark',
        '\t"permissions": {',
        '\t\t"deny": ["Bash(rm:*)"], // never',
        '\t\t"allow": [',
        '\t\t\t"Bash(ls)", // safe',
        '\t\t\t"Bash(old)",',
        '\t\t],',
        '\t},',
        '}',
        '',
      ].join('\n')
      put('home/.letta/settings.json', before)
      const settings = open()
      await settings.update('user', (value) => ({ ...value, theme: 'light' }))
      await settings.addRule('user', 'allow', 'Bash(npm test)')
      const text = read('home/.letta/settings.json')
      for (const line of ['\t// Only for the talk.', '// dark', '// never', '// safe']) {
        expect(text).to.include(line)
      }
      expect(text).to.include('\t"theme": "light"')
      const { user, problems } = open()
      expect(problems).to.deep.equal([])
      expect(user.permissions).to.deep.include({
        deny: ['Bash(rm:*)'],
        allow: ['Bash(ls)', 'Bash(old)', 'Bash(npm test)'],
      })
    })

    it('save thousands of answers about a directory at once', async () => {
      const allow = Array.from({ length: 3_000 }, (_, at) => `Bash(tool${at}:*)`)
      put('project/.letta/settings.json', JSON.stringify({ permissions: { allow } }))
      const settings = open()
      await settings.trust()
      const began = process.cpuUsage()
      await settings.distrust()
      await settings.trust()
      const { user, system } = process.cpuUsage(began)
      expect(open().unseenGrants).to.deep.equal([])
      expect((user + system) / 1_000, 'ms').to.be.lessThan(4_000)
    })

    it('write what counts when a key occurs twice', async () => {
      put('home/.letta/settings.json', '{"theme": "dark", "theme": "light"}')
      await open().update('user', (value) => ({ ...value, theme: 'high-contrast' }))
      expect(open().user.theme).to.equal('high-contrast')
    })

    it('keep the format of the file when nothing changes', async () => {
      const text = '{"lastAgent":"a","lastAgentByServer":{"embedded":"a"}}'
      put('home/.letta/settings.json', text)
      await open().on('embedded').rememberAgent('a')
      expect(read('home/.letta/settings.json')).to.equal(text)
    })

    it('never overwrite an invalid file; the change is saved once the file is repaired', async () => {
      put('home/.letta/settings.json', '# mine\n{"theme": "dark"}')
      const settings = open()
      const path = join(home, '.letta/settings.json')
      const refused = settings.update('user', (value) => ({ ...value, theme: 'light' }))
      expect(await rejection(refused)).to.equal(notSaved(`${path}:1:1: ${expectedHere('a value')}`))
      expect(read('home/.letta/settings.json')).to.equal('# mine\n{"theme": "dark"}')
      expect(settings.user.theme).to.equal('light')
      put('home/.letta/settings.json', '{"theme": "dark", "keymap": "vim"}')
      await settings.update('user', (value) => ({ ...value, lastAgent: 'a' }))
      expect(JSON.parse(read('home/.letta/settings.json'))).to.deep.equal({
        theme: 'light',
        keymap: 'vim',
        lastAgent: 'a',
      })
    })

    it('name their schema in a new file of the user, and in no file that exists or is shared', async () => {
      const settings = open()
      await settings.update('user', (value) => ({ ...value, lastAgent: 'a' }))
      await settings.update('project', (value) => ({ ...value, theme: 'light' }))
      expect(JSON.parse(read('home/.letta/settings.json'))).to.deep.equal({
        $schema: SETTINGS_SCHEMA,
        lastAgent: 'a',
      })
      expect(JSON.parse(read('project/.letta/settings.json'))).to.deep.equal({
        theme: 'light',
      })
      expect(open().problems).to.deep.equal([])
    })

    it('lose nothing when two processes write at once, and leave no stray file', async () => {
      const source = join(import.meta.dirname, '../../lib/settings/settings.ts')
      const script = `
        const { openSettings } = await import(${JSON.stringify(source)})
        const settings = openSettings(${JSON.stringify({ home, lettaDirectory: lettaDirectoryOf(home), directory })})
        for (let n = 0; n < 15; n++) {
          await settings.update('user', (value) => ({ ...value, [process.argv[1] + n]: n }))
        }`
      const run = async (name: string): Promise<number | null> => {
        const args = ['--import', 'tsx', '--input-type=module', '-e', script, name]
        const child = spawn(process.execPath, args, { stdio: 'inherit' })
        const [code] = await once(child, 'exit')
        return code
      }
      expect(await Promise.all([run('a'), run('b')])).to.deep.equal([0, 0])
      expect(Object.keys(JSON.parse(read('home/.letta/settings.json')))).to.have.length(31)
      expect(readdirSync(join(home, '.letta'))).to.deep.equal(['settings.json'])
    })

    it('keep a change that is made while an earlier one is being saved', async () => {
      const settings = open()
      const first = settings.update('user', (value) => ({ ...value, theme: 'light' }))
      // The first change is being written by then, without the second.
      await new Promise((resolve) => setImmediate(resolve))
      const second = settings.update('user', (value) => ({ ...value, keymap: 'vim' }))
      await Promise.all([first, second])
      expect(JSON.parse(read('home/.letta/settings.json'))).to.deep.include({
        theme: 'light',
        keymap: 'vim',
      })
    })

    it('replace the old file by a new one, so that a reader never sees a part', async () => {
      put('home/.letta/settings.json', '{"theme": "dark"}')
      const file = join(home, '.letta/settings.json')
      const before = openSync(file, 'r')
      try {
        await open().update('user', (value) => ({ ...value, theme: 'light' }))
        expect(readFileSync(before, 'utf8')).to.equal('{"theme": "dark"}')
      } finally {
        closeSync(before)
      }
    })

    it('lose nothing when two sessions of one process save at once', async () => {
      const sessions = [open(), open()]
      const saves = Array.from({ length: 20 }, (_, n) =>
        sessions[n % 2]?.update('user', (value) => ({ ...value, [`key${n}`]: n })),
      )
      await Promise.all(saves)
      expect(Object.keys(JSON.parse(read('home/.letta/settings.json')))).to.have.length(21)
    })

    it('are old or new, never half, when killed at any moment; the next save removes what is left', async () => {
      put('home/.letta/settings.json', '{"env": {"LETTA_API_KEY": "kept"}, "future": {"a": 1}}')
      const source = join(import.meta.dirname, '../../lib/settings/settings.ts')
      const script = `
        const { openSettings } = await import(${JSON.stringify(source)})
        const settings = openSettings(${JSON.stringify({ home, lettaDirectory: lettaDirectoryOf(home), directory })})
        for (let n = 0; ; n++) {
          process.stdout.write('.')
          await settings.update('user', (value) => ({ ...value, n, filler: 'x'.repeat(200_000) }))
        }`
      const args = ['--import', 'tsx', '--input-type=module', '-e', script]
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      let saves = 0
      child.stdout.on('data', (dots: Buffer) => {
        saves += dots.length
        if (saves > 20) child.kill('SIGKILL')
      })
      await once(child, 'exit')
      const saved = JSON.parse(read('home/.letta/settings.json'))
      expect(saved).to.deep.include({ env: { LETTA_API_KEY: 'kept' }, future: { a: 1 } })
      put('home/.letta/.settings.json.0123456789abcdef.tmp', '{"half')
      await open().update('user', (value) => ({ ...value, theme: 'light' }))
      expect(readdirSync(join(home, '.letta'))).to.deep.equal(['settings.json'])
    })

    it('write nothing through links that a repository planted', async () => {
      put('home/.bashrc', '# rc\n')
      mkdirSync(join(home, '.ssh'))
      symlinkSync(join(home, '.ssh'), join(directory, '.letta'))
      symlinkSync(join(home, '.bashrc'), join(directory, '.gitignore'))
      const troubles: UserError[] = []
      const settings = open({ report: (problem) => troubles.push(problem) })
      await settings.on('embedded').rememberAgent('agent-1')
      await settings.on('embedded').rememberAgent('agent-2')
      expect(read('home/.bashrc')).to.equal('# rc\n')
      expect(readdirSync(join(home, '.ssh'))).to.deep.equal([])
      expect(troubles).to.have.length(1)
      expect(settings.on('embedded').lastAgent).to.equal('agent-2')
    })
  })

  it('keep what was remembered outside of the project when a file is created there', async () => {
    const planning = openSettings({
      home,
      lettaDirectory: lettaDirectoryOf(home),
      directory,
      leavesProject: () => true,
    }).on('embedded')
    await planning.rememberAgent('agent-1')
    await planning.rememberBlocks({ project: 'block-1' })
    expect(existsSync(join(directory, '.letta'))).to.equal(false)
    expect([planning.lastAgent, planning.blockIds]).to.deep.equal([
      'agent-1',
      { project: 'block-1' },
    ])
    const settings = openSettings({ home, lettaDirectory: lettaDirectoryOf(home), directory })
    expect(settings.on('embedded').lastAgent).to.equal('agent-1')
    await settings.addRule('project', 'allow', 'Bash(x)')
    expect(JSON.parse(read('project/.letta/settings.json'))).to.deep.include({
      localSharedBlockIds: { project: 'block-1' },
      permissions: { allow: ['Bash(x)'] },
    })
    // Another directory has none of it.
    expect(
      openSettings({ home, lettaDirectory: lettaDirectoryOf(home), directory: home }).on('embedded')
        .blockIds,
    ).to.deep.equal({})
  })

  it('report nothing that letta saved in the home directory, where one file is that of the user and of the project', async () => {
    const inHome = (): Settings => open({ directory: home })
    await inHome().on('embedded').rememberBlocks({ project: 'block-1' })
    await inHome().addRule('user', 'allow', 'Bash(x)')
    expect(read('home/.letta/settings.json')).to.contain('block-1').and.contain('Bash(x)')
    expect(inHome().problems).to.deep.equal([])
  })

  describe('and .gitignore:', () => {
    const remember = async (): Promise<void> => open().on('embedded').rememberAgent('agent-1')

    it('the personal file is added once, in a git repository', async () => {
      mkdirSync(join(directory, '.git'))
      await remember()
      await open().on('embedded').rememberAgent('agent-2')
      expect(read('project/.gitignore')).to.equal('\n.letta/settings.local.json\n')
    })

    it('no file is created without git', async () => {
      await remember()
      expect(existsSync(join(directory, '.gitignore'))).to.equal(false)
    })

    it('its line ends are kept', async () => {
      put('project/.gitignore', 'a\r\nb')
      await remember()
      expect(read('project/.gitignore')).to.equal('a\r\nb\r\n.letta/settings.local.json\r\n')
    })

    it('it is not changed when it already covers the file', async () => {
      put('project/.gitignore', '/.letta/\n')
      await remember()
      expect(read('project/.gitignore')).to.equal('/.letta/\n')
    })

    const git = (at: string, ...args: readonly string[]): string =>
      execFileSync('git', args, { cwd: at, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    const untracked = (at: string): string => git(at, 'ls-files', '-o', '--exclude-standard')
    const rememberIn = async (at: string): Promise<void> =>
      openSettings({ home, lettaDirectory: lettaDirectoryOf(home), directory: at })
        .on('embedded')
        .rememberAgent('agent-1')

    it('it is left alone in a repository that git knows: its own list excludes the file', async () => {
      git(directory, 'init', '-q')
      put('project/packages/a[1]/.gitignore', 'dist\n')
      const nested = join(directory, 'packages/a[1]')
      await rememberIn(nested)
      await rememberIn(directory)
      expect(untracked(directory)).to.equal('packages/a[1]/.gitignore\n')
      const excluded = read('project/.git/info/exclude').split('\n').slice(-3)
      const line = '.letta/settings.local.json'
      expect(excluded).to.deep.equal([`packages/a\\[1\\]/${line}`, line, ''])
    })

    it('it is left alone in a work tree, too', async () => {
      git(directory, 'init', '-q')
      const as = ['-c', 'user.name=a', '-c', 'user.email=a@b']
      git(directory, ...as, 'commit', '-q', '--allow-empty', '-m', 'one')
      const tree = join(root, 'tree')
      git(directory, 'worktree', 'add', '-q', tree)
      await rememberIn(tree)
      expect(untracked(tree)).to.equal('')
    })

    it('a link in the repository leads to no other file', async () => {
      git(directory, 'init', '-q')
      put('home/.bashrc', '# rc\n')
      rmSync(join(directory, '.git/info'), { recursive: true })
      mkdirSync(join(directory, '.git/info'))
      symlinkSync(join(home, '.bashrc'), join(directory, '.git/info/exclude'))
      await remember()
      expect(read('home/.bashrc')).to.equal('# rc\n')
    })
  })

  describe('when granting permissions,', () => {
    const texts = (settings: Settings): readonly string[] =>
      settings.ruleLists().allow.map(({ text, source }) => `${source} ${text}`)

    it('apply the allow rules of a directory only when it is trusted, its deny rules always', async () => {
      put('home/.letta/settings.json', '{"permissions": {"allow": ["Bash(a)"]}}')
      const rules =
        '{"permissions": {"allow": ["Bash(b)"], "deny": ["Bash(rm:*)"], "ask": ["Read"]}}'
      put('project/.letta/settings.json', rules)
      put('project/.letta/settings.local.json', '{"permissions": {"allow": ["Bash(c)"]}}')
      const settings = open()
      expect(settings.trusted).to.equal(false)
      expect(settings.ruleLists()).to.deep.equal({
        allow: [{ text: 'Bash(a)', source: 'user' }],
        deny: [{ text: 'Bash(rm:*)', source: 'project' }],
        ask: [{ text: 'Read', source: 'project' }],
      })
      expect(settings.unseenGrants).to.deep.equal(['allow Bash(b)', 'allow Bash(c)'])
      await settings.trust()
      expect(open().trusted).to.equal(true)
      expect(texts(open())).to.deep.equal(['user Bash(a)', 'project Bash(b)', 'local Bash(c)'])
      expect(mode('home/.letta/trust.json')).to.equal('600')
    })

    it('ask again when a trusted directory grants more', async () => {
      put('project/.letta/settings.json', '{"permissions": {"allow": ["Read"]}}')
      await open().trust()
      put('project/.letta/settings.json', '{"permissions": {"allow": ["Read", "Bash"]}}')
      const settings = open()
      expect(settings.trusted).to.equal(false)
      expect(settings.unseenGrants).to.deep.equal(['allow Bash'])
      expect(texts(settings)).to.deep.equal(['project Read'])
    })

    it('ask once for rejected rules, and again when there are more', async () => {
      put('project/.letta/settings.json', '{"permissions": {"allow": ["Read"]}}')
      expect(open().asksForTrust).to.equal(true)
      await open().distrust()
      const settings = open()
      expect([settings.asksForTrust, settings.trusted, texts(settings)]).to.deep.equal([
        false,
        false,
        [],
      ])
      put('project/.letta/commands/review.md', 'Review the last change.')
      expect(open().asksForTrust).to.equal(true)
      await open().trust()
      expect([open().asksForTrust, open().trusted]).to.deep.equal([false, true])
    })

    it('accept only the rules that were shown, not those that were added since', async () => {
      put('project/.letta/settings.json', '{"permissions": {"allow": ["Read"]}}')
      const shown = open().unseenGrants
      put('project/.letta/settings.json', '{"permissions": {"allow": ["Read", "Bash"]}}')
      await open().trust(shown)
      const settings = open()
      expect(settings.unseenGrants).to.deep.equal(['allow Bash'])
      expect([settings.trusted, texts(settings)]).to.deep.equal([false, ['project Read']])
    })

    it('accept no rule that is not shown, because it means nothing yet', async () => {
      const allow = ['Read', 'Later(x)', 'Bash(', 'Bash()']
      put('project/.letta/settings.json', JSON.stringify({ permissions: { allow } }))
      expect(open().unseenGrants).to.deep.equal(['allow Read'])
      await open().trust()
      const { folders } = JSON.parse(read('home/.letta/trust.json'))
      expect(Object.values(folders)).to.deep.equal([
        { trusted: true, accepted: ['allow Read'], declined: [] },
      ])
      expect([open().trusted, texts(open())]).to.deep.equal([
        true,
        ['project Read', 'project Later(x)'],
      ])
    })

    it('report a rule on one line, whatever it contains', () => {
      const allow = ['Bash(a)\n\n\nAll rules are harmless.', 'Bash(b)\r\nx']
      put('project/.letta/settings.json', JSON.stringify({ permissions: { allow }, theme: 'a\nb' }))
      const { problems } = open()
      expect(problems.map(({ message }) => /[\n\r]/.test(message))).to.deep.equal([
        false,
        false,
        false,
      ])
      expect(problems[0]?.message).to.include('Bash(a)⏎⏎⏎All rules are harmless.')
    })

    it('trust a directory by its real path and not by its parents', async () => {
      await open().trust()
      symlinkSync(directory, join(root, 'link'))
      mkdirSync(join(directory, 'inner'))
      expect(open({ directory: join(root, 'link') }).trusted).to.equal(true)
      expect(open({ directory: join(directory, 'inner') }).trusted).to.equal(false)
    })

    it('trust for one run without storing it', () => {
      put('project/.letta/settings.json', '{"permissions": {"allow": ["Read"]}}')
      expect(texts(open({ trustThisRun: true }))).to.deep.equal(['project Read'])
      expect(open().trusted).to.equal(false)
    })

    it('apply a rule that the user adds at once, in a trusted directory or not', async () => {
      put('project/.letta/settings.json', '{"permissions": {"allow": ["Bash"]}}')
      const settings = open()
      await settings.addRule('local', 'allow', 'Bash(npm test)')
      await settings.addRule('project', 'deny', 'Bash(curl:*)')
      expect(texts(settings)).to.deep.equal(['local Bash(npm test)'])
      expect(texts(open())).to.deep.equal(['local Bash(npm test)'])
      expect(open().trusted).to.equal(false)
    })

    it('grant nothing when the user’s file, and so perhaps a deny rule, cannot be read', async () => {
      put('project/.letta/settings.json', '{"permissions": {"allow": ["Bash(b)"]}}')
      await open().trust()
      put('home/.letta/settings.json', '{"permissions": {"deny": ["Bash(rm:*)"]}')
      expect(texts(open())).to.deep.equal([])
      put('home/.letta/settings.json', '{"permissions": {"allow": ["Read"], "deny": "Bash(rm:*)"}}')
      expect(texts(open())).to.deep.equal([])
    })

    it('grant nothing from a trusted file whose deny rules cannot be read', () => {
      put(
        'project/.letta/settings.json',
        '{"permissions": {"allow": ["Read(a)"], "deny": "Read(b)"}}',
      )
      expect(open({ trustThisRun: true }).ruleLists().allow).to.deep.equal([])
    })

    it('grant nothing from a file of the user that others may write', () => {
      put(
        'home/.letta/settings.json',
        '{"permissions": {"allow": ["Read"], "deny": ["Bash"]}}',
        0o666,
      )
      const settings = open()
      expect(settings.ruleLists()).to.deep.equal({
        allow: [],
        deny: [{ text: 'Bash', source: 'user' }],
        ask: [],
      })
      expect(settings.problems).to.have.length(1)
    })

    it('do not legitimize such a file by saving into it', async () => {
      put('home/.letta/settings.json', '{"permissions": {"allow": ["Bash"]}}', 0o666)
      const path = join(home, '.letta/settings.json')
      const saving = open().update('user', (value) => ({ ...value, theme: 'light' }))
      expect(await rejection(saving)).to.equal(notSaved(`${path}: ${WRITABLE_BY_OTHERS}`))
      expect(mode('home/.letta/settings.json')).to.equal('666')
    })

    it('allow reading in additional directories of the user, and of the project when accepted', async () => {
      put('home/.letta/settings.json', '{"permissions": {"additionalDirectories": ["~/notes"]}}')
      const additional = '{"permissions": {"additionalDirectories": ["../data"]}}'
      put('project/.letta/settings.json', additional)
      expect(open().additionalDirectories).to.deep.equal([join(home, 'notes')])
      await open().trust()
      expect(open().additionalDirectories).to.deep.equal([join(home, 'notes'), join(root, 'data')])
    })
  })
})
