import { expect } from 'chai'
import { EXIT_CODE_HELP, EXIT_CODES } from '../../lib/cli/exit-codes.ts'
import { acceptsFlag, FLAGS } from '../../lib/cli/flags.ts'
import { flagUsage, helpText, subcommandHelp } from '../../lib/cli/help.ts'
import { OPTIONS_TITLE, USAGE_TITLE } from '../../lib/cli/messages.ts'
import { SUBCOMMANDS, subcommandUsage } from '../../lib/cli/subcommands.ts'

describe('letta --help', () => {
  it('lists every flag, every subcommand and every exit code', () => {
    const text = helpText()
    for (const flag of FLAGS)
      expect(text)
        .to.include(`${flagUsage(flag)} `)
        .and.include(flag.help)
    for (const subcommand of SUBCOMMANDS) {
      expect(text).to.include(subcommandUsage(subcommand)).and.include(subcommand.help)
    }
    for (const code of Object.values(EXIT_CODES))
      expect(text).to.match(new RegExp(`^ +${code} `, 'm'))
    for (const meaning of Object.values(EXIT_CODE_HELP)) expect(text).to.include(meaning)
  })

  it('has the titles of Letta Code, and lines of at most 100 columns', () => {
    expect(helpText()).to.include(USAGE_TITLE).and.include(OPTIONS_TITLE)
    expect(
      Math.max(
        ...helpText()
          .split('\n')
          .map((line) => line.length),
      ),
    ).to.be.at.most(100)
  })
})

describe('The help of subcommands', () => {
  it('shows the usage of each, and only the flags that one of them accepts', () => {
    const tools = SUBCOMMANDS.filter(({ name }) => name.startsWith('tools '))
    const text = subcommandHelp(tools)
    expect(text).to.include('letta tools call [OPTIONS] NAME').and.include('letta tools list')
    for (const flag of FLAGS) {
      const isAccepted = tools.some(({ name }) => acceptsFlag(flag, name))
      expect(text.includes(`${flagUsage(flag)} `), flag.name).to.equal(isAccepted)
    }
  })
})

describe('The table of flags', () => {
  it('has no name and no letter twice', () => {
    const names = FLAGS.flatMap(({ name, short }) => (short === undefined ? [name] : [name, short]))
    expect(new Set(names).size).to.equal(names.length)
  })

  it('names only flags and subcommands that exist', () => {
    const flags = FLAGS.map(({ name }) => name)
    const subcommands = SUBCOMMANDS.map(({ name }) => name)
    for (const { requires, conflictsWith, subcommands: accepted = [] } of FLAGS) {
      for (const name of [requires, conflictsWith])
        if (name !== undefined) expect(flags).to.include(name)
      if (accepted !== 'all') expect(subcommands).to.include.members([...accepted])
    }
  })
})
