import { execFileSync } from 'node:child_process'
import { symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { pathEndsWithSlash } from '../../../lib/tools/messages/files.ts'
import { cellNotFound } from '../../../lib/tools/messages/notebooks.ts'
import { createPlayground, type Playground } from '../playground.ts'

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

describe('The Read tool', () => {
  let ground: Playground
  beforeEach(() => {
    ground = createPlayground()
  })
  afterEach(() => ground.close())

  const read = (file_path: string, rest: object = {}) => ground.call('Read', { file_path, ...rest })

  it('numbers lines from the offset, with the width of the last number', async () => {
    const lines = Array.from({ length: 12 }, (_, index) => `line ${index + 1}`)
    ground.put('a', lines.join('\r\n'))
    expect((await read('a', { offset: 8, limit: 3 })).text).to.equal(
      ' 9→line 9\n10→line 10\n11→line 11',
    )
  })

  it('counts no line after a final line feed', async () => {
    ground.put('a', 'one\n\ntwo\n')
    ground.put('b', '\n')
    expect((await read('a')).text).to.equal('1→one\n2→\n3→two')
    expect((await read('a', { offset: 2, limit: 5 })).text).to.equal('3→two')
    expect((await read('b')).text).to.equal('1→')
  })

  it('reports which lines of a long file it shows, and that long lines are cut', async () => {
    ground.put('a', `${'x'.repeat(2_001)}\n${'y\n'.repeat(2_100)}`)
    const { text } = await read('a')
    expect(text.split('\n')[0]).to.equal(`   1→${'x'.repeat(2_000)}... [line truncated]`)
    expect(text.split('\n').slice(-4)).to.deep.equal([
      '',
      '[File truncated: showing lines 1-2000 of 2101 total lines. Use offset and limit parameters to read other sections.]',
      '',
      '[Some lines exceeded 2,000 characters and were truncated.]',
    ])
  })

  it('stops before long lines fill the context', async () => {
    ground.put('a', `${'x'.repeat(1_999)}\n`.repeat(1_000))
    const { text } = await read('a', { limit: 900 })
    expect(text.length).to.be.lessThan(101_000)
    expect(text).to.match(/\[File truncated: showing lines 1-50 of 1000 total lines\. /)
  })

  it('distinguishes an empty file, a missing file and a directory', async () => {
    ground.put('a', '')
    expect((await read('a')).text).to.equal(
      `<system-reminder>\nThe file ${ground.path('a')} exists but has empty contents.\n</system-reminder>`,
    )
    expect(await read('b')).to.deep.equal({
      status: 'error',
      text: `File does not exist. Current working directory: ${ground.place.directory}`,
    })
    expect((await read('.')).text).to.equal(
      `Path is a directory, not a file: ${ground.place.directory}`,
    )
  })

  it('rejects binary files, and files that are too large', async () => {
    ground.put('a', Buffer.from([127, 69, 76, 70, 0, 1]))
    expect((await read('a')).text).to.equal(`Cannot read binary file: ${ground.path('a')}`)
    ground.put('b', Buffer.alloc(10 * 1_048_576 + 1, 'b'))
    expect((await read('b')).text).to.match(
      /^File too large: 10485761 bytes \(max 10485760 bytes\)/,
    )
  })

  it('shows text in another encoding as far as possible', async () => {
    ground.put('a', Buffer.concat([Buffer.from('€ na'), Buffer.of(0xef), Buffer.from('ve text')]))
    expect((await read('a')).text).to.equal(
      '1→€ na�ve text\n\n[Bytes that are not UTF-8 are shown as �; Edit preserves them.]',
    )
  })

  it('returns an image by its content, whatever its name is', async () => {
    ground.put('logo.txt', Buffer.from(PIXEL, 'base64'))
    const bytes = Buffer.from(PIXEL, 'base64').length
    expect(await read('logo.txt')).to.deep.equal({
      status: 'success',
      text: `[Image: ${ground.path('logo.txt')}, ${bytes} bytes]`,
      images: [{ mediaType: 'image/png', base64: PIXEL }],
    })
  })

  it('answers at once for a pipe or a device', async () => {
    execFileSync('mkfifo', [ground.path('pipe')])
    expect((await read('pipe')).text).to.equal(
      `${ground.path('pipe')} is a named pipe, not a regular file`,
    )
    expect((await read('/dev/zero')).text).to.equal('/dev/zero is a device, not a regular file')
  })

  it('shows and checks the path that it reads', () => {
    const prepared = ground.prepare('Read', { file_path: '../outside' })
    const outside = ground.place.directory.replace(/project$/, 'outside')
    expect([prepared.label, prepared.subject]).to.deep.equal([
      outside,
      { type: 'paths', paths: [outside, `${ground.place.directory}/../outside`] },
    ])
    expect(ground.prepare('Read', { file_path: './src/../a' }).label).to.equal('a')
  })

  describe('given a notebook', () => {
    const notebook = {
      cells: [
        { cell_type: 'markdown', id: 'intro', metadata: {}, source: ['# Title\n', 'text'] },
        {
          cell_type: 'code',
          execution_count: 1,
          id: 'sum',
          metadata: {},
          outputs: [
            { output_type: 'stream', name: 'stdout', text: ['2\n'] },
            { output_type: 'display_data', data: { 'image/png': PIXEL, 'text/plain': '<Figure>' } },
            { output_type: 'error', ename: 'ValueError', evalue: 'bad', traceback: [] },
          ],
          source: ['print(1 + 1)'],
        },
      ],
      metadata: { kernelspec: { name: 'python3' } },
      nbformat: 4,
      nbformat_minor: 5,
    }
    beforeEach(() => {
      ground.put('n.ipynb', `${JSON.stringify(notebook, null, 1)}\n`)
    })
    const edit = (args: object) =>
      ground.call('NotebookEdit', { notebook_path: 'n.ipynb', ...args })

    it('shows no file that a link with a similar name leads to, since only the written name was checked', async () => {
      const named = 'cafe\u0301.txt'
      writeFileSync(join(dirname(ground.place.directory), 'outside.txt'), 'SECRET')
      symlinkSync('../outside.txt', ground.path(named))
      const { status, text } = await read(named.normalize('NFC'))
      expect([status, text.includes('SECRET')]).to.deep.equal(['error', false])
      ground.put('kept/cafe\u0301.txt', 'found')
      expect((await read('kept/caf\u00e9.txt')).text).to.include('found')
    })

    it('shows cells with their outputs and images', async () => {
      expect(await read('n.ipynb')).to.deep.equal({
        status: 'success',
        text: [
          '<cell id="intro" type="markdown">',
          '# Title\ntext',
          '</cell>',
          '<cell id="sum" type="code">',
          'print(1 + 1)',
          '</cell>',
          '<output>\n2\n</output>',
          '<output>\n<Figure>\n[image]\n</output>',
          '<output>\nValueError: bad\n</output>',
        ].join('\n'),
        images: [{ mediaType: 'image/png', base64: PIXEL }],
      })
    })

    it('changes one cell and no other line', async () => {
      const args = { notebook_path: 'n.ipynb', cell_id: 'intro', new_source: '# Title\nnew' }
      const preview = await ground.preview('NotebookEdit', args)
      const hunks = preview.type === 'diff' ? preview.hunks : []
      const changed = hunks.flatMap((hunk) => hunk.lines.filter((line) => line.type !== 'context'))
      expect(changed.map(({ type: kind, text }) => `${kind} ${text.trim()}`)).to.deep.equal([
        'removed "text"',
        'added "new"',
      ])
      expect((await edit(args)).text).to.equal(`Replaced cell intro in ${ground.path('n.ipynb')}`)
      expect(ground.text('n.ipynb')).to.equal(
        `${JSON.stringify(notebook, null, 1)}\n`.replace('"text"\n', '"new"\n'),
      )
    })

    it('drops the results of changed code', async () => {
      await edit({ cell_id: 'sum', new_source: 'print(3)' })
      expect(JSON.parse(ground.text('n.ipynb')).cells[1]).to.deep.equal({
        cell_type: 'code',
        execution_count: null,
        id: 'sum',
        metadata: {},
        outputs: [],
        source: ['print(3)'],
      })
    })

    it('inserts with the id that the preview showed, and deletes', async () => {
      const args = {
        notebook_path: 'n.ipynb',
        edit_mode: 'insert',
        cell_id: 'intro',
        cell_type: 'code',
      }
      const prepared = ground.prepare('NotebookEdit', { ...args, new_source: 'x = 1' })
      const preview = await prepared.preview()
      const { text } = await prepared.run(new AbortController().signal, () => undefined)
      const id = /Inserted cell (\w+)/.exec(text)?.[1] ?? 'none'
      expect(JSON.stringify(preview)).to.include(id)
      expect(
        JSON.parse(ground.text('n.ipynb')).cells.map((cell: { id: string }) => cell.id),
      ).to.deep.equal(['intro', id, 'sum'])
      expect((await edit({ cell_id: id, edit_mode: 'delete', new_source: '' })).status).to.equal(
        'success',
      )
      expect(JSON.parse(ground.text('n.ipynb'))).to.deep.equal(notebook)
    })

    it('lists the cells for an unknown id, and rejects a file that is not a notebook', async () => {
      expect((await edit({ cell_id: 'sun', new_source: 'x' })).text).to.equal(
        cellNotFound('sun', ['intro', 'sum']),
      )
      writeFileSync(ground.path('n.ipynb'), '{"cells": 1}')
      expect((await read('n.ipynb')).text).to.equal(
        `${ground.path('n.ipynb')} is not a valid Jupyter notebook (nbformat 4)`,
      )
    })
  })

  it('treats a name with a slash at its end as a directory', async () => {
    ground.put('a', 'x')
    for (const [tool, rest] of [
      ['Read', {}],
      ['Write', { content: 'y' }],
      ['Edit', { old_string: 'x', new_string: 'y' }],
    ] as const) {
      expect(await ground.call(tool, { file_path: 'a/', ...rest }), tool).to.deep.equal({
        status: 'error',
        text: pathEndsWithSlash('a/'),
      })
    }
    expect(ground.text('a')).to.equal('x')
  })
})
