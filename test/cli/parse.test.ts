import { expect } from 'chai'
import { COMPLETION_LISTS, FLAGS } from '../../lib/cli/flags.ts'
import {
  conflictingFlags,
  FLAG_SYNTAX,
  FORMAT_REQUIRES_PROMPT,
  flagNotValidWith,
  flagOnlyFor,
  invalidBackend,
  invalidChoice,
  lastValueCounts,
  NO_PROMPT,
  notPositiveInteger,
  repeatedFlag,
  requiresFlag,
  requiresOneOf,
  requiresOperand,
  requiresValue,
  singleDash,
  toSendAsPrompt,
  unexpectedArgument,
  unexpectedSecret,
  unknownFlag,
  validChoices,
  valueLooksLikeFlag,
} from '../../lib/cli/messages.ts'
import { type Invocation, parseCommandLine, type RunOptions } from '../../lib/cli/parse.ts'
import { PERMISSION_MODES } from '../../lib/permissions/types.ts'
import { SLASH_NAMES } from '../../ui/commands/slash-names.ts'
import { loadCases } from '../support/cases.ts'

const DEFAULTS: RunOptions = {
  agent: 'last',
  conversation: null,
  continueLast: false,
  name: null,
  model: null,
  fallbackModel: null,
  effort: null,
  theme: null,
  backend: null,
  account: null,
  mode: null,
  allowed: [],
  disallowed: [],
  tools: null,
  skills: null,
  updateSkillsBlock: false,
  link: null,
  demo: false,
  trust: false,
  ignoreBrokenSettings: false,
  maxTurns: null,
  maxCost: null,
  directory: null,
  record: null,
  warnings: [],
}

function parse(...argv: string[]): Invocation {
  return parseCommandLine(argv, { stdinIsTerminal: true })
}

function parsePiped(...argv: string[]): Invocation {
  return parseCommandLine(argv, { stdinIsTerminal: false })
}

/** The options that differ from the defaults. */
function optionsOf(...argv: string[]): Partial<RunOptions> {
  const parsed = parse(...argv)
  if (!('options' in parsed)) throw new Error(JSON.stringify(parsed))
  const changed = Object.entries(parsed.options).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(DEFAULTS[key as keyof RunOptions]),
  )
  return Object.fromEntries(changed)
}

/** The usage error; of a valid command line what it was parsed to, for the failing assertion to show. */
function usageErrorOf(...argv: string[]): string {
  const parsed = parse(...argv)
  return parsed.type === 'usageError' ? parsed.message : JSON.stringify(parsed)
}

const didYouMean = (word: string): string => `Did you mean ${word}?`

