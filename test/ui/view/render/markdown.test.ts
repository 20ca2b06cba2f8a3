import { expect } from 'chai'
import fc from 'fast-check'
import type { Styles } from '../../../../ui/theme/styles.ts'
import {
  type Formatter,
  loadFormatter,
  renderMarkdown,
} from '../../../../ui/view/render/formatter.ts'
import type { createMarkdown } from '../../../../ui/view/render/markdown.ts'
import type { Row } from '../../../../ui/view/render/row.ts'
import { rowWidth } from '../../../../ui/view/render/wrap.ts'
import { loadCases } from '../../../support/cases.ts'
import { markup, namedStyles, PLAIN, plainStyles, textOf } from '../rows.ts'

let formatter: Formatter
let createFresh: typeof createMarkdown
const load = async (): Promise<void> => {
  formatter = await loadFormatter()
  // Imported as the formatter is: a second instance of the modules would intern its own styles.
  createFresh = (await import('../../../../ui/view/render/markdown.ts')).createMarkdown
}
const rendered = (text: string, columns = 40, styles: Styles = plainStyles): readonly Row[] =>
  formatter.markdown(text, columns, styles)
const shown = (text: string, columns = 40): readonly string[] => textOf(rendered(text, columns))
const named = (text: string, columns: number): readonly string[] =>
  rendered(text, columns, namedStyles).map(markup)

