import { expect } from 'chai'
import fc from 'fast-check'
import { STYLE_NAMES, type StyleName, type Styles } from '../../../../ui/theme/styles.ts'
import { makeStyles, parseTheme } from '../../../../ui/theme/theme.ts'
import { loadMarkdown, renderMarkdown } from '../../../../ui/view/render/markdown.ts'
import { stripStyles } from '../../../../ui/view/render/sgr.ts'
import { rowWidth } from '../../../../ui/view/render/wrap.ts'
import { loadCases } from '../../../support/cases.ts'

const plain = makeStyles(
  parseTheme({}, 'plain', () => undefined),
  'truecolor',
)
const named = Object.fromEntries(
  STYLE_NAMES.map((role) => [role, (text: string) => (text === '' ? '' : `<${role}>${text}</>`)]),
) as Record<StyleName, (text: string) => string> satisfies Styles

let count = 0
/** Rendered at once, under an id of its own. */
const rendered = (text: string, columns = 40, styles: Styles = plain): readonly string[] =>
  renderMarkdown(`once-${count++}`, text, columns, styles)
const shown = (text: string, columns = 40): readonly string[] =>
  rendered(text, columns).map(stripStyles)

describe('markdown', () => {
  it('is plain wrapped text until it is loaded', () => {
    // Another test file may have loaded it before this one.
    const rows = rendered('one two', 4)
    expect(rows).to.deep.equal(['one', 'two'])
  })

  describe('once loaded', () => {
    before(loadMarkdown)

    it('wraps paragraphs and keeps their line breaks', () => {
      expect(shown('a **bold** word\nand more\n\nnext', 8)).to.deep.equal([
        'a bold',
        'word',
        'and more',
        '',
        'next',
      ])
    })

    it('paints roles, not colours', () => {
      expect(rendered('# A\n**b** *c* ~~d~~ `e:f`', 99, named)).to.deep.equal([
        '<heading># A</>',
        '',
        '<strong>b</> <emphasis>c</> <strike>d</> <inlineCode>e:f</>',
      ])
    })

    it('renders inline markup in tight lists, nested ones too', () => {
      expect(rendered('- **a**\n- b\n- [x] `d`\n- [ ] e', 60, named)).to.deep.equal([
        '<listMarker>• </><strong>a</>',
        '<listMarker>• </>b',
        '<listMarker>• [x] </><inlineCode>d</>',
        '<listMarker>• [ ] </>e',
      ])
      expect(shown('- a\n  1. **b**\n     - `c`')).to.deep.equal(['• a', '  1. b', '     • c'])
    })

    it('hangs wrapped list items under their text', () => {
      expect(shown('- one two three\n- four\n\n9. nine\n10. ten', 11)).to.deep.equal([
        '• one two',
        '  three',
        '• four',
        '',
        ' 9. nine',
        '10. ten',
      ])
    })

    it('keeps loose lists loose', () => {
      expect(shown('- a\n\n  b\n- c')).to.deep.equal(['• a', '', '  b', '', '• c'])
    })

    it('fits quotes, also with lists in them', () => {
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
      expect(shown(table, 12)).to.deep.equal([
        'a       │  b',
        '────────┼───',
        'one two │  1',
        'three   │',
        'x       │ 22',
      ])
    })

    it('lists the rows of a table that has no room for its columns', () => {
      expect(shown('|a|b|c|\n|-|-|-|\n|wide one|wide two|wide three|', 12)).to.deep.equal([
        'a: wide one',
        'b: wide two',
        'c: wide',
        '  three',
      ])
    })

    it('colours a closed fence in a known language, leaves others plain, wraps long lines', () => {
      expect(rendered('```js\nconst a = 1\n```', 99, named)).to.deep.equal([
        '<codeBorder>│ </><codeKeyword>const</> a = <codeNumber>1</>',
      ])
      expect(rendered('```js\nconst a = 1', 99, named)).to.deep.equal([
        '<codeBorder>│ </>const a = 1',
      ])
      expect(rendered('```nolanguage\nconst\n```', 99, named)).to.deep.equal([
        '<codeBorder>│ </>const',
      ])
      expect(shown('```\nabcdefgh\n```', 6)).to.deep.equal(['│ abcd', '│ efgh'])
    })

    it('shows images, html and rules as text and lines', () => {
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

    it('links what a browser opens and always shows where to', () => {
      expect(
        rendered('[a](https://b.example) <https://c.example> [d](javascript:e) [f](g.ts)', 200),
      ).to.deep.equal([
        '\x1b]8;;https://b.example\x1b\\a (https://b.example)\x1b]8;;\x1b\\ ' +
          '\x1b]8;;https://c.example\x1b\\https://c.example\x1b]8;;\x1b\\ d (javascript:e) f (g.ts)',
      ])
    })

    it('shows entities as their characters, numbers never as controls', () => {
      expect(shown('&lt;b&gt; &amp; &#27;[2J &#x1b;[2J')).to.deep.equal([
        '<b> & &#27;[2J &#x1b;[2J',
      ])
    })

    it('fills every row of every block no wider than asked', () => {
      fc.assert(
        fc.property(documents, fc.integer({ min: 30, max: 60 }), (text, columns) => {
          for (const row of rendered(text, columns))
            expect(rowWidth(row), row).to.be.at.most(columns)
        }),
        { numRuns: 100 },
      )
    })

    it('stands the narrowest places', () => {
      fc.assert(
        fc.property(documents, fc.integer({ min: 0, max: 29 }), (text, columns) => {
          expect(rendered(text, columns)).to.be.an('array')
        }),
      )
    })

    it('leaves text plain that only an attacker writes', () => {
      expect(shown('>'.repeat(5000), 5000)).to.deep.equal(['>'.repeat(5000)])
      expect(shown('[a](b'.repeat(5000), 25_000)).to.deep.equal(['[a](b'.repeat(5000)])
      expect(shown('*a '.repeat(7000).trim(), 21_000)).to.deep.equal(['*a '.repeat(7000).trim()])
    })

    it('growing in any chunks ends as if it had come at once', () => {
      fc.assert(
        fc.property(
          documents,
          fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
          (text, sizes) => {
            const id = `grown-${count++}`
            let end = 0
            for (let step = 0; end < text.length; step++) {
              end = Math.min(text.length, end + (sizes[step % sizes.length] ?? 1))
              renderMarkdown(id, text.slice(0, end), 40, named)
            }
            expect(renderMarkdown(id, text, 40, named)).to.deep.equal(rendered(text, 40, named))
          },
        ),
        { numRuns: 300 },
      )
    })

    it('gives the same rows for the same text, and new ones for another width or theme', () => {
      const rows = renderMarkdown('same', 'one two', 40, plain)
      expect(renderMarkdown('same', 'one two', 40, plain)).to.equal(rows)
      expect(renderMarkdown('same', 'one two', 4, plain)).to.deep.equal(['one', 'two'])
      expect(renderMarkdown('same', '**one**', 40, named)).to.deep.equal(['<strong>one</>'])
    })

    it('starts anew when the text of an id is another', () => {
      renderMarkdown('other', 'a\n\nb\n\nc', 40, plain)
      expect(renderMarkdown('other', 'x\n\ny', 40, plain)).to.deep.equal(['x', '', 'y'])
    })
  })
})

describe('the markdown cases of the escape corpus', () => {
  interface Case {
    readonly id: string
    readonly group: string
    readonly input: string
    readonly visible: readonly string[]
  }
  before(loadMarkdown)
  const { cases } = loadCases('hostile-terminal-escape.json') as { cases: Case[] }
  for (const one of cases.filter(({ input }) => input !== undefined))
    it(`${one.id}: only our own sequences come out`, () => {
      const rows = rendered(one.input, 100)
      const text = rows.map(stripStyles).join('\n')
      expect(
        rows.join('').replace(/\x1b\[[\d;]*m|\x1b\]8;;(?:(?:https?|mailto):[!-~]*)?\x1b\\/g, ''),
      ).not.to.match(/[\x00-\x1f\x7f-\x9f]/)
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
