import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { expect } from 'chai'
import {
  changedByOthers,
  changedSinceRead,
  changedSinceShown,
  fileExists,
  LINE_NUMBERS_HINT,
  LONE_SURROGATE,
  nearestLineHint,
  whitespaceHint,
} from '../../../lib/tools/messages/file-changes.ts'
import { danglingSymlink } from '../../../lib/tools/messages/files.ts'
import type { PreparedCall } from '../../../lib/tools/runner.ts'
import type { Preview, ToolAnswer } from '../../../lib/tools/tool.ts'
import { createPlayground, type Playground } from '../playground.ts'

const NEVER = new AbortController().signal
const ignore = (): void => undefined

describe('A change of a file', () => {
  let ground: Playground
  beforeEach(() => {
    ground = createPlayground()
  })
  afterEach(() => ground.close())

  const edit = (file_path: string, old_string: string, new_string: string, replace_all?: boolean) =>
    ground.call('Edit', { file_path, old_string, new_string, replace_all })
  const write = (file_path: string, content: string) => ground.call('Write', { file_path, content })

  describe('keeps', () => {
    const keeps = (what: string, before: Buffer, after: Buffer): void => {
      it(what, async () => {
        ground.put('a', before)
        expect((await edit('a', 'one\ntwo', 'one\n2')).text).to.equal(
          `Successfully replaced 1 occurrence in ${ground.path('a')}`,
        )
        expect(ground.bytes('a').equals(after)).to.equal(true)
      })
    }
    const bytes = (...parts: (string | number[])[]): Buffer =>
      Buffer.concat(
        parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))),
      )

    keeps('a missing last line feed', bytes('one\ntwo'), bytes('one\n2'))
    keeps('CRLF line endings', bytes('0\r\none\r\ntwo\r\n3\r\n'), bytes('0\r\none\r\n2\r\n3\r\n'))
    keeps(
      'a byte order mark',
      bytes([239, 187, 191], 'one\ntwo\n'),
      bytes([239, 187, 191], 'one\n2\n'),
    )
    keeps(
      'a byte order mark together with CRLF',
      bytes([239, 187, 191], 'one\r\ntwo\r\n'),
      bytes([239, 187, 191], 'one\r\n2\r\n'),
    )
    keeps(
      'bytes that are not UTF-8, among them complete and broken characters',
      bytes(
        'caf',
        [0xe9],
        ' €\none\ntwo\n',
        [0xe2, 0x82],
        ' ',
        [0xed, 0xa0, 0x80],
        ' tail of text\n',
      ),
      bytes(
        'caf',
        [0xe9],
        ' €\none\n2\n',
        [0xe2, 0x82],
        ' ',
        [0xed, 0xa0, 0x80],
        ' tail of text\n',
      ),
    )
    keeps(
      'mixed line endings',
      bytes('a\nb\r\none\r\ntwo\r\nc\n'),
      bytes('a\nb\r\none\r\n2\r\nc\n'),
    )

    it('the line ends of a CRLF file that is rewritten', async () => {
      ground.put('a', 'one\r\ntwo\r\n')
      await write('a', 'one\nthree\n')
      expect(ground.text('a')).to.equal('one\r\nthree\r\n')
    })

    it('the permission bits', async () => {
      chmodSync(ground.put('run.sh', 'echo one\n'), 0o755)
      await edit('run.sh', 'one', 'two')
      expect(statSync(ground.path('run.sh')).mode & 0o777).to.equal(0o755)
    })

    it('a symbolic link, and changes its target', async () => {
      ground.put('real/a', 'one\n')
      symlinkSync('real/a', ground.path('link'))
      const args = { file_path: 'link', old_string: 'one', new_string: 'two' }
      const preview = await ground.preview('Edit', args)
      expect(preview.type === 'diff' && preview.remark).to.equal(
        `the file is ${ground.path('real/a')}`,
      )
      await ground.call('Edit', args)
      expect(lstatSync(ground.path('link')).isSymbolicLink()).to.equal(true)
      expect(ground.text('real/a')).to.equal('two\n')
    })

    it('no additional file in the directory', async () => {
      ground.put('a', 'one\n')
      await edit('a', 'one', 'two')
      await write('b', 'new\n')
      expect(readdirSync(ground.place.directory)).to.deep.equal(['a', 'b'])
    })
  })

  it('shows in the preview what is kept and what is not', async () => {
    ground.put(
      'a',
      Buffer.concat([Buffer.from('\uFEFFcaf'), Buffer.of(0xe9), Buffer.from('\r\nx\r\n')]),
    )
    linkSync(ground.path('a'), ground.path('b'))
    const preview = await ground.preview('Edit', {
      file_path: 'a',
      old_string: 'x',
      new_string: 'y',
    })
    expect(preview).to.deep.equal({
      type: 'diff',
      path: 'a',
      created: false,
      hunks: [
        {
          oldStart: 1,
          newStart: 1,
          lines: [
            { type: 'context', text: 'caf�', oldNumber: 1, newNumber: 1 },
            { type: 'removed', text: 'x', oldNumber: 2, newNumber: null },
            { type: 'added', text: 'y', oldNumber: null, newNumber: 2 },
          ],
        },
      ],
      added: 1,
      removed: 1,
      remark:
        'bytes that are not UTF-8 are preserved; line endings preserved: CRLF; byte order mark preserved; its other hard links change with it',
    })
  })

  it('shows changes of whitespace and of line ends only', async () => {
    ground.put('a', 'one\n  two\n')
    const preview = await ground.preview('Write', { file_path: 'a', content: 'one\r\n\ttwo\n' })
    expect(
      preview.type === 'diff' &&
        preview.hunks[0]?.lines.map(({ type: kind, text }) => [kind, text]),
    ).to.deep.equal([
      ['removed', 'one'],
      ['removed', '  two'],
      ['added', 'one\r'],
      ['added', '\ttwo'],
    ])
  })

  it('reports that it would change nothing', async () => {
    ground.put('a', 'one\n')
    const preview = await ground.preview('Write', { file_path: 'a', content: 'one\n' })
    expect(preview.type === 'diff' && [preview.hunks, preview.remark]).to.deep.equal([
      [],
      'the content stays the same',
    ])
  })

  describe('is rejected for', () => {
    const impossible = (preview: Preview): string =>
      preview.type === 'impossible' ? preview.reason : `possible: ${preview.type}`

    it('a match in several places, whose lines it names', async () => {
      ground.put('a', 'x\ny\nx\nz\nx\n')
      const answer = await edit('a', 'x', 'w')
      expect(answer).to.deep.equal({
        status: 'error',
        text: 'Found 3 matches of the string to replace, but replace_all is false. They begin on lines 1, 3, 5. Add surrounding lines to old_string to choose one, or set replace_all to true to change all.',
      })
      expect((await edit('a', 'x', 'w', true)).text).to.equal(
        `Successfully replaced 3 occurrences in ${ground.path('a')}`,
      )
    })

    it('a match in overlapping places', async () => {
      ground.put('a', 'aaa')
      expect((await edit('a', 'aa', 'b')).text).to.match(/^Found 2 matches/)
    })

    it('a failed match, with the likeliest reason', async () => {
      ground.put('a', 'function one() {\n    return first + second\n}\n')
      const hint = async (old_string: string): Promise<string> =>
        (await edit('a', old_string, 'x')).text
          .split('\n')
          .slice(1 + old_string.split('\n').length)
          .join('\n')
      expect(await hint('function one() {\n  return first + second\n')).to.equal(
        whitespaceHint(1, 'function one() {\n    return first + second').trim(),
      )
      expect(await hint('return first + seconds')).to.equal(
        nearestLineHint(2, 'return first + second').trim(),
      )
      ground.put('a', 'a line 1\na line 15 of mine\n')
      expect(await hint('a line 15\n')).to.equal(nearestLineHint(2, 'a line 15 of mine').trim())
      expect(await hint('     2→    return first + second')).to.equal(LINE_NUMBERS_HINT.trim())
      expect(await hint('nothing like it')).to.equal('')
    })

    it('an empty old_string for a file that has content', async () => {
      ground.put('a', 'x')
      expect((await edit('a', '', 'y')).text).to.equal(fileExists(ground.path('a')))
      expect((await edit('new/b', '', 'y')).text).to.equal(
        `Successfully created ${ground.path('new/b')}`,
      )
      expect(ground.text('new/b')).to.equal('y')
    })

    it('half a surrogate pair, which has no bytes', async () => {
      ground.put('a', 'x')
      const reason = LONE_SURROGATE
      expect((await edit('a', 'x', '\ud83d')).text).to.equal(reason)
      expect((await write('a', 'a\udc80')).text).to.equal(reason)
      expect(ground.text('a')).to.equal('x')
    })

    it('an edit of a binary file, which can only be replaced', async () => {
      ground.put('a', Buffer.from([1, 0, 2, 120]))
      expect((await edit('a', 'x', 'y')).text).to.equal(
        `Cannot edit binary file: ${ground.path('a')}`,
      )
      const preview = await ground.preview('Write', { file_path: 'a', content: 'x' })
      expect(preview.type === 'diff' && preview.remark).to.equal(
        'replaces a binary file of 4 bytes',
      )
    })

    it('a dangling link and a directory', async () => {
      symlinkSync('/nowhere/else', ground.path('link'))
      expect((await write('link', 'x')).text).to.equal(danglingSymlink(ground.path('link')))
      mkdirSync(ground.path('folder'))
      expect((await write('folder', 'x')).text).to.equal(
        `Path is a directory: ${ground.path('folder')}`,
      )
    })

    it('an impossible change, already in the preview', async () => {
      ground.put('a', 'x')
      const preview = await ground.preview('Edit', {
        file_path: 'a',
        old_string: 'q',
        new_string: 'r',
      })
      expect(impossible(preview)).to.equal('String to replace not found in file.\nString: q')
    })

    it('a file that has changed since the agent read it', async () => {
      ground.put('a', 'one\n')
      await ground.call('Read', { file_path: 'a' })
      ground.put('a', 'one and more\n')
      const args = { file_path: 'a', old_string: 'one', new_string: 'two' }
      const reason = changedSinceRead(ground.path('a'), true)
      expect(impossible(await ground.preview('Edit', args))).to.equal(reason)
      expect((await ground.call('Edit', args)).text).to.equal(reason)
      await ground.call('Read', { file_path: 'a' })
      expect((await ground.call('Edit', args)).status).to.equal('success')
      rmSync(ground.path('a'))
      expect((await write('a', 'x')).text).to.match(/ was deleted since you read it\./)
    })

    it('a file that was read through a link and has changed since', async () => {
      ground.put('real', 'one\n')
      symlinkSync(ground.path('real'), ground.path('link'))
      await ground.call('Read', { file_path: 'link' })
      ground.put('real', 'one and more\n')
      expect((await edit('real', 'one', 'two')).text).to.equal(
        changedSinceRead(ground.path('real'), true),
      )
    })

    it('a file that another process created while the change was made, and records no change', async () => {
      const { journal } = ground.runner
      const { record } = journal
      Object.assign(journal, {
        record: async (change: Parameters<typeof record>[0]) => {
          const entry = await record(change)
          ground.put('a', 'theirs')
          return entry
        },
      })
      expect((await write('a', 'ours')).text).to.equal(changedByOthers(ground.path('a')))
      expect([ground.text('a'), await journal.list()]).to.deep.equal(['theirs', []])
    })

    it('a file that has changed since the change was shown', async () => {
      ground.put('a', 'one\n')
      const prepared = ground.prepare('Edit', {
        file_path: 'a',
        old_string: 'one',
        new_string: 'two',
      })
      await prepared.preview()
      ground.put('a', 'one\nmore\n')
      expect(await prepared.run(NEVER, ignore)).to.deep.equal({
        status: 'error',
        text: changedSinceShown(ground.path('a')),
      })
      expect(ground.text('a')).to.equal('one\nmore\n')
    })

    it('a file that was created, or whose link has changed, since the change was shown', async () => {
      const prepared = ground.prepare('Write', { file_path: 'a', content: 'mine' })
      await prepared.preview()
      ground.put('a', 'theirs')
      expect((await prepared.run(NEVER, ignore)).status).to.equal('error')
      expect(ground.text('a')).to.equal('theirs')
      ground.put('real', 'same')
      ground.put('other', 'same')
      symlinkSync('real', ground.path('link'))
      const linked = ground.prepare('Write', { file_path: 'link', content: 'new' })
      await Promise.all([linked.targets, linked.preview()])
      rmSync(ground.path('link'))
      symlinkSync('other', ground.path('link'))
      expect((await linked.run(NEVER, ignore)).status).to.equal('error')
      expect([ground.text('real'), ground.text('other')]).to.deep.equal(['same', 'same'])
    })
  })

  describe('among several calls of one turn', () => {
    it('is made as it was shown, whatever the others change elsewhere in the file', async () => {
      ground.put('a', 'one\ntwo\nthree\n')
      const first = ground.prepare('Edit', {
        file_path: 'a',
        old_string: 'one',
        new_string: '1\n1',
      })
      const second = ground.prepare('Edit', {
        file_path: 'a',
        old_string: 'three',
        new_string: '3',
      })
      await Promise.all([first.preview(), second.preview()])
      await Promise.all([first.run(NEVER, ignore), second.run(NEVER, ignore)])
      expect(ground.text('a')).to.equal('1\n1\ntwo\n3\n')
    })

    it('is rejected for lines that another call has changed', async () => {
      ground.put('a', 'one two\n')
      const first = ground.prepare('Edit', { file_path: 'a', old_string: 'one', new_string: '1' })
      const second = ground.prepare('Edit', { file_path: 'a', old_string: 'two', new_string: '2' })
      await Promise.all([first.preview(), second.preview()])
      expect((await first.run(NEVER, ignore)).status).to.equal('success')
      expect((await second.run(NEVER, ignore)).status).to.equal('error')
      expect(ground.text('a')).to.equal('1 two\n')
    })
  })

  it('creates the directories of a new file', async () => {
    expect((await write('x/y/z', 'deep')).status).to.equal('success')
    expect(existsSync(dirname(ground.path('x/y/z')))).to.equal(true)
  })

  it('resolves `~` to the home directory', async () => {
    mkdirSync(ground.place.home, { recursive: true })
    writeFileSync(`${ground.place.home}/notes`, 'one\n')
    expect((await edit('~/notes', 'one', 'two')).text).to.equal(
      `Successfully replaced 1 occurrence in ${ground.place.home}/notes`,
    )
  })

  it('takes the replacement literally, dollar signs included', async () => {
    ground.put('a', 'one two\n')
    await edit('a', 'one', "$& $1 $' $$")
    expect(ground.text('a')).to.equal("$& $1 $' $$ two\n")
  })

  it('makes several edits in order, all or none', async () => {
    ground.put('a', 'one two')
    const many = (...edits: [string, string][]) =>
      ground.call('MultiEdit', {
        file_path: 'a',
        edits: edits.map(([old_string, new_string]) => ({ old_string, new_string })),
      })
    expect((await many(['one', 'two'], ['two two', '2'])).status).to.equal('success')
    expect(ground.text('a')).to.equal('2')
    expect((await many(['2', '3'], ['4', '5'])).text).to.equal(
      'Edit 2: String to replace not found in file.\nString: 4',
    )
    expect(ground.text('a')).to.equal('2')
  })
})

