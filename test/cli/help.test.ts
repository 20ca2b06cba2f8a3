import { expect } from 'chai'
import { flags } from '../../lib/cli/flags.ts'
import { helpText, subcommandHelp } from '../../lib/cli/help.ts'
import { parseArguments } from '../../lib/cli/parse.ts'

describe('help', () => {
  it('names every flag, within 100 columns', () => {
    const text = helpText()
    for (const { name } of flags) {
      expect(text.includes(`--${name}`), name).to.equal(true)
    }
    expect(text).to.include('USAGE').and.include('OPTIONS')
    expect(Math.max(...text.split('\n').map((line) => line.length))).to.be.at.most(100)
  })
})

describe('the help of a subcommand', () => {
  it('shows how it is called and the flags that it takes, or the same for all of a noun', () => {
    const help = (...argv: readonly string[]): string => {
      const parsed = parseArguments(argv, { stdinIsTerminal: true })
      return parsed.kind === 'help' ? subcommandHelp(parsed.of) : parsed.kind
    }
    expect(help('trust', '--help')).to.equal(`USAGE
  letta trust [OPTIONS] [DIR]  Trust a folder: its settings may grant

OPTIONS
  -C, --directory DIR  Work in this folder
  -h, --help           Print this help
  -v, --version        Print the version
`)
    expect(help('tools', '-h')).to.include('letta tools call').and.include('letta tools list')
    expect(help('tools', '-h')).to.include('--json').and.not.include('--port')
  })
})

describe('the table of flags', () => {
  it('gives no name or letter twice', () => {
    const names = flags.flatMap(({ name, short }) => (short === undefined ? [name] : [name, short]))
    expect(new Set(names).size).to.equal(names.length)
  })
})
