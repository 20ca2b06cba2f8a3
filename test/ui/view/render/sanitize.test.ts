import { expect } from 'chai'
import fc from 'fast-check'
import { clean, cleanLine, reveal, revealRow } from '../../../../ui/view/render/sanitize.ts'
import { loadCases } from '../../../support/cases.ts'
import { markup, namedStyles } from '../rows.ts'

interface EscapeCase {
  readonly id: string
  readonly group: string
  readonly input?: string
  readonly input_base64?: string
  readonly input_parts?: readonly string[]
  readonly visible: readonly string[]
  readonly forbid_bytes_hex: readonly string[]
}

const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/

describe('Sanitized text', () => {
  it('keeps prose, line breaks and tabs', () => {
    expect(clean('a\n\tb {bold} <i> é 漢字 👩‍👩‍👧 🇯🇵 ❤️ 🏴󠁧󠁢󠁷󠁬󠁳󠁿')).to.equal(
      'a\n\tb {bold} <i> é 漢字 👩‍👩‍👧 🇯🇵 ❤️ 🏴󠁧󠁢󠁷󠁬󠁳󠁿',
    )
  })

  it('has line feeds instead of all other line ends', () => {
    expect(clean('a\r\nb\rc\u2028d')).to.equal('a\nb\nc\nd')
  })

  it('contains no known sequences', () => {
    const sequences = [
      '\x1b[31m',
      '\x1b[?1049h',
      '\x1b[4h',
      '\x1b[2J',
      '\x1b[1 q',
      '\x1b[>4;2m',
      '\x1b[!p',
      '\x9b2J',
      '\x1b]0;title\x07',
      '\x1b]52;c;aGk=\x1b\\',
      '\x9d0;title\x9c',
      '\x1bP+q544e\x1b\\',
      '\x1b_apc\x1b\\',
      '\x1b)0',
      '\x1b7',
      '\x1bc',
    ]
    for (const sequence of sequences) expect(clean(`a${sequence}b`), sequence).to.equal('ab')
  })

  it('keeps the rest of an incomplete sequence rather than losing text', () => {
    expect(clean('a\x1b_unterminated b')).to.equal('a_unterminated b')
    expect(clean('a\x1b]0;title\nb\x07c')).to.equal('a]0;title\nbc')
    expect(clean('a\x1b[1;2hello')).to.equal('a[1;2hello')
    expect(clean('a\x1bhello')).to.equal('ahello')
    expect(clean('a\x1b\u200b[2J')).to.equal('a[2J')
  })

  it('has one mark for each run of bidi controls, tags, fillers and useless joiners', () => {
    expect(clean('safe\u202egpj.exe')).to.equal('safe\ufffdgpj.exe')
    expect(clean('a\u{e0041}\u{e0042}b')).to.equal('a\ufffdb')
    expect(clean('a\u3164\uffa0b')).to.equal('a\ufffdb')
    expect(clean(`a${'\u200d'.repeat(200)}b`)).to.equal('a\ufffdb')
    expect(clean('a\udc00b')).to.equal('a\ufffdb')
  })

  it('has no hints for line breaks in prose, and marks them in names', () => {
    expect(clean('in\u00advis\u200bible\ufeff')).to.equal('invisible')
    expect(cleanLine('adm\u200bin')).to.equal('adm\ufffdin')
  })

  it('keeps joiners between letters of scripts that require them', () => {
    expect(clean('می\u200cخواهم क\u094d\u200dष')).to.equal('می\u200cخواهم क\u094d\u200dष')
  })

  it('has a limited number of combining marks per character', () => {
    expect(clean(`a${'\u0301'.repeat(50)}b`)).to.equal(`a${'\u0301'.repeat(6)}b`)
  })

  it('never contains a control character, whatever the input is', () => {
    const nasty = fc.string({
      unit: fc.constantFrom(
        '\x1b',
        '[',
        ']',
        '\x9b',
        '\x07',
        '\\',
        '2',
        ';',
        'J',
        'h',
        '\u200d',
        'P',
        '\r',
        '\n',
        '\x9c',
      ),
    })
    fc.assert(
      fc.property(nasty, (text) => {
        expect(clean(text)).not.to.match(CONTROL)
        expect(cleanLine(text)).not.to.match(/[\x00-\x1f\x7f-\x9f]/)
        expect(reveal(text)).not.to.match(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/)
        expect(clean(clean(text))).to.equal(clean(text))
      }),
    )
  })

  it('takes time in proportion to its length', () => {
    for (const unit of ['\x1b]', '\x9d', '\x1b[1;', '\u200d', ' ', '\u0301'])
      expect(clean(unit.repeat(100_000)).length).to.be.at.most(400_000)
  })
})

describe('A sanitized line', () => {
  it('joins the lines of its text', () => {
    expect(cleanLine('a\tb\nc\n')).to.equal('a b⏎c')
  })
})

describe('Revealed text', () => {
  it('spells out invisible characters', () => {
    expect(reveal('rm\u202e x\x1b[8m\ty\r\u00a0\u{e0041}\u200b')).to.equal(
      'rm\\u202e x\\x1b[8m\\ty\\r\\xa0\\u{e0041}\\u200b',
    )
  })

  it('keeps line breaks, and shows spaces before them', () => {
    expect(reveal('ls  \r\nrm -rf build ')).to.equal('ls··\nrm -rf build·')
  })

  it('counts long runs, so that the text after them stays visible', () => {
    expect(reveal(`ls #${'\u2800'.repeat(300)}\nrm`)).to.equal('ls #\\u2800×300\nrm')
  })

  it('is styled by the caller where it is spelled out', () => {
    expect(markup(revealRow('a\x1bb ', namedStyles.warning))).to.equal(
      'a<warning>\\x1b</>b<warning>·</>',
    )
  })
})

describe('Hostile text has no effect and stays readable in case', () => {
  const { cases } = loadCases('hostile-terminal-escape.json') as { cases: EscapeCase[] }
  for (const one of cases) {
    if (one.group === 'markdown') continue
    it(`${one.id}`, () => {
      const text = inputOf(one)
      // Spelled out, a color sequence stands between the letters; the command's preview also shows it without.
      const sinks = one.group === 'sgr' ? [clean, cleanLine] : [clean, cleanLine, reveal]
      for (const shown of sinks.map((sink) => sink(text))) {
        const bytes = Buffer.from(shown.replace(/\t/g, '    ')).toString('hex')
        for (const forbidden of one.forbid_bytes_hex)
          expect(bytes.indexOf(forbidden) % 2, forbidden).not.to.equal(0)
        for (const visible of one.visible) expect(shown).to.include(visible)
        expect(shown).not.to.match(CONTROL)
      }
    })
  }
})

function inputOf(one: EscapeCase): string {
  if (one.input_base64 !== undefined) return Buffer.from(one.input_base64, 'base64').toString()
  return one.input ?? one.input_parts?.join('') ?? ''
}