describe('A part of a change', () => {
  let ground: Playground
  beforeEach(() => {
    ground = createPlayground()
  })
  afterEach(() => ground.close())

  const applied = async (
    prepared: PreparedCall,
    rejectedLines: readonly number[],
  ): Promise<ToolAnswer> => {
    await prepared.preview()
    return prepared.run(NEVER, ignore, { selection: { rejectedLines } })
  }

  it('is written with the byte order mark and the line endings of the file', async () => {
    ground.put('a.txt', '\ufeffone\r\ntwo\r\nthree\r\n')
    const content = 'ONE\ntwo\nTHREE\n'
    const write = ground.prepare('Write', { file_path: 'a.txt', content })
    const { status } = await applied(write, [0, 1])
    expect(status).to.equal('success')
    expect(ground.text('a.txt')).to.equal('\ufeffone\r\ntwo\r\nTHREE\r\n')
  })

  it('is written when the file did not end with a line feed', async () => {
    ground.put('a.txt', 'one\ntwo')
    const write = ground.prepare('Write', { file_path: 'a.txt', content: 'one\nTWO\nthree' })
    await applied(write, [0, 1])
    expect(ground.text('a.txt')).to.equal('one\ntwo\nthree')
  })

  it('is reported to the agent: each hunk, the lines that the file has now, and what was rejected', async () => {
    const lines = Array.from({ length: 45 }, (_, at) => `line ${at + 1}`)
    ground.put('a.txt', lines.join('\n'))
    const content = lines.map((line, at) => ([4, 24, 44].includes(at) ? line.toUpperCase() : line))
    const write = ground.prepare('Write', { file_path: 'a.txt', content: content.join('\n') })
    const { text } = await applied(write, [2, 3, 4])
    expect(text.split('\n').slice(1, 4)).to.deep.equal([
      '@@ -2,7 +2,7 @@ applied',
      '@@ -22,7 +22,7 @@ rejected',
      '@@ -42,4 +42,4 @@ applied in part',
    ])
    const [now = '', rejected = ''] = text.split('This part was rejected')
    expect(now).to.include('+LINE 5').and.include('+LINE 45').and.not.include('LINE 25')
    expect(rejected).to.include('+LINE 25').and.not.include('LINE 5')
  })

  it('can be undone like any change', async () => {
    ground.put('a.txt', 'one\ntwo\n')
    const write = ground.prepare('Write', { file_path: 'a.txt', content: 'ONE\ntwo\nthree\n' })
    await applied(write, [0, 1])
    expect(ground.text('a.txt')).to.equal('one\ntwo\nthree\n')
    await ground.runner.journal.undo({ turnId: 'turn-1' })
    expect(ground.text('a.txt')).to.equal('one\ntwo\n')
  })

  it('of a notebook is not written', async () => {
    const cell = { id: 'c', cell_type: 'code', source: ['x'], metadata: {}, outputs: [] }
    const notebook = { cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 }
    const content = JSON.stringify(notebook, null, 1)
    ground.put('a.ipynb', content)
    const args = { notebook_path: 'a.ipynb', cell_id: 'c', new_source: 'y\nz' }
    const { status } = await applied(ground.prepare('NotebookEdit', args), [0])
    expect(status).to.equal('error')
    expect(ground.text('a.ipynb')).to.equal(content)
  })

  it('that rejects every line is not written', async () => {
    ground.put('a.txt', 'one\n')
    const write = ground.prepare('Write', { file_path: 'a.txt', content: 'two\n' })
    const { status } = await applied(write, [0, 1])
    expect(status).to.equal('error')
    expect(ground.text('a.txt')).to.equal('one\n')
  })
})
