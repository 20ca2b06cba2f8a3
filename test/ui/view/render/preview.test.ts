import { expect } from 'chai'
import type { Preview } from '../../../../lib/tools/tool.ts'
import { renderPreview } from '../../../../ui/view/render/preview.ts'
import { loadCases } from '../../../support/cases.ts'
import { PLAIN, textOf } from '../rows.ts'

const rows = (preview: Preview, columns = 40): readonly string[] =>
  textOf(renderPreview(preview, columns, PLAIN).rows)
const command = (text: string, more: object = {}): Preview => ({
  kind: 'command',
  command: text,
  description: null,
  background: false,
  timeoutMs: 120_000,
  ...more,
})

describe('the preview of a command', () => {
  it('shows every line of it behind a prompt, wrapped parts without one', () => {
    expect(rows(command('git add .\ngit commit -m "long"'), 14)).to.deep.equal([
      '$ git add .',
      '> git commit -',
      '  m "long"',
      'runs for at',
      'most 2 min',
    ])
  })

  it('says what it is for and how it runs', () => {
    const preview = command('npm test', { description: 'Run\nall tests', background: true })
    expect(rows(preview)).to.deep.equal(['Run⏎all tests', '$ npm test', 'runs in the background'])
  })

  it('spells out what hides in it', () => {
    expect(rows(command('rm \u202ea  \nls')).slice(0, 2)).to.deep.equal(['$ rm \\u202ea··', '> ls'])
  })

  it('says how it reads without its escape sequences', () => {
    expect(rows(command('echo a\x1b[8mb'), 80).slice(0, 2)).to.deep.equal([
      '$ echo a\\x1b[8mb',
      'It holds escape sequences. Without them it reads: echo ab',
    ])
  })

  it('keeps the end of a long one in sight', () => {
    const preview = command(`ls #${'\u2800'.repeat(500)}\nrm -rf build`)
    expect(rows(preview).slice(0, 2)).to.deep.equal(['$ ls #\\u2800×500', '> rm -rf build'])
  })
})

describe('the preview of anything else', () => {
  it('is arguments spelled out, a plan as markdown, or the reason why not', () => {
    expect(rows({ kind: 'arguments', text: '{\n  "a": "\u200b"\n}' })).to.deep.equal([
      '{',
      '  "a": "\\u200b"',
      '}',
    ])
    expect(rows({ kind: 'plan', markdown: 'first' })).to.deep.equal(['first'])
    expect(rows({ kind: 'impossible', reason: 'a.ts has changed\x1b[2J' })).to.deep.equal([
      'a.ts has changed',
    ])
  })
})

describe('the approval sink of the escape corpus', () => {
  interface Case {
    readonly id: string
    readonly sinks: readonly string[]
    readonly input?: string
    readonly visible: readonly string[]
  }
  const { cases } = loadCases('hostile-terminal-escape.json') as { cases: Case[] }
  for (const { id, sinks, input, visible } of cases) {
    if (!sinks.includes('approval_prompt') || input === undefined) continue
    it(`${id}: the command can be read, nothing of it acts`, () => {
      const shown = rows(command(input), 100).join('\n')
      for (const text of visible) expect(shown).to.include(text)
      expect(shown).not.to.match(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/)
    })
  }
})
