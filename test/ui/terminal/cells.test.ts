import { expect } from 'chai'
import { blankLine, writeRow } from '../../../ui/terminal/cells.ts'
import { createSgr } from '../../../ui/terminal/sgr.ts'
import { row, styled } from '../../../ui/view/render/row.ts'
import { rgb, styleOf } from '../../../ui/view/render/style.ts'
import { loadCases } from '../../support/cases.ts'
import { feed, gridOf, openModel } from './grid.ts'
import { createPartsPainter, type PartsFrame } from './parts-painter.ts'

describe('The cells of a row', () => {
  const texts: readonly (readonly [row: string, columns: number, cells: string])[] = [
    ['plain', 7, 'p|l|a|i|n| | '],
    ['too long', 3, 't|o|o'],
    ['漢字', 5, '漢||字|| '],
    ['漢字', 3, '漢|| '],
    ['a\tb', 6, 'a| |b| | | '],
    ['e\u0301x', 3, 'e\u0301|x| '],
    ['👩‍🚀👍🏽🇩🇪❤️', 8, '👩||👍||🇩🇪||❤️|'],
    ['a\u202eb\u200bc', 4, 'a|\ufffd|b|c'],
    ['a'.padEnd(50, '\u0301'), 2, `${'a'.padEnd(8, '\u0301')}| `],
    ['x\ud800y', 3, 'x|\ufffd|y'],
    ['a\nb\rc\x07d\x7fe\u0085f\x00', 7, 'a|b|c|d|e|f| '],
    ['a\x1b[2Jb\x07\x9b3Kc', 5, 'a|b|c| | '],
    ['a\x1b]0;no end', 9, 'a|]|0|;|n|o| |e|n'],
    ['a\x1b', 2, 'a| '],
  ]
  for (const [text, columns, cells] of texts) {
    it(`are ${cells} for ${JSON.stringify(text)}`, () => {
      const line = blankLine(columns)
      writeRow(line, row(text), { x: 0, columns }, { joinsEmoji: false })
      expect(line.map(([, cluster]) => cluster).join('|')).to.equal(cells)
    })
  }

  it('contain a joined emoji once where the terminal joins it', () => {
    const line = blankLine(4)
    writeRow(line, row('👩‍🚀👍🏽'), { x: 0, columns: 4 }, { joinsEmoji: true })
    expect(line.map(([, cluster]) => cluster)).to.deep.equal(['👩‍🚀', '', '👍🏽', ''])
  })

  it('are dirty only when one of them has changed', () => {
    const line = blankLine(4)
    const write = (text: string): boolean => {
      line.dirty = false
      writeRow(line, row(text), { x: 0, columns: 4 }, { joinsEmoji: false })
      return line.dirty
    }
    expect([write('ab'), write('ab'), write('ac'), write('ac  '), write('a')]).to.deep.equal([
      true,
      false,
      true,
      false,
      true,
    ])
  })

  it('have only safe links', () => {
    const linkOf = (link: string): string | undefined => {
      const line = blankLine(1)
      writeRow(line, styled(styleOf({ link }), 'x'), { x: 0, columns: 1 }, { joinsEmoji: false })
      return line[0]?.[0].link
    }
    expect(linkOf('https://a.example/b')).to.equal('https://a.example/b')
    expect(linkOf('javascript:alert(1)')).to.equal('')
    expect(linkOf('https://a.example/\x1b\\')).to.equal('')
  })
})

describe('The SGR sequence of a style', () => {
  const sequences: readonly (readonly [traits: Parameters<typeof styleOf>[0], sequence: string])[] =
    [
      [{}, '\x1b[m'],
      [{ bold: true, italic: true, underline: true }, '\x1b[0;1;3;4m'],
      [{ dim: true, inverse: true, strike: true }, '\x1b[0;2;7;9m'],
      [{ fg: 1, bg: 2 }, '\x1b[0;31;42m'],
      [{ fg: 9, bg: 10 }, '\x1b[0;91;102m'],
      [{ fg: 200, bg: rgb(1, 2, 3) }, '\x1b[0;38;5;200;48;2;1;2;3m'],
    ]
  for (const [traits, sequence] of sequences) {
    it(`with ${JSON.stringify(traits)} is ${JSON.stringify(sequence)}`, () => {
      expect(createSgr('truecolor')(styleOf(traits))).to.equal(sequence)
    })
  }

  it('leaves the color of the text to the terminal where sixteen colors make it that of the ground', () => {
    const sgr = createSgr('16')
    expect(sgr(styleOf({ fg: 8, bg: 8, bold: true }))).to.equal('\x1b[0;1;100m')
    expect(sgr(styleOf({ fg: rgb(128, 128, 128), bg: 8 }))).to.equal('\x1b[0;100m')
    expect(sgr(styleOf({ fg: 7, bg: 8 }))).to.equal('\x1b[0;37;100m')
  })
})

