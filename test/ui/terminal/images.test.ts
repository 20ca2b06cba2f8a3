import { expect } from 'chai'
import { startThumbnails } from '../../../ui/app/thumbnails.ts'
import {
  IMAGES_SHOWN,
  imageSequence,
  mayShowImages,
  type TerminalImage,
} from '../../../ui/terminal/images.ts'
import { createScreenTree } from '../../../ui/terminal/screen-tree.ts'
import { createTerminalQueries } from '../../../ui/terminal/terminal-queries.ts'
import { loadToolkit } from '../../../ui/terminal/toolkit.ts'
import { layout } from '../../../ui/view/layout.ts'
import { composer } from '../../../ui/view/panes/composer.ts'
import { thumbnailRows, thumbnailSize } from '../../../ui/view/render/image-cells.ts'
import { createRootStore } from '../../support/root-store.ts'
import { rowsOf } from '../view/panes/scene.ts'

const KITTY = { KITTY_WINDOW_ID: '1', TERM: 'xterm-kitty' }
const IMAGE = { id: 0x010101, columns: 3, rows: 2, base64: 'iVBORw0KGgo=' }

describe('Images in the terminal', () => {
  it('are for terminals that draw them in cells, never inside of a multiplexer', () => {
    expect(mayShowImages(KITTY, 'truecolor')).to.equal(true)
    expect(mayShowImages({ TERM: 'xterm-ghostty' }, 'truecolor')).to.equal(true)
    expect(mayShowImages(KITTY, '256')).to.equal(false)
    expect(mayShowImages({ ...KITTY, TMUX: '/tmp/tmux-0/default,1,0' }, 'truecolor')).to.equal(
      false,
    )
    expect(mayShowImages({ ...KITTY, STY: '1.pts' }, 'truecolor')).to.equal(false)
    expect(mayShowImages({ TERM_PROGRAM: 'iTerm.app' }, 'truecolor')).to.equal(false)
  })

  it('are shown only after the terminal has reported that it can', () => {
    const queries = createTerminalQueries()
    queries.receive('\x1b_Gi=31;ENOTSUPPORTED\x1b\\')
    expect(queries.showsImages).to.equal(false)
    queries.receive('\x1b_Gi=31;OK\x1b\\')
    expect(queries.showsImages).to.equal(true)
    expect('\x1b_Gi=30;OK\x1b\\').to.not.match(IMAGES_SHOWN)
  })

  it('are sent in pieces with the size that the program gives them, and nothing but base64', () => {
    const sequence = imageSequence({ ...IMAGE, base64: `${'A'.repeat(5000)}\x1b\\x;` })
    const [removed, first, last, ...more] = sequence.split(/(?<=\x1b\\)/)
    expect(removed).to.equal('\x1b_Ga=d,d=I,i=65793,q=2\x1b\\')
    expect(first).to.equal(
      `\x1b_Ga=T,U=1,q=2,t=d,f=100,i=65793,c=3,r=2,m=1;${'A'.repeat(4096)}\x1b\\`,
    )
    expect(last).to.equal(`\x1b_Gq=2,m=0;${'A'.repeat(904)}x\x1b\\`)
    expect(more).to.deep.equal([])
  })

  it('fit their cells, which are twice as high as wide', () => {
    expect(thumbnailSize({ width: 100, height: 100 })).to.deep.equal({ columns: 12, rows: 6 })
    expect(thumbnailSize({ width: 400, height: 100 })).to.deep.equal({ columns: 24, rows: 3 })
    expect(thumbnailSize({ width: 4000, height: 1 })).to.deep.equal({ columns: 30, rows: 1 })
    expect(thumbnailSize({ width: 1, height: 4000 })).to.deep.equal({ columns: 1, rows: 6 })
  })

  it('are cells of one column, which text covers and a blank row erases', async () => {
    const toolkit = await loadToolkit('blessed')
    const size = { columns: 6, rows: 2 }
    const tree = createScreenTree({ toolkit, size, colors: 'truecolor', onInput: () => {} })
    const shown = (rows: readonly ReturnType<typeof thumbnailRows>[number][]): string =>
      tree.render({
        size,
        focus: 'conversation',
        title: '',
        elements: [
          {
            id: 'conversation',
            type: 'pane',
            rect: { x: 0, y: 0, ...size },
            render: () => ({ rows }),
          },
        ],
      })
    const painted = shown(thumbnailRows({ ...IMAGE, name: 'a.png' }))
    expect(painted).to.include('\x1b[0;38;2;1;1;1m')
    expect(painted.match(/\u{10eeee}/gu)).to.have.length(6)
    expect(tree.text()[1]).to.equal(
      '\u{10eeee}\u030d\u0305\u{10eeee}\u030d\u030d\u{10eeee}\u030d\u030e',
    )
    expect(shown([])).to.match(/\x1b\[1;1H\x1b\[K.*\x1b\[2;1H\x1b\[K/)
    tree.close()
  })

  it('are of the first image that is attached, above its name, and go with it', async () => {
    const root = createRootStore()
    const sent: (TerminalImage | null)[] = []
    const image = { name: '@a.png', base64: IMAGE.base64, width: 40, height: 40 }
    const attachments = { inspect: async () => [], image: async () => image }
    const terminal = { showsImages: true, showImage: (one: TerminalImage | null) => sent.push(one) }
    startThumbnails(
      root,
      () => attachments,
      () => terminal,
    )
    const found = (count: number) =>
      root.dispatch({
        type: 'attachments.found',
        text: '',
        attachments: [
          { name: '@a.png', type: 'image', detail: '40×40', problem: null } as const,
        ].slice(0, count),
      })
    found(1)
    const { workbench } = await root.when((state) =>
      state.workbench.thumbnail ? state : undefined,
    )
    expect(workbench.thumbnail).to.include({ name: '@a.png', columns: 12, rows: 6 })
    expect(sent).to.deep.equal([{ id: 0x010101, columns: 12, rows: 6, base64: IMAGE.base64 }])
    const height = layout(root.state).find(({ pane }) => pane === 'composer')?.rect.rows ?? 0
    const rows = rowsOf(composer, root.state, 80, height - 1)
    expect(rows.filter((line) => line.includes('\u{10eeee}'))).to.deep.equal(rows.slice(0, 6))
    expect(rows[6]).to.include('@a.png')
    found(0)
    expect([root.state.workbench.thumbnail, sent.at(-1)]).to.deep.equal([null, null])
  })
})
