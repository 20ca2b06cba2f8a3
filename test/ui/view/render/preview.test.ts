import { expect } from 'chai'
import type { Preview } from '../../../../lib/tools/tool.ts'
import { renderPreview } from '../../../../ui/view/render/preview.ts'
import { loadCases } from '../../../support/cases.ts'
import { PLAIN, textOf } from '../rows.ts'

const rows = (preview: Preview, columns = 40): readonly string[] =>
  textOf(renderPreview(preview, columns, PLAIN).rows)
const command = (text: string, more: object = {}): Preview => ({
  type: 'command',
  command: text,
  description: null,
  background: false,
  timeoutMs: 120_000,
  ...more,
})

describe('The preview of a command', () => {
  it('shows every line after a prompt sign, and wrapped parts without one', () => {
    expect(rows(command('git add .\ngit commit -m "long"'), 14)).to.deep.equal([
      '$ git add .',
      '> git commit ',
      '  -m "long"',
      'timeout 2 min',
    ])
  })

  it('shows its purpose and how it runs', () => {
    const preview = command('npm test', { description: 'Run\nall tests', background: true })
    expect(rows(preview)).to.deep.equal(['Run⏎all tests', '$ npm test', 'runs in the background'])
  })

  it('spells out hidden characters', () => {
    expect(rows(command('rm \u202ea  \nls')).slice(0, 2)).to.deep.equal(['$ rm \\u202ea··', '> ls'])
  })

  it('shows its text without escape sequences', () => {
    expect(rows(command('echo a\x1b[8mb'), 80).slice(0, 2)).to.deep.equal([
      '$ echo a\\x1b[8mb',
      'Contains escape sequences; displayed as: echo ab',
    ])
  })

  it('shows the end of a long command', () => {
    const preview = command(`ls #${'\u2800'.repeat(500)}\nrm -rf build`)
    expect(rows(preview).slice(0, 2)).to.deep.equal(['$ ls #\\u2800×500', '> rm -rf build'])
  })
})

describe('The preview of any other call', () => {
  it('is the arguments spelled out, a plan as markdown, or the reason why there is none', () => {
    expect(rows({ type: 'arguments', text: '{\n  "a": "\u200b"\n}' })).to.deep.equal([
      '{',
      '  "a": "\\u200b"',
      '}',
    ])
    expect(rows({ type: 'plan', markdown: 'first' })).to.deep.equal(['first'])
    expect(rows({ type: 'impossible', reason: 'a.ts has changed\x1b[2J' })).to.deep.equal([
      'a.ts has changed',
    ])
  })
})

describe('A hostile command is readable and has no effect in the preview of case', () => {
  interface Case {
    readonly id: string
    readonly sinks: readonly string[]
    readonly input?: string
    readonly visible: readonly string[]
  }
  const { cases } = loadCases('hostile-terminal-escape.json') as { cases: Case[] }
  for (const { id, sinks, input, visible } of cases) {
    if (!sinks.includes('approval_prompt') || input === undefined) continue
    it(`${id}`, () => {
      const shown = rows(command(input), 100).join('\n')
      for (const text of visible) expect(shown).to.include(text)
      expect(shown).not.to.match(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/)
    })
  }
})
