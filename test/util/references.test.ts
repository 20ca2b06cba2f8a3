import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import glob from 'fast-glob'
import { toShellMessage } from '../../bin/io/shell-message.ts'
import {
  commandReference,
  fileReference,
  keyReference,
  resolveReferences,
} from '../../lib/util/references.ts'
import { WORKBENCH_COMMANDS } from '../../ui/commands/index.ts'
import { SLASH_NAMES } from '../../ui/commands/slash-names.ts'
import { parseKeymap } from '../../ui/input/keymap.ts'
import { createMessagePresenter } from '../../ui/input/workbench-message.ts'
import { customFile } from '../../ui/messages/program.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const SOURCES = glob.sync('{bin,lib,ui}/**/*.ts', { cwd: ROOT }).map((file) => ({
  file,
  text: readFileSync(path.join(ROOT, file), 'utf8'),
}))

describe('A reference in a message', () => {
  it('is replaced by what the presenter calls it, each time it occurs', () => {
    const message = `Use ${commandReference('account.choose')} or ${keyReference('app.quit')}, {{not:this}}.`
    const named = resolveReferences(message, ({ type, id }) => `<${type} ${id}>`)
    expect(named).to.equal('Use <command account.choose> or <key app.quit>, {{not:this}}.')
  })

  it('is found for each command, whatever the letters of its id', () => {
    for (const { id } of WORKBENCH_COMMANDS) {
      expect(
        resolveReferences(keyReference(id), () => 'key'),
        id,
      ).to.equal('key')
    }
  })

  it('to a command carries the id of a command that can be typed, in every message', () => {
    const wrong = SOURCES.flatMap(({ file, text }) =>
      [...text.matchAll(/commandReference\('([^']*)'\)/g)]
        .filter(([, id = '']) => SLASH_NAMES[id] === undefined && id !== 'account.signIn')
        .map(([reference]) => `${file}: ${reference}`),
    )
    expect(wrong).to.deep.equal([])
  })

  it('is the only way in which the library names a command of the workbench', () => {
    const names = Object.values(SLASH_NAMES).join('|')
    const typed = new RegExp(`(?<=[\\s'"\`“(])/(?:${names})(?=[\\s'"\`”,;:)]|\\.[\\s'"\`])`, 'g')
    const known = SOURCES.filter(({ file }) => file.startsWith('lib/')).flatMap(({ file, text }) =>
      (text.match(typed) ?? []).map((name) => `${file}: ${name}`),
    )
    expect(known).to.deep.equal([])
  })

  it('to a command is its subcommand in a shell', () => {
    expect(toShellMessage(commandReference('account.choose'))).to.equal('letta connect')
  })

  it('to a command without a subcommand is the flag that does the same in a shell', () => {
    expect(toShellMessage(commandReference('agent.choose'))).to.equal('letta agents list')
  })

  it('to a command that only the workbench has says so in a shell', () => {
    // `letta --new` creates an agent.
    expect(toShellMessage(commandReference('conversation.new'))).to.equal('/new in letta')
    expect(toShellMessage(commandReference('conversation.compact'))).to.equal('/compact in letta')
  })

  it('to a file of the user is its path, in the directory of LETTA_HOME too', () => {
    const message = `In ${fileReference('settings.json')}.`
    expect(toShellMessage(message)).to.equal('In ~/.letta/settings.json.')
    expect(toShellMessage(message, '/srv/letta')).to.equal('In /srv/letta/settings.json.')
  })

  it('to the key that cancels a turn is the signal’s key in a shell', () => {
    expect(toShellMessage(keyReference('app.back'))).to.equal('Ctrl+C')
  })

  describe('in the workbench,', () => {
    const commands = [
      { id: 'app.quit', title: 'Quit', slash: null },
      { id: 'account.choose', title: 'Connect', slash: 'connect' },
    ]
    const presenterOf = (keys: Record<string, string>) => {
      const json = { bindings: { composer: keys } }
      const { keymap } = parseKeymap(json, 'test', () => ({}), ['app.quit'])
      return createMessagePresenter(keymap, commands)
    }

    it('to a command without a slash name is its title', () => {
      expect(presenterOf({})(commandReference('app.quit'))).to.equal('“Quit”')
    })

    it('to a command is its slash name', () => {
      expect(presenterOf({})(commandReference('account.choose'))).to.equal('/connect')
    })

    it('to signing in is the slash command that signs in', () => {
      expect(presenterOf({})(commandReference('account.signIn'))).to.equal('/connect')
    })

    it('to a file of the user is its path, in the directory of LETTA_HOME too', () => {
      const { keymap } = parseKeymap({ bindings: {} }, 'test', () => ({}), [])
      const message = createMessagePresenter(keymap, commands, '~/config/letta')
      expect(message(customFile('themes', 'dusk'))).to.equal(
        'custom: ~/config/letta/themes/dusk.json',
      )
    })

    it('to a key is the key that the keymap in force binds', () => {
      expect(presenterOf({ f9: 'app.quit' })(keyReference('app.quit'))).to.equal('f9')
    })

    it('to a key that is not bound is the title of the command', () => {
      expect(presenterOf({})(keyReference('app.quit'))).to.equal('“Quit”')
    })
  })
})
