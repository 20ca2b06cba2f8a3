import { execFileSync, spawnSync } from 'node:child_process'
import { linkSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { replaceFile, versionOf } from '../../../lib/tools/files/files.ts'
import { findTwin } from '../../../lib/tools/files/similar-name.ts'
import {
  CONVERTED_REMARK,
  cannotEditBinary,
  encodingRemark,
  stringNotFound,
} from '../../../lib/tools/messages/file-changes.ts'
import {
  encodingShown,
  fileNotFound,
  lookAlikeHint,
  notEncodable,
  similarName,
} from '../../../lib/tools/messages/files.ts'
import { skipWhen } from '../../support/skip.ts'
import { createPlayground, type Playground } from '../playground.ts'

describe('A file as it is found on real machines', () => {
  let ground: Playground
  beforeEach(() => {
    ground = createPlayground()
  })
  afterEach(() => ground.close())

  const edit = async (from: string, to: string, file = 'a.txt'): Promise<string> =>
    (await ground.call('Edit', { file_path: file, old_string: from, new_string: to })).text

  for (const [encoding, mark, encode] of [
    ['utf-16le', true, (text: string) => Buffer.from(text, 'utf16le')],
    ['utf-16be', true, (text: string) => Buffer.from(text, 'utf16le').swap16()],
    ['utf-16le', false, (text: string) => Buffer.from(text, 'utf16le')],
    ['windows-1252', false, (text: string) => Buffer.from(text, 'latin1')],
  ] as const) {
    it(`in ${encoding} ${mark ? 'with' : 'without'} a mark is read, edited and replaced in it`, async () => {
      const bytes = (text: string): Buffer => encode(`${mark ? '\uFEFF' : ''}${text}`)
      ground.put('a.txt', bytes('size é: 1\r\né all\r\n'))
      const { text } = await ground.call('Read', { file_path: 'a.txt' })
      expect(text).to.equal(`1→size é: 1\n2→é all${encodingShown(encoding)}`)
      expect(await edit('size é: 1\né', 'height é: 2\né')).to.match(/^Successfully replaced/)
      expect(ground.bytes('a.txt')).to.deep.equal(bytes('height é: 2\r\né all\r\n'))
      await ground.call('Write', { file_path: 'a.txt', content: 'all new: é\n' })
      expect(ground.bytes('a.txt')).to.deep.equal(bytes('all new: é\r\n'))
    })
  }

  it('in UTF-8 with a mark is edited in its first line, and inserted lines get its line endings', async () => {
    ground.put('a.txt', '\uFEFFone\r\ntwo\r\n')
    expect(await edit('one', 'one\none and a half')).to.match(/^Successfully replaced/)
    expect(ground.bytes('a.txt').toString()).to.equal('\uFEFFone\r\none and a half\r\ntwo\r\n')
  })

  it('of ten megabytes keeps all that an edit does not name', async () => {
    const filler = 'SAFE content of a line\r\n'.repeat(417_000)
    ground.put('a.txt', `ANCHOR = 0\r\n${filler}`)
    expect(await edit('ANCHOR = 0', 'ANCHOR = 1')).to.match(/^Successfully replaced/)
    expect(ground.text('a.txt') === `ANCHOR = 1\r\n${filler}`).to.equal(true)
  })

  it('in Latin-1 refuses characters that it cannot contain, and Write then converts it', async () => {
    const before = Buffer.from('caf\xe9\n', 'latin1')
    ground.put('a.txt', before)
    const reason = notEncodable(ground.path('a.txt'), '→', 'windows-1252')
    expect(await edit('café', 'a → b')).to.equal(reason)
    expect(ground.bytes('a.txt')).to.deep.equal(before)
    await ground.call('Write', { file_path: 'a.txt', content: 'a → b\n' })
    expect(ground.text('a.txt')).to.equal('a → b\n')
  })

  it('in Windows-1252 has its quotation marks and dashes, and says when Write converts it', async () => {
    const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')
    ground.put('a.txt', bytes('He said: \x93one\x94 \x96 \x80 5 \x81\n'))
    const { text } = await ground.call('Read', { file_path: 'a.txt' })
    expect(text).to.include('“one” – € 5')
    expect(await edit('“one” –', '‘two’ —')).to.match(/^Successfully replaced/)
    expect(ground.bytes('a.txt')).to.deep.equal(bytes('He said: \x91two\x92 \x97 \x80 5 \x81\n'))
    const remarkOn = async (content: string): Promise<unknown> =>
      Object(await ground.preview('Write', { file_path: 'a.txt', content })).remark
    expect(await remarkOn('“new”\n')).to.equal(encodingRemark('windows-1252'))
    expect(await remarkOn('new\n')).to.equal(encodingRemark('windows-1252'))
    expect(await remarkOn('→\n')).to.equal(CONVERTED_REMARK)
  })

  it('that is binary is not taken for UTF-16', async () => {
    const numbers = Buffer.from(Uint16Array.from({ length: 400 }, (_, index) => index % 20).buffer)
    for (const bytes of [numbers, Buffer.from('\xff\xfea\0b', 'latin1'), Buffer.alloc(64)]) {
      ground.put('a.txt', bytes)
      expect(await edit('x', 'y')).to.equal(cannotEditBinary(ground.path('a.txt')))
    }
  })

  it('whose name has another Unicode form or space is found for reading and named for editing', async () => {
    const name = 'Screenshot e\u0301 3.04\u202fPM.txt'
    const given = 'Screenshot é 3.04 PM.txt'
    ground.put(`My\u00a0files/${name}`, 'found\n')
    const real = ground.path(`My\u00a0files/${name}`)
    const { status, text } = await ground.call('Read', { file_path: `My files/${given}` })
    expect([status, text]).to.deep.equal(['success', `1→found\n\n[${similarName(real)}]`])
    expect(text).to.include('(U+202F)')
    expect(await edit('found', 'x', `My files/${given}`)).to.equal(
      `${fileNotFound(ground.place.directory)}\n${similarName(real)}`,
    )
    ground.put(`My\u00a0files/${given}`, 'exact\n')
    expect((await ground.call('Read', { file_path: `My\u00a0files/${given}` })).text).to.match(
      /^1→exact/,
    )
  })

  it('whose name only resembles that of a denied file is not read', async () => {
    await ground.close()
    ground = createPlayground({ withoutDenied: () => async () => [] })
    ground.put('a\u00a0b.txt', 'secret\n')
    const { text } = await ground.call('Read', { file_path: 'a b.txt' })
    expect(text).to.equal(fileNotFound(ground.place.directory))
  })

  it('that Write creates next to one whose name looks the same is reported with that name', async () => {
    ground.put('a\u00a0b.txt', 'old\n')
    const { text } = await ground.call('Write', { file_path: 'a b.txt', content: 'new\n' })
    expect(text).to.include(similarName(ground.path('a\u00a0b.txt')))
    expect(ground.text('a\u00a0b.txt')).to.equal('old\n')
    expect(findTwin(ground.path('c.txt'))).to.equal(null)
  })

  it('with characters that look alike is explained by their code points when an edit fails', async () => {
    const hint = (line: number, ...pairs: readonly (readonly [string, string])[]): string =>
      lookAlikeHint(
        line,
        pairs.map(([inFile, given]) => ({ inFile, given })),
      )
    for (const [content, given, expected] of [
      ['x\na\u00a0b c\n', 'a b c', hint(2, ['\u00a0', ' '])],
      ['say “hi”\n', 'say "hi"', hint(1, ['“', '"'], ['”', '"'])],
      ['1\u20132\n', '1-2', hint(1, ['\u2013', '-'])],
      ['zero\u200b-based\n', 'zero-based', hint(1, ['\u200b', ''])],
      ['\u0440\u0430ge\n', 'page', hint(1, ['\u0440', 'p'], ['\u0430', 'a'])],
      ['cafe\u0301\n', 'café', hint(1, ['e', 'é'], ['\u0301', 'é'])],
    ] as const) {
      ground.put('a.txt', content)
      expect(await edit(given, 'x')).to.equal(stringNotFound(given) + expected)
      ground.put('a.txt', '')
    }
  })

  it('with mixed line endings is edited across them', async () => {
    ground.put('a.txt', 'one\r\ntwo\nthree\r\nfour\rfive\n')
    expect(await edit('one\ntwo\nthree', '1\n2\n3')).to.match(/^Successfully replaced 1/)
    expect(await edit('four\nfive', '4\n5')).to.match(/^Successfully replaced 1/)
    expect(ground.text('a.txt')).to.equal('1\r\n2\r\n3\r\n4\r5\n')
    ground.put('b.txt', 'x\r\ny\nx\ny\n\r')
    expect(await edit('x\ny', 'z', 'b.txt')).to.match(/Found 2 matches/)
  })

  it('with several hard links is written in place, so that all of them change', async () => {
    ground.put('a.txt', 'one two three\n')
    linkSync(ground.path('a.txt'), ground.path('b.txt'))
    const { ino } = statSync(ground.path('a.txt'))
    await edit('one two', '1')
    expect(ground.text('b.txt')).to.equal('1 three\n')
    expect(statSync(ground.path('a.txt')).ino).to.equal(ino)
  })

  it('that is a mount point is written in place', function () {
    const mounts = ['--mount', '--map-root-user']
    const canMount = spawnSync('unshare', [...mounts, 'true']).status === 0
    skipWhen(this, !canMount, 'this system does not allow mounts')
    ground.put('outside.txt', 'one\n')
    ground.put('a.txt', '')
    const module = path.join(import.meta.dirname, '../../../lib/tools/files/files.ts')
    const script = `
      const { readRegularFile, replaceFile } = await import(${JSON.stringify(module)})
      const { stats, version } = await readRegularFile(process.cwd() + '/a.txt', 100)
      await replaceFile(process.cwd() + '/a.txt', { bytes: Buffer.from('two'), expected: version, stats })`
    const tsx = path.join(import.meta.dirname, '../../../node_modules/tsx/dist/esm/index.mjs')
    const line = `mount --bind outside.txt a.txt && "${process.execPath}" --import "${tsx}" --input-type=module -e "$0"`
    execFileSync('unshare', [...mounts, 'bash', '-c', line, script], {
      cwd: ground.place.directory,
    })
    expect(ground.text('outside.txt')).to.equal('two')
  })

  it('that another program changes is never overwritten in place either', async () => {
    ground.put('a.txt', 'one\n')
    linkSync(ground.path('a.txt'), ground.path('b.txt'))
    const stats = statSync(ground.path('a.txt'))
    writeFileSync(ground.path('a.txt'), 'meanwhile\n')
    const replaced = replaceFile(ground.path('a.txt'), {
      bytes: Buffer.from('two\n'),
      expected: versionOf(Buffer.from('one\n')),
      stats,
    })
    await replaced.then(
      () => expect.fail('was written'),
      () => undefined,
    )
    expect(ground.text('b.txt')).to.equal('meanwhile\n')
  })
})