describe('Markdown', () => {
  it('is plain wrapped text until the renderer is loaded', () => {
    expect(textOf(renderMarkdown('**one** two', 7, PLAIN))).to.deep.equal(['**one**', 'two'])
  })

  describe('once loaded', () => {
    before(load)

    it('wraps paragraphs and keeps their line breaks', () => {
      expect(shown('a **bold** word\nand more\n\nnext', 8)).to.deep.equal([
        'a bold',
        'word',
        'and more',
        '',
        'next',
      ])
    })

    it('begins each line of a paragraph at the margin', () => {
      expect(shown('  a paragraph\n  of two lines\n\n - item\n\n   **b** after it')).to.deep.equal([
        'a paragraph',
        'of two lines',
        '',
        '• item',
        '',
        '  b after it',
      ])
    })

    it('uses the roles of the theme instead of fixed colors', () => {
      expect(named('# A\n**b** *c* ~~d~~ `e:f`', 99)).to.deep.equal([
        '<heading>A</>',
        '<rule>─</>',
        '',
        '<strong>b</> <emphasis>c</> <strike>d</> <inlineCode>e:f</>',
      ])
    })

    it('renders inline markup in tight lists, including nested ones', () => {
      expect(named('- **a**\n- b\n- [x] `d`\n- [ ] e', 60)).to.deep.equal([
        '<listMarker>• </><strong>a</>',
        '<listMarker>• </>b',
        '<listMarker>✔ </><inlineCode>d</>',
        '<listMarker>○ </>e',
      ])
      expect(shown('- a\n  1. **b**\n     - `c`')).to.deep.equal(['• a', '  1. b', '     • c'])
    })

    it('indents wrapped list items to their text', () => {
      expect(shown('- one two three\n- four\n\n9. nine\n10. ten', 11)).to.deep.equal([
        '• one two',
        '  three',
        '• four',
        '',
        ' 9. nine',
        '10. ten',
      ])
    })

    it('keeps the blank lines of loose lists', () => {
      expect(shown('- a\n\n  b\n- c')).to.deep.equal(['• a', '', '  b', '', '• c'])
    })

    it('fits quotes to the width, also with lists in them', () => {
      expect(shown('> one two three\n> - four five', 11)).to.deep.equal([
        '▎ one two',
        '▎ three',
        '▎ ',
        '▎ • four',
        '▎   five',
      ])
    })

    it('fits tables to the width by wrapping cells', () => {
      const table = '| a | b |\n|---|--:|\n| one two three | 1 |\n| x | 22 |'
      expect(shown(table, 30)).to.deep.equal([
        'a             │  b',
        '──────────────┼───',
        'one two three │  1',
        'x             │ 22',
      ])
      expect(shown(table, 13)).to.deep.equal([
        'a        │  b',
        '─────────┼───',
        'one two  │  1',
        'three    │',
        'x        │ 22',
      ])
    })

    it('makes long columns of a table narrower first, and breaks no word of them', () => {
      const table =
        '| n | name | what it does |\n|-|-|-|\n| 1 | cancelled | a b c d e f g h i j k l |'
      expect(shown(table, 32)).to.deep.equal([
        'n │ name      │ what it does',
        '──┼───────────┼─────────────────',
        '1 │ cancelled │ a b c d e f g h',
        '  │           │ i j k l',
      ])
      expect(shown(table, 22)[0]).to.equal('n: 1')
    })

    it('lists the rows of a table that is too narrow for its columns', () => {
      expect(shown('|a|b|c|\n|-|-|-|\n|wide one|wide two|wide three|', 12)).to.deep.equal([
        'a: wide one',
        'b: wide two',
        'c: wide',
        '  three',
      ])
    })

    it('highlights a closed fence in a known language, leaves others plain, and wraps long lines', () => {
      expect(named('```js\nconst a = 1\n```', 99)).to.deep.equal([
        '<codeBorder>┌ js</>',
        '<codeBorder>│ </><codeKeyword>const</> a = <codeNumber>1</>',
      ])
      expect(named('```js\nconst a = 1', 99)[1]).to.equal('<codeBorder>│ </>const a = 1')
      expect(named('```nolanguage\nconst\n```', 99)[1]).to.equal('<codeBorder>│ </>const')
      expect(shown('```\nabcdefgh\n```', 6)).to.deep.equal(['│ abcd', '╎ efgh'])
    })

    it('shows images and HTML as text, and rules as lines', () => {
      expect(shown('![cat](x.png) a<b>c</b>\n\n---\n\n<div>\nx\n</div>', 30)).to.deep.equal([
        '[image: cat] (x.png) a<b>c</b>',
        '',
        '─'.repeat(30),
        '',
        '<div>',
        'x',
        '</div>',
      ])
    })

    it('links what a browser opens, and always shows the target', () => {
      expect(
        rendered('[a](https://b.example) <https://c.example> [d](javascript:e) [f](g.ts)', 200).map(
          markup,
        ),
      ).to.deep.equal([
        '[https://b.example|a (https://b.example)] [https://c.example|https://c.example]' +
          ' d (javascript:e) f (g.ts)',
      ])
    })

    it('shows entities as their characters, but never as control characters', () => {
      expect(shown('&lt;b&gt; &amp; &#27;[2J &#x1b;[2J')).to.deep.equal([
        '<b> & &#27;[2J &#x1b;[2J',
      ])
    })

    it('makes no row of any block wider than requested', () => {
      fc.assert(
        fc.property(documents, fc.integer({ min: 30, max: 60 }), (text, columns) => {
          for (const row of rendered(text, columns))
            expect(rowWidth(row), markup(row)).to.be.at.most(columns)
        }),
        { numRuns: 100 },
      )
    })

    it('renders at the narrowest widths', () => {
      fc.assert(
        fc.property(documents, fc.integer({ min: 0, max: 29 }), (text, columns) => {
          expect(rendered(text, columns)).to.be.an('array')
        }),
      )
    })

    it('leaves text plain that only an attacker writes', () => {
      const joined = (text: string): string => shown(text, 110).join('')
      expect(shown('>'.repeat(5000), 5000)).to.deep.equal(['>'.repeat(5000)])
      expect(joined('[a](b'.repeat(5000))).to.equal('[a](b'.repeat(5000))
      expect(shown('*a '.repeat(7000).trim(), 110).join(' ')).to.equal('*a '.repeat(7000).trim())
    })

    it('that grows in chunks ends as if it had been received at once', () => {
      fc.assert(
        fc.property(
          documents,
          fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
          (text, sizes) => {
            let end = 0
            for (let step = 0; end < text.length; step++) {
              end = Math.min(text.length, end + (sizes[step % sizes.length] ?? 1))
              rendered(text.slice(0, end), 40, namedStyles)
            }
            const fresh = createFresh(formatter.code)
            expect(named(text, 40)).to.deep.equal(fresh(text, 40, namedStyles).map(markup))
          },
        ),
        { numRuns: 300 },
      )
    })

    it('has the same rows for the same text, and new ones for another width or theme', () => {
      const rows = rendered('one two')
      expect(rendered('one two')).to.equal(rows)
      expect(shown('one two', 4)).to.deep.equal(['one', 'two'])
      expect(named('**one**', 40)).to.deep.equal(['<strong>one</>'])
    })

    it('keeps the rows of the texts that were shown last, and not of each of a conversation', () => {
      const first = rendered('first text of many')
      for (let text = 0; text < 40; text++) rendered(`${text} is another text`)
      expect(rendered('first text of many')).to.equal(first)
      for (let text = 0; text < 80; text++) rendered(`${text} is one more text`)
      expect(rendered('first text of many')).to.not.equal(first)
      expect(rendered('first text of many')).to.deep.equal(first)
    })

    it('renders a text that begins like another as if it were the only one', () => {
      shown('a\n\nb\n\nc')
      expect(shown('a\n\nb\n\nc\n\nd')).to.deep.equal(['a', '', 'b', '', 'c', '', 'd'])
      expect(shown('a\n\nx')).to.deep.equal(['a', '', 'x'])
      expect(shown('a\n\nb\n\nc')).to.deep.equal(['a', '', 'b', '', 'c'])
    })
  })
})