describe('The command line', () => {
  it('opens the workbench when it is empty', () => {
    expect(parse()).to.deep.equal({ type: 'workbench', options: DEFAULTS, prompt: null })
  })

  it('passes words to the workbench as the first prompt', () => {
    expect(parse('fix', 'the', 'tests')).to.deep.equal({
      type: 'workbench',
      options: DEFAULTS,
      prompt: 'fix the tests',
    })
  })

  it('names the command of the workbench that --resume begins with by its id', () => {
    const invocation = parse('--resume')
    expect(invocation).to.include({ type: 'workbench', prompt: null })
    const command = invocation.type === 'workbench' ? invocation.command : undefined
    expect(SLASH_NAMES[command ?? '']).to.equal('resume')
  })

  it('accepts the examples of Letta Code', () => {
    expect(optionsOf('--new')).to.deep.equal({ agent: 'new' })
    expect(optionsOf('--agent', 'agent-1')).to.deep.equal({ agent: { id: 'agent-1' } })
    expect(optionsOf('-m', 'gpt-4o')).to.deep.equal({ model: 'gpt-4o' })
    expect(optionsOf('--agent', 'a', '--link')).to.deep.equal({ agent: { id: 'a' }, link: 'link' })
    expect(optionsOf('--agent', 'a', '--unlink')).to.deep.equal({
      agent: { id: 'a' },
      link: 'unlink',
    })
    expect(optionsOf('-p', 'Run all tests', '--tools', 'Bash,Read')).to.deep.equal({
      tools: ['Bash', 'Read'],
    })
    expect(optionsOf('-p', 'Just analyze the code', '--tools', '')).to.deep.equal({ tools: [] })
    expect(optionsOf('--allowedTools', 'Bash(npm run test:*)')).to.deep.equal({
      allowed: ['Bash(npm run test:*)'],
    })
    expect(optionsOf('--disallowedTools', 'Bash(a,b), WebFetch')).to.deep.equal({
      disallowed: ['Bash(a,b)', 'WebFetch'],
    })
    expect(optionsOf('--permission-mode', 'acceptEdits')).to.deep.equal({ mode: 'acceptEdits' })
    expect(optionsOf('--skills', '~/my-skills')).to.deep.equal({ skills: '~/my-skills' })
  })

  it('runs headless with the words as the prompt, at any position of -p', () => {
    const expected = { type: 'headless', options: DEFAULTS, prompt: 'hi there', format: 'text' }
    expect(parse('-p', 'hi there')).to.deep.equal(expected)
    expect(parse('hi', 'there', '--prompt')).to.deep.equal(expected)
    expect(parse('--prompt=hi there')).to.deep.equal(expected)
    expect(parse('-p', '--', '--yolo')).to.deep.equal({ ...expected, prompt: '--yolo' })
  })

  it('leaves the prompt to standard input when that is not a terminal', () => {
    const yolo = { ...DEFAULTS, mode: 'bypassPermissions' }
    expect(parsePiped('-p', '--yolo')).to.deep.equal({
      type: 'headless',
      options: yolo,
      prompt: null,
      format: 'text',
    })
    expect(parsePiped('look')).to.deep.include({ type: 'headless', prompt: 'look' })
    expect(parsePiped('-p', '-')).to.deep.include({ type: 'headless', prompt: null })
    expect(parsePiped('-p', 'sum', '1', '-', '2')).to.deep.include({ prompt: 'sum 1 - 2' })
    expect(usageErrorOf('-p', '-')).to.equal(NO_PROMPT)
  })

  it('warns of a deprecated flag', () => {
    const deprecated = FLAGS.find(({ name }) => name === 'continue')?.deprecated
    expect(optionsOf('-c')).to.deep.equal({ continueLast: true, warnings: [deprecated] })
  })

  const errors: Readonly<Record<string, readonly [argv: readonly string[], message: string]>> = {
    'an unknown flag': [
      ['--modle', 'x'],
      `${unknownFlag('--modle')} ${didYouMean('--model')} ${FLAG_SYNTAX}`,
    ],
    'a long flag with one dash': [['-model', 'x'], singleDash('model')],
    'a flag without its value': [
      ['-p', 'hi', '--output-format'],
      requiresValue('--output-format', 'FORMAT'),
    ],
    'an empty value': [['--model', ''], requiresValue('--model', 'MODEL')],
    'a list of nothing': [
      ['--disallowedTools', ' , ,'],
      requiresValue('--disallowedTools', 'RULES'),
    ],
    'a value that looks like a flag': [
      ['--model', '--new'],
      valueLooksLikeFlag('--model', '--new', '--model=--new'),
    ],
    'an invalid output format': [
      ['-p', 'hi', '--output-format', 'jsn'],
      `${invalidChoice('output-format', 'jsn')} ${didYouMean('"json"')} ${validChoices(['text', 'json', 'stream-json'])}`,
    ],
    'an invalid permission mode': [
      ['--permission-mode', 'plann'],
      `${invalidChoice('permission-mode', 'plann')} ${didYouMean('"plan"')} ${validChoices(PERMISSION_MODES)}`,
    ],
    'flags that conflict': [
      ['--agent', 'a', '--link', '--unlink'],
      conflictingFlags('link', 'unlink'),
    ],
    'a number that is not positive': [
      ['-p', 'x', '--max-turns', '0'],
      notPositiveInteger('max-turns', '0'),
    ],
    'an invalid server': [
      ['--backend', 'cluod'],
      `${invalidBackend('cluod')} ${didYouMean('"cloud"')}`,
    ],
    'an output format without -p': [['--output-format', 'json'], FORMAT_REQUIRES_PROMPT],
    'an unknown verb of a subcommand': [
      ['tools', 'lost'],
      `${requiresOneOf('tools', ['call', 'list'])} ${didYouMean('"list"')} ${toSendAsPrompt(['tools', 'lost'])}`,
    ],
    'a missing operand': [
      ['tools', 'call'],
      requiresOperand('tools call', 'NAME', 'letta tools call NAME [JSON]'),
    ],
    'an empty operand, as of an unset variable': [
      ['conversations', 'search', ''],
      requiresOperand('conversations search', 'TEXT', 'letta conversations search TEXT'),
    ],
    'an unexpected argument': [
      ['tools', 'list', 'x'],
      `${unexpectedArgument('tools list', 'x')} ${toSendAsPrompt(['tools', 'list', 'x'])}`,
    ],
    'an argument where a key may be meant': [['login', 'secret'], unexpectedSecret('login')],
    'an operand that is not a choice': [
      ['completion', 'bsh'],
      `${requiresOneOf('completion', ['bash', 'zsh', 'fish', ...COMPLETION_LISTS])} ${didYouMean('"bash"')}`,
    ],
    'a flag that the subcommand does not accept': [
      ['tools', 'list', '--yolo'],
      flagNotValidWith('yolo', 'tools list'),
    ],
    'a flag of one subcommand without it': [['--port', '1'], flagOnlyFor('port', ['serve'])],
    'a flag of many subcommands without one': [
      ['--json'],
      flagOnlyFor('json', [
        'doctor',
        'tools',
        'skills',
        'permissions',
        'agents',
        'conversations',
        'import',
        'accounts',
        'backup',
        'changes',
        'memory',
        'messages',
      ]),
    ],
  }
  for (const [title, [argv, message]] of Object.entries(errors)) {
    it(`rejects ${title} with one line: letta ${argv.join(' ')}`, () => {
      expect(usageErrorOf(...argv))
        .to.equal(message)
        .and.not.include('\n')
    })
  }

  it('rejects --link and --unlink without --agent', () => {
    for (const flag of ['link', 'unlink']) {
      expect(usageErrorOf(`--${flag}`)).to.equal(requiresFlag(flag, 'agent', 'ID'))
    }
  })

  it('bypasses permissions for no flags but the exact ones', () => {
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
        () => !('options' in parsed) || parsed.options.mode === null,
      )
    }
  })

  it('refuses a second value of a flag of subcommands, unless it is a list', () => {
    const memory = ['memory', 'diff', 'human']
    expect(usageErrorOf(...memory, '--since', '1', '--since', '2')).to.equal(
      repeatedFlag('since', ['1', '2']),
    )
    expect(parse(...memory, '--since', '1', '--since', '1')).to.include({ type: 'subcommand' })
    const ask = ['memory', 'ask', 'x', '--without', 'human:1', '--without', 'persona']
    expect(parse(...ask)).to.include({ type: 'subcommand' })
    expect(usageErrorOf('--prompt=a', '--prompt=b')).to.equal(repeatedFlag('prompt', ['a', 'b']))
  })

  it('takes the last value of a flag that an alias may contain, and warns when the values differ', () => {
    const warning = lastValueCounts('model', ['a', 'b'])
    expect(optionsOf('-m', 'a', '-m', 'b')).to.deep.equal({ model: 'b', warnings: [warning] })
    expect(optionsOf('-m', 'a', '-m', 'a')).to.deep.equal({ model: 'a' })
    expect(optionsOf('--allowedTools', 'Read', '--allowedTools', 'Glob')).to.deep.equal({
      allowed: ['Read', 'Glob'],
    })
    expect(optionsOf('agents', 'list', '--backend', 'cloud', '--backend', 'embedded')).to.include({
      backend: 'embedded',
    })
  })

  it('completes the address of a server that is written without a scheme', () => {
    expect(optionsOf('--backend', 'localhost:8283')).to.deep.equal({
      backend: 'http://localhost:8283',
    })
  })

  it('distinguishes subcommands from prompts that begin with the same word', () => {
    expect(parse('trust', '/tmp')).to.deep.include({
      type: 'subcommand',
      name: 'trust',
      operands: ['/tmp'],
      options: DEFAULTS,
    })
    const list = parse('tools', 'list', '--json')
    expect(list).to.deep.include({
      type: 'subcommand',
      name: 'tools list',
      operands: [],
      options: DEFAULTS,
    })
    expect(list.type === 'subcommand' && list.flags.has('json')).to.equal(true)
    expect(parse('trust me on this')).to.deep.include({ prompt: 'trust me on this' })
    expect(parse('--', 'trust')).to.deep.include({ prompt: 'trust' })
    expect(parse('-p', 'tools')).to.deep.include({ type: 'headless', prompt: 'tools' })
  })

  it('shows help also when the version is asked for', () => {
    for (const argv of [['--version', '--help'], ['-hv'], ['-p', 'hi', '-v', '-h']]) {
      expect(parse(...argv), argv.join(' ')).to.deep.equal({ type: 'help', subcommands: [] })
    }
  })

  it('shows help for the word help, and for the subcommands that follow it', () => {
    const names = (...argv: string[]): unknown => {
      const parsed = parse(...argv)
      return parsed.type === 'help' ? parsed.subcommands.map(({ name }) => name) : parsed.type
    }
    expect(names('help')).to.deep.equal([])
    expect(names('help', 'serve')).to.deep.equal(['serve'])
    expect(names('serve', '--help')).to.deep.equal(['serve'])
    expect(names('help', 'agents')).to.deep.equal([
      'agents list',
      'agents export',
      'agents import',
      'agents copy',
      'agents delete',
    ])
    expect(names('help', 'memory', 'show')).to.deep.equal(['memory show'])
    expect(parse('help', 'me', 'with', 'this')).to.deep.include({ prompt: 'help me with this' })
    expect(parse('help', 'memory', 'leaks')).to.deep.include({ prompt: 'help memory leaks' })
    expect(parse('-p', 'help')).to.deep.include({ type: 'headless', prompt: 'help' })
  })

  describe('in the cases of cli_argv.json', () => {
    const { cases } = loadCases('cli_argv.json') as CaseFile
    // These are valid; test/bin/cases.test.ts runs them.
    const ofProgram = new Set(['argv-52', 'argv-56'])
    for (const { id, argv, stdinTTY, stdin, expect: expected } of cases) {
      if (ofProgram.has(id)) continue
      it(`has the result of ${id}: letta ${argv.join(' ')}`, () => {
        const parsed = parseCommandLine(argv, { stdinIsTerminal: stdinTTY })
        const result = toCaseResult(parsed, stdin)
        for (const [key, value] of Object.entries(expected)) {
          if (key === 'stderrContains') {
            for (const text of value as string[]) expect(result['message']).to.include(text)
          } else if (key !== 'stdoutContains') expect(result[key], key).to.deep.equal(value)
        }
      })
    }
  })
})

function toCaseResult(parsed: Invocation, stdin: string | undefined): Record<string, unknown> {
  if (parsed.type === 'usageError') return { exit: 2, message: parsed.message }
  if (parsed.type === 'help' || parsed.type === 'version') return { exit: 0 }
  if (parsed.type === 'subcommand' || parsed.type === 'info') return {}
  const { mode, agent, tools, disallowed, allowed } = parsed.options
  return {
    headless: parsed.type === 'headless',
    prompt: parsed.prompt ?? stdin,
    outputFormat: parsed.type === 'headless' ? parsed.format : null,
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
