import { expect } from 'chai'
import { toShellMessage } from '../../lib/cli/shell-message.ts'
import { commandReference, keyReference, resolveReferences } from '../../lib/util/references.ts'
import { WORKBENCH_COMMANDS } from '../../ui/commands/index.ts'
import { parseKeymap } from '../../ui/input/keymap.ts'
import { createMessagePresenter } from '../../ui/input/workbench-message.ts'

describe('A reference in a message', () => {
  it('is replaced by what the presenter calls it, each time it occurs', () => {
    const message = `Use ${commandReference('connect')} or ${keyReference('app.quit')}, {{not:this}}.`
    const named = resolveReferences(message, ({ type, id }) => `<${type} ${id}>`)
    expect(named).to.equal('Use <command connect> or <key app.quit>, {{not:this}}.')
  })

  it('is found for each command, whatever the letters of its id', () => {
    for (const { id } of WORKBENCH_COMMANDS) {
      expect(
        resolveReferences(keyReference(id), () => 'key'),
        id,
      ).to.equal('key')
    }
  })

  it('to a command is its subcommand in a shell', () => {
    expect(toShellMessage(commandReference('connect'))).to.equal('letta connect')
  })

  it('to a command without a subcommand is the flag that does the same in a shell', () => {
    expect(toShellMessage(commandReference('new'))).to.equal('letta --new')
  })

  it('to a command that only the workbench has says so in a shell', () => {
    expect(toShellMessage(commandReference('compact'))).to.equal('/compact in letta')
  })

  it('to the key that cancels a turn is the signal’s key in a shell', () => {
    expect(toShellMessage(keyReference('app.back'))).to.equal('Ctrl+C')
  })

  describe('in the workbench,', () => {
    const commands = [{ id: 'app.quit', title: 'Quit' }]
    const presenterOf = (keys: Record<string, string>) => {
      const json = { bindings: { composer: keys } }
      const { keymap } = parseKeymap(json, 'test', () => ({}), ['app.quit'])
      return createMessagePresenter(keymap, commands)
    }

    it('to a command is its slash name', () => {
      expect(presenterOf({})(commandReference('connect'))).to.equal('/connect')
    })

    it('to signing in is the slash command that signs in', () => {
      expect(presenterOf({})(commandReference('login'))).to.equal('/connect')
    })

    it('to a key is the key that the keymap in force binds', () => {
      expect(presenterOf({ f9: 'app.quit' })(keyReference('app.quit'))).to.equal('f9')
    })

    it('to a key that is not bound is the title of the command', () => {
      expect(presenterOf({})(keyReference('app.quit'))).to.equal('“Quit”')
    })
  })
})
