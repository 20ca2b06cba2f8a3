import { expect } from 'chai'
import { type Invocation, parseArguments, type RunOptions } from '../../lib/cli/parse.ts'
import { loadCases } from '../support/cases.ts'

const DEFAULTS: RunOptions = {
  agent: 'last',
  continueLast: false,
  name: null,
  model: null,
  backend: null,
  mode: 'default',
  allowed: [],
  disallowed: [],
  tools: null,
  skills: null,
  link: null,
  demo: false,
  trust: false,
  maxTurns: null,
  directory: null,
  record: null,
  warnings: [],
}

describe('the command line', () => {
  const parse = (...argv: string[]): Invocation => parseArguments(argv, { stdinIsTerminal: true })
  const piped = (...argv: string[]): Invocation => parseArguments(argv, { stdinIsTerminal: false })
  const options = (...argv: string[]): Partial<RunOptions> => {
    const parsed = parse(...argv)
    if (!('options' in parsed)) throw new Error(JSON.stringify(parsed))
    const changed = Object.entries(parsed.options).filter(
      ([key, value]) => JSON.stringify(value) !== JSON.stringify(DEFAULTS[key as keyof RunOptions]),
    )
    return Object.fromEntries(changed)
  }
  const misuse = (...argv: string[]): string => {
    const parsed = parse(...argv)
    return parsed.kind === 'misuse' ? parsed.message : JSON.stringify(parsed)
  }

  it('opens the workbench when nothing is said', () => {
    expect(parse()).to.deep.equal({ kind: 'workbench', options: DEFAULTS, prompt: null })
  })

  it('takes bare words as the first prompt', () => {
    expect(parse('fix', 'the', 'tests')).to.deep.equal({
      kind: 'workbench',
      options: DEFAULTS,
      prompt: 'fix the tests',
    })
  })

  it('reads the seed’s examples', () => {
    expect(options('--new')).to.deep.equal({ agent: 'new' })
    expect(options('--agent', 'agent-1')).to.deep.equal({ agent: { id: 'agent-1' } })
    expect(options('-m', 'gpt-4o')).to.deep.equal({ model: 'gpt-4o' })
    expect(options('--agent', 'a', '--link')).to.deep.equal({ agent: { id: 'a' }, link: 'link' })
    expect(options('--agent', 'a', '--unlink')).to.deep.equal({
      agent: { id: 'a' },
      link: 'unlink',
    })
    expect(options('-p', 'Run all tests', '--tools', 'Bash,Read')).to.deep.equal({
      tools: ['Bash', 'Read'],
    })
    expect(options('-p', 'Just analyze the code', '--tools', '')).to.deep.equal({ tools: [] })
    expect(options('--allowedTools', 'Bash(npm run test:*)')).to.deep.equal({
      allowed: ['Bash(npm run test:*)'],
    })
    expect(options('--disallowedTools', 'Bash(a,b), WebFetch')).to.deep.equal({
      disallowed: ['Bash(a,b)', 'WebFetch'],
    })
    expect(options('--permission-mode', 'acceptEdits')).to.deep.equal({ mode: 'acceptEdits' })
    expect(options('--skills', '~/my-skills')).to.deep.equal({ skills: '~/my-skills' })
  })

  it('runs headless with the words as prompt, wherever -p stands', () => {
    const expected = { kind: 'headless', options: DEFAULTS, prompt: 'hi there', format: 'text' }
    expect(parse('-p', 'hi there')).to.deep.equal(expected)
    expect(parse('hi', 'there', '--prompt')).to.deep.equal(expected)
    expect(parse('--prompt=hi there')).to.deep.equal(expected)
    expect(parse('-p', '--', '--yolo')).to.deep.equal({ ...expected, prompt: '--yolo' })
  })

  it('leaves the prompt to standard input when that is no terminal', () => {
    const yolo = { ...DEFAULTS, mode: 'bypassPermissions' }
    expect(piped('-p', '--yolo')).to.deep.equal({
      kind: 'headless',
      options: yolo,
      prompt: null,
      format: 'text',
    })
    expect(piped('look')).to.deep.include({ kind: 'headless', prompt: 'look' })
    expect(piped('-p', '-')).to.deep.include({ kind: 'headless', prompt: null })
    expect(piped('-p', 'sum', '1', '-', '2')).to.deep.include({ prompt: 'sum 1 - 2' })
    expect(misuse('-p', '-')).to.match(/^No prompt provided/)
  })

  it('warns of a flag that goes away', () => {
    expect(options('-c')).to.deep.equal({
      continueLast: true,
      warnings: ['--continue is deprecated: letta opens this folder’s agent by itself.'],
    })
  })

  it('says in one line what is wrong, where, and the nearest word', () => {
    expect({
      unknown: misuse('--modle', 'x'),
      dash: misuse('-model', 'x'),
      missing: misuse('-p', 'hi', '--output-format'),
      choice: misuse('-p', 'hi', '--output-format', 'jsn'),
      mode: misuse('--permission-mode', 'plann'),
      link: misuse('--link'),
      both: misuse('--agent', 'a', '--link', '--unlink'),
      empty: misuse('--model', ''),
      count: misuse('-p', 'x', '--max-turns', '0'),
      backend: misuse('--backend', 'cluod'),
      format: misuse('--output-format', 'json'),
      verb: misuse('tools', 'lost'),
      operand: misuse('tools', 'call'),
      surplus: misuse('tools', 'list', 'x'),
      foreign: misuse('tools', 'list', '--yolo'),
      json: misuse('--json'),
    }).to.deep.equal({
      unknown:
        'Unknown option --modle. Did you mean --model? Full names take double dashes; letta --help lists them.',
      dash: 'Unknown option -model: full names take double dashes, --model.',
      missing: '--output-format wants a value: --output-format FORMAT',
      choice: 'Invalid output format: jsn. Did you mean "json"? Valid: text, json, stream-json',
      mode: 'Invalid permission mode: plann. Did you mean "plan"? Valid: default, acceptEdits, plan, bypassPermissions',
      link: '--link requires --agent ID',
      both: '--link and --unlink exclude each other.',
      empty: '--model wants a value: --model MODEL',
      count: '--max-turns wants a number from 1, not "0".',
      backend:
        '--backend wants embedded, cloud or an address like http://localhost:8283, not "cluod". Did you mean "cloud"?',
      format: '--output-format is for headless runs: add -p.',
      operand: 'letta tools call wants NAME: letta tools call NAME [JSON]',
      surplus:
        'letta tools list: "x" is one word too many. To send the words as a prompt: letta -- tools list x',
      verb: 'letta tools wants one of: call, list. Did you mean "list"? To send the words as a prompt: letta -- tools lost',
      foreign: '--yolo means nothing to letta tools list.',
      json: '--json is for: letta tools, skills, permissions, agents, memory, messages.',
    })
  })

  it('turns bypass on for nothing but the exact flags', () => {
    for (const argv of [
      ['--model', '--yolo'],
      ['--model=--yolo'],
      ['-m', '--permission-mode', 'bypassPermissions'],
      ['-p', '--yol'],
      ['--YOLO'],
      ['--no-yolo'],
      ['--yolo=true'],
      ['--yolo=false'],
      ['-yolo'],
      ['-y'],
      ['--', '--yolo'],
      ['--permission-mode', 'bypasspermissions'],
      ['--allowedTools', '--yolo'],
      ['--tools', '--yolo'],
      ['-p', '--weird'],
      ['--__proto__'],
      ['--constructor=1'],
      [`--name=${'x'.repeat(100_000)} --yolo`],
    ]) {
      const parsed = parse(...argv)
      expect(parsed, argv.join(' ').slice(0, 40)).to.satisfy(
        () => !('options' in parsed) || parsed.options.mode === 'default',
      )
    }
  })

  it('knows subcommands, and words that only begin like one', () => {
    const none = { directory: null, skills: null, json: false, options: DEFAULTS }
    expect(parse('trust', '/tmp')).to.deep.include({
      kind: 'subcommand',
      name: 'trust',
      operands: ['/tmp'],
      ...none,
    })
    expect(parse('tools', 'list', '--json')).to.deep.include({
      kind: 'subcommand',
      name: 'tools list',
      operands: [],
      ...none,
      json: true,
    })
    expect(parse('serve', '--help')).to.deep.include({ kind: 'help' })
    expect(parse('--port', '1')).to.deep.equal({
      kind: 'misuse',
      message: '--port is for: letta serve.',
    })
    expect(parse('trust me on this')).to.deep.include({ prompt: 'trust me on this' })
    expect(parse('--', 'trust')).to.deep.include({ prompt: 'trust' })
    expect(parse('-p', 'tools')).to.deep.include({ kind: 'headless', prompt: 'tools' })
  })

  it('helps before it tells its version', () => {
    for (const argv of [['--version', '--help'], ['-hv'], ['-p', 'hi', '-v', '-h']]) {
      expect(parse(...argv), argv.join(' ')).to.deep.equal({ kind: 'help', of: [] })
    }
  })

  it('helps when it is asked in a word, and with a word of a subcommand', () => {
    const names = (...argv: string[]): unknown => {
      const parsed = parse(...argv)
      return parsed.kind === 'help' ? parsed.of.map(({ name }) => name) : parsed.kind
    }
    expect(names('help')).to.deep.equal([])
    expect(names('help', 'serve')).to.deep.equal(['serve'])
    expect(names('help', 'agents')).to.deep.equal(['agents list', 'agents delete'])
    expect(names('help', 'memory', 'show')).to.deep.equal(['memory show'])
    expect(parse('help', 'me', 'with', 'this')).to.deep.include({ prompt: 'help me with this' })
    expect(parse('help', 'memory', 'leaks')).to.deep.include({ prompt: 'help memory leaks' })
    expect(parse('-p', 'help')).to.deep.include({ kind: 'headless', prompt: 'help' })
  })

  describe('cases', () => {
    const { cases } = loadCases('cli_argv.json') as CaseFile
    // What the whole program does with a good command line is tested with the whole program.
    const program = new Set(['argv-52', 'argv-56'])
    for (const { id, argv, stdinTTY, stdin, expect: wanted } of cases) {
      if (program.has(id)) continue
      it(`${id}: letta ${argv.join(' ')}`, () => {
        const parsed = parseArguments(argv, { stdinIsTerminal: stdinTTY })
        const told = intentOf(parsed, stdin)
        for (const [key, value] of Object.entries(wanted)) {
          if (key === 'stderrContains') {
            for (const text of value as string[]) expect(told['message']).to.include(text)
          } else if (key !== 'stdoutContains') expect(told[key], key).to.deep.equal(value)
        }
      })
    }
  })
})

function intentOf(parsed: Invocation, stdin: string | undefined): Record<string, unknown> {
  if (parsed.kind === 'misuse') return { exit: 2, message: parsed.message }
  if (parsed.kind === 'help' || parsed.kind === 'version') return { exit: 0 }
  if (parsed.kind === 'subcommand' || parsed.kind === 'info') return {}
  const { mode, agent, tools, disallowed, allowed } = parsed.options
  return {
    headless: parsed.kind === 'headless',
    prompt: parsed.prompt ?? stdin,
    outputFormat: parsed.kind === 'headless' ? parsed.format : null,
    mode,
    tools,
    allowed,
    disallowed,
    new: agent === 'new',
    agent: typeof agent === 'string' ? null : agent.id,
  }
}

interface CaseFile {
  readonly cases: readonly {
    readonly id: string
    readonly argv: readonly string[]
    readonly stdinTTY: boolean
    readonly stdin?: string
    readonly expect: Readonly<Record<string, unknown>>
  }[]
}