describe('Hostile markdown leaves no control sequence and no unexpected link in case', () => {
  interface Case {
    readonly id: string
    readonly group: string
    readonly input: string
    readonly visible: readonly string[]
  }
  before(load)
  const { cases } = loadCases('hostile-terminal-escape.json') as { cases: Case[] }
  for (const one of cases.filter(({ input }) => input !== undefined))
    it(`${one.id}`, () => {
      const rows = rendered(one.input, 100)
      const text = textOf(rows).join('\n')
      expect(textOf(rows).join('')).not.to.match(/[\x00-\x1f\x7f-\x9f]/)
      for (const { style } of rows.flat())
        expect(style.link).to.match(/^(?:(?:https?|mailto):[!-~]*)?$/)
      if (one.group === 'markdown')
        for (const visible of one.visible) expect(text).to.include(visible)
    })
})

const word = fc.constantFrom(
  'word',
  '**bold**',
  '`code`',
  '*em*',
  '[x]',
  '[link](http://a.b)',
  'a|b',
  '漢字',
  '<i>',
  '&lt;',
  '~~s~~',
  '[x][y]',
  'long-long-word',
  '!',
  '<!-- c -->',
  '\\*',
  '_',
  '`',
)
const line = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => words.join(' '))
const start = fc.constantFrom(
  '',
  '',
  '',
  '- ',
  '* ',
  '1. ',
  '> ',
  '  ',
  '    ',
  '# ',
  '### ',
  '- [ ] ',
  '> - ',
  '  - ',
  '\t',
  '[x]: ',
  '[y]: ',
)
const special = fc.constantFrom(
  '',
  '',
  '',
  '---',
  '===',
  '```',
  '```ts',
  '~~~',
  '|---|---|',
  '| a | b |',
  '<div>',
  '</div>',
  '[x]: http://x.y',
  '***',
  '<!--',
  '-->',
)
const documents = fc
  .array(
    fc.oneof(
      { weight: 2, arbitrary: fc.tuple(start, line).map((parts) => parts.join('')) },
      { weight: 1, arbitrary: special },
    ),
    { minLength: 1, maxLength: 20 },
  )
  .map((lines) => lines.join('\n'))
