import { expect } from 'chai'
import { ENVIRONMENT } from '../../lib/cli/environment.ts'
import { EXIT_CODE_HELP, EXIT_CODES } from '../../lib/cli/exit-codes.ts'
import { acceptsFlag, FLAGS } from '../../lib/cli/flags.ts'
import { flagUsage, helpText, subcommandHelp } from '../../lib/cli/help.ts'
import { OPTIONS_TITLE, USAGE_TITLE } from '../../lib/cli/messages.ts'
import { SUBCOMMANDS, subcommandUsage } from '../../lib/cli/subcommands.ts'
import { hostedProviders } from '../../lib/server/providers/index.ts'

describe('letta --help', () => {
  /** Long texts continue on the next line. */
  const joined = () =>
    helpText()
      .replace(/\n {4,}/g, ' ')
      .replace(/\s+/g, ' ')

  it('lists every flag, every subcommand, every variable and every exit code', () => {
    const text = joined()
    for (const flag of FLAGS) expect(text).to.include(`${flagUsage(flag).trim()} ${flag.help}`)
    for (const subcommand of SUBCOMMANDS) {
      expect(text).to.include(`${subcommandUsage(subcommand)} ${subcommand.help}`)
    }
    for (const { names, help } of ENVIRONMENT)
      expect(text).to.include(`${names.join(', ')} ${help}`)
    for (const code of Object.values(EXIT_CODES)) {
      expect(helpText()).to.match(new RegExp(`^ +${code} `, 'm'))
    }
    for (const meaning of Object.values(EXIT_CODE_HELP)) expect(text).to.include(meaning)
  })

  it('names every variable of a model provider', () => {
    const names = ENVIRONMENT.flatMap((variable) => variable.names)
    for (const { keyVariable, baseUrlVariable } of hostedProviders) {
      expect(names).to.include.members([keyVariable, baseUrlVariable])
    }
  })

  it('has the titles of Letta Code, and lines of at most 80 columns', () => {
    expect(helpText()).to.include(USAGE_TITLE).and.include(OPTIONS_TITLE)
    const long = helpText()
      .split('\n')
      .filter((line) => line.length > 80)
    expect(long).to.deep.equal([])
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
