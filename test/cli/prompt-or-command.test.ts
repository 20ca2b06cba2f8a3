import { expect } from 'chai'
import { toShellMessage } from '../../bin/io/shell-message.ts'
import {
  notSubcommand,
  notSubcommandBut,
  slashCommandAsPrompt,
  toSendAsPrompt,
  unknownPromptName,
  unknownSubcommand,
} from '../../lib/cli/messages.ts'
import { type Invocation, parseCommandLine } from '../../lib/cli/parse.ts'
import { OTHER_WORDS } from '../../lib/cli/subcommands.ts'
import { commandIds } from '../../ui/app/command-list.ts'
import { SLASH_NAMES } from '../../ui/commands/slash-names.ts'
import { openShell } from '../support/command-line.ts'
import { withProgram } from '../support/with-program.ts'

const parse = (...argv: string[]): Invocation => parseCommandLine(argv, { stdinIsTerminal: true })

describe('A command line that could be a prompt', () => {
  it('takes a text that begins with a dash and contains a space for the prompt', () => {
    for (const text of [
      '- one item',
      '-5 degrees',
      '--- what is this',
      '--yolo is what?',
      '-x y',
    ]) {
      expect(parse('-p', text)).to.include({ type: 'headless', prompt: text })
      expect(parse(text)).to.include({ type: 'workbench', prompt: text })
    }
    expect(parse('--name=my agent')).to.include({ type: 'workbench', prompt: null })
    expect(parse('-p', '-5')).to.deep.include({ type: 'usageError' })
    expect(JSON.stringify(parse('-p', '-5'))).to.include(toSendAsPrompt(['-5']))
  })

  it('does not take a mistyped subcommand for a prompt, but a sentence', () => {
    for (const [words, near] of [
      [['memroy', 'list'], 'memory'],
      [['memroy'], 'memory'],
      [['agent', 'lost'], 'agents'],
      [['permission', 'list'], 'permissions'],
      [['serves'], 'serve'],
    ] as const) {
      expect(parse(...words)).to.deep.equal({
        type: 'usageError',
        message: `${unknownSubcommand(words[0], near)} ${toSendAsPrompt(words)}`,
      })
    }
    for (const words of [['test'], ['agent', 'of', 'change'], ['server crashed']]) {
      expect(parse(...words)).to.include({ type: 'workbench', prompt: words.join(' ') })
    }
    expect(parse('--', 'memroy', 'list')).to.include({ prompt: 'memroy list' })
    expect(parse('-p', 'memroy list')).to.include({ prompt: 'memroy list' })
  })

  it('is not the one word that other programs have for a subcommand, which is answered with what does it', () => {
    for (const [word, command] of OTHER_WORDS) {
      expect(parse(word)).to.deep.equal({
        type: 'usageError',
        message: `${notSubcommandBut(word, command)} ${toSendAsPrompt([word])}`,
      })
      expect(parse(word, 'of', 'change')).to.include({ prompt: `${word} of change` })
      expect(parse('--', word)).to.include({ prompt: word })
      const [, words = ''] = /^letta (.*)$/.exec(toShellMessage(command)) ?? []
      if (words !== '') expect(parse(...words.split(' ')).type, command).not.to.equal('usageError')
    }
  })

  it('is compared with slash commands that the workbench has', () => {
    expect(commandIds()).to.include.members(Object.keys(SLASH_NAMES))
  })

  it('is refused when it could be a subcommand and no text is piped with it', async () => {
    const shell = await openShell([{ text: 'One.' }, { text: 'Two.' }])
    try {
      for (const words of [['foo'], ['foo', 'list']]) {
        const { message, hint } = notSubcommand(words.join(' '))
        const { code, stderr } = await shell.letta(words)
        expect([code, stderr]).to.deep.equal([2, `letta: ${message}\n  ${hint}\n`])
      }
      expect(shell.model.requests).to.deep.equal([])
      expect((await shell.letta(['review'], { input: 'a text' })).stdout).to.equal('One.\n')
      expect((await shell.letta(['-p', 'foo'])).stdout).to.equal('Two.\n')
    } finally {
      await shell.close()
    }
  })

  describe('in a headless run', () => {
    const desk = withProgram()

    it('is refused when it names a slash command, and sent otherwise', async () => {
      await desk.setUp([{ text: 'One.' }])
      for (const [text, { message, hint }] of [
        ['/compact', slashCommandAsPrompt('compact', '/compact')],
        ['/model gpt', slashCommandAsPrompt('model', '/model gpt')],
        ['/compacts', unknownPromptName('compacts', 'compact')],
      ] as const) {
        const { code, stderr } = await desk.runs(['-p', text])
        expect([code, stderr]).to.deep.equal([2, `letta: ${message}\n  ${hint}\n`])
      }
      expect(desk.model.requests).to.deep.equal([])
      expect((await desk.runs(['-p', '/usr/bin is what?'])).stdout).to.equal('One.\n')
    })
  })
})