describe('The painter as second barrier', () => {
  it('writes only its own sequences, whatever a row contains', () => {
    const random = createRandom(3)
    const likely =
      '\x1b\x1b\x1b[]PX^_?>=0123456789;:mhlHJKABun~\x07\x9b\x9d\x90\x9c\\(7 a漢😀\u202e\u200b\t\n'
    const pieces = [...likely]
    for (let round = 0; round < 400; round++) {
      const rows = Array.from({ length: 4 }, () =>
        Array.from({ length: 60 }, () => pieces[random(pieces.length)] ?? '').join(''),
      )
      expect(residue(createPartsPainter({ colors: 'truecolor' }).paint(frameOf(rows)))).to.equal('')
    }
  })

  const cases = casesOf(loadCases('hostile-terminal-escape.json'))
  for (const { id, why, input, visible, forbidden } of cases) {
    it(`removes ${id}: ${why}`, async () => {
      const rows = input.split(/\r?\n/).flatMap((line) => line.match(/.{1,400}/gsu) ?? [''])
      const painted = createPartsPainter({ colors: 'truecolor' }).paint(frameOf(rows))
      const bytes = Buffer.from(painted).toString('hex')
      expect(forbidden.filter((hex) => bytes.includes(hex))).to.deep.equal([])
      expect(residue(painted)).to.equal('')
      const model = openModel(400, rows.length)
      const events: string[] = []
      model.onTitleChange(() => events.push('title'))
      model.onBell(() => events.push('bell'))
      model.onData(() => events.push('input'))
      await feed(model, painted)
      expect(events).to.deep.equal([])
      const text = gridOf(model)
        .map((line) => line.map((cell) => cell.text).join(''))
        .join('\n')
      for (const wanted of visible) expect(text).to.include(wanted)
    })
  }
})

/** What is left when all that the painter may write is taken away, as far as it controls a terminal. */
function residue(painted: string): string {
  return painted
    .replace(
      /\x1b\[\?(?:2026|25)[hl]|\x1b\[\d+;\d+H|\x1b\[\d*C|\x1b\[K|\x1b\[(?:0;[\d;]+)?m|\x1b\]8;;(?:https?:|file:|mailto:)?[\x21-\x7e]*?\x1b\\/g,
      '',
    )
    .replace(/[^\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '')
}

function frameOf(rows: readonly string[]): PartsFrame {
  const rect = { x: 0, y: 0, columns: 400, rows: rows.length }
  return {
    size: { columns: 400, rows: rows.length },
    parts: [{ id: 'all', rect, rows: rows.map((text) => row(text)) }],
    caret: null,
    title: '',
  }
}

interface Case {
  readonly id: string
  readonly why: string
  readonly input: string
  readonly visible: readonly string[]
  readonly forbidden: readonly string[]
}

interface CaseFile {
  readonly cases: readonly {
    readonly id: string
    readonly why: string
    readonly input?: string
    readonly input_base64?: string
    readonly input_parts?: readonly string[]
    readonly visible: readonly string[]
    readonly forbid_bytes_hex: readonly string[]
  }[]
}

function casesOf(file: unknown): readonly Case[] {
  if (file === null) return []
  return (file as CaseFile).cases.map((found) => ({
    id: found.id,
    why: found.why,
    input:
      found.input ??
      found.input_parts?.join('') ??
      Buffer.from(found.input_base64 ?? '', 'base64').toString(),
    visible: found.visible,
    forbidden: found.forbid_bytes_hex,
  }))
}

function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) | 0
    return (state >>> 7) % below
  }
}
