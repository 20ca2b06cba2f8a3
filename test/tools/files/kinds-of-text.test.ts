import { execFileSync, spawnSync } from 'node:child_process'
import { linkSync, mkdirSync, readlinkSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { decodeEastAsian } from '../../../lib/tools/files/east-asian-encoding.ts'
import { replaceFile, versionOf } from '../../../lib/tools/files/files.ts'
import { findTwin } from '../../../lib/tools/files/similar-name.ts'
import { decodeSingleByte } from '../../../lib/tools/files/single-byte-encoding.ts'
import {
  cannotEditBinary,
  conversionRemark,
  encodingRemark,
  stringNotFound,
} from '../../../lib/tools/messages/file-changes.ts'
import {
  encodingShown,
  encodingUnknown,
  fileNotFound,
  lookAlikeHint,
  NOT_UTF8_SHOWN,
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
    expect(await remarkOn('→\n')).to.equal(conversionRemark('windows-1252'))
  })

  for (const [encoding, hex, text, [added, addedHex]] of [
    [
      'shift_jis',
      '6e616d65203d2090dd92e882cc837483408343838b81420a',
      'name = 設定のファイル。',
      ['日本語', '93fa967b8cea'],
    ],
    [
      'euc-jp',
      '6e616d65203d20c0dfc4eaa4cea5d5a5a1a5a4a5eba1a30a',
      'name = 設定のファイル。',
      ['日本語', 'c6fccbdcb8ec'],
    ],
    [
      'gbk',
      '2f2f20d6d0cec4d7a2cacda3bad5e2cac7b2e2cad40a',
      '// 中文注释：这是测试',
      ['文件', 'cec4bcfe'],
    ],
    [
      'big5',
      '2f2f20b36fac4fa440add3b4fab8d5c0c9aed7a141bdd0a4a3ad6ea752b0a3a1430a',
      '// 這是一個測試檔案，請不要刪除。',
      ['文件', 'a4e5a5f3'],
    ],
    [
      'euc-kr',
      '2f2f20c7d1b1b9beee20c1d6bcaec0d4b4cfb4d92e20c0cc20c6c4c0cfc0bb20bbe8c1a6c7cfc1f620b8b6bdcabdc3bfc00a',
      '// 한국어 주석입니다. 이 파일을 삭제하지 마십시오',
      ['한글', 'c7d1b1db'],
    ],
    [
      'windows-1251',
      '2f2f20cde0f1f2f0eee9eae820eff0eee3f0e0ececfb20f5f0e0edfff2f1ff20e7e4e5f1fc2c20ede520f3e4e0ebffe9f2e520e8f50a',
      '// Настройки программы хранятся здесь, не удаляйте их',
      ['строка', 'f1f2f0eeeae0'],
    ],
    [
      'koi8-r',
      '2f2f20eec1d3d4d2cfcacbc920d0d2cfc7d2c1cdcdd920c8d2c1ced1d4d3d120dac4c5d3d82c20cec520d5c4c1ccd1cad4c520c9c80a',
      '// Настройки программы хранятся здесь, не удаляйте их',
      ['строка', 'd3d4d2cfcbc1'],
    ],
    [
      'koi8-u',
      '2f2f20eec1ccc1dbd4d5d7c1ceced120dac2c5d2a6c7c1c0d4d8d3d120d4d5d42c20a7a720cec520cdcfd6cec120d7c9c4c1ccd1d4c90a',
      '// Налаштування зберігаються тут, її не можна видаляти',
      ['єдність', 'a4c4cea6d3d4d8'],
    ],
    [
      'iso-8859-7',
      '2f2f20c1f5f4fc20e5dfede1e920ddede120e1f1f7e5dfef20e4efeae9ecdef22c20ece7ed20f4ef20e4e9e1e3f1dcf8e5f4e50a',
      '// Αυτό είναι ένα αρχείο δοκιμής, μην το διαγράψετε',
      ['γραμμή', 'e3f1e1ececde'],
    ],
    [
      'windows-1253',
      '2f2f20a2ebebef20ddede120e1f1f7e5dfef20ece520e5ebebe7ede9eadc20f3f7fcebe9e120e3e9e120f4e720e4efeae9ecde0a',
      '// Άλλο ένα αρχείο με ελληνικά σχόλια για τη δοκιμή',
      ['γραμμή', 'e3f1e1ececde'],
    ],
    [
      'windows-874',
      '2f2f20b9d5e8a4d7cde4bfc5ecb7b4cacdba20a1c3d8b3d2cdc2e8d2c5bae4bfc5ecb9d5e90a',
      '// นี่คือไฟล์ทดสอบ กรุณาอย่าลบไฟล์นี้',
      ['บรรทัด', 'bac3c3b7d1b4'],
    ],
  ] as const) {
    it(`in ${encoding} is read, edited and replaced in it`, async () => {
      const before = Buffer.from(hex, 'hex')
      ground.put('a.txt', before)
      const read = await ground.call('Read', { file_path: 'a.txt' })
      expect(read.text).to.equal(`1→${text}${encodingShown(encoding)}`)
      expect(await edit(text, `${text}${added}`)).to.match(/^Successfully replaced/)
      const edited = Buffer.concat([before.subarray(0, -1), Buffer.from(`${addedHex}0a`, 'hex')])
      expect(ground.bytes('a.txt')).to.deep.equal(edited)
      const reason = notEncodable(ground.path('a.txt'), '😀', encoding)
      expect(await edit(added, '😀')).to.equal(reason)
      await ground.call('Write', { file_path: 'a.txt', content: `${text}\n` })
      expect(ground.bytes('a.txt')).to.deep.equal(before)
    })
  }

  it('in an older encoding of Europe is not taken for one of East Asia', () => {
    for (const hex of [
      // German and Finnish in Latin-1.
      '4772f6df6520fc6265722053747261df652c20c45247455220d64c20dc424552',
      '50c4c44c4cc42053c4c42054c4c44c4cc420c4c44e492050c4c4204ac4c4',
      // Russian in Windows-1251 and in KOI8-R.
      'cff0e8e2e5f22c20fdf2ee20f2e5f1f2eee2fbe920f4e0e9eb',
      'f0d2c9d7c5d42c20dcd4cf20d4c5d3d4cfd7d9ca20c6c1cacc',
    ]) {
      expect(decodeEastAsian(Buffer.from(hex, 'hex')), hex).to.equal(null)
    }
  })

  it('whose words are in no encoding that is known is not taken for Latin-1', async () => {
    // Hebrew in Windows-1255, in the comments of a program.
    const code = 'const answer = 42; export default answer\n'.repeat(4)
    const comment = Buffer.from(
      '2f2f20e6e4e520f7e5e1f520e1e3e9f7e42c20f0e020ece020ecede7e5f7',
      'hex',
    )
    const hebrew = Buffer.concat([Buffer.from(code), comment, Buffer.from('\n')])
    ground.put('a.txt', hebrew)
    const { text } = await ground.call('Read', { file_path: 'a.txt' })
    expect(text).to.include(NOT_UTF8_SHOWN)
    expect(await edit('answer = 42; export default answer\n//', 'é')).to.equal(
      encodingUnknown(ground.path('a.txt'), 'é'),
    )
    expect(ground.bytes('a.txt')).to.deep.equal(hebrew)
  })

  it('with few letters of Western Europe, or with lines of a box, is not taken for another script', async () => {
    for (const hex of [
      '4772f6df6520fc6265722053747261df652c20c45247455220d64c',
      'e020636f74e92c206fd920e9',
    ]) {
      expect(decodeSingleByte(Buffer.from(hex, 'hex')), hex).to.equal(null)
    }
    expect(decodeSingleByte(Buffer.alloc(40, 0xc4))).to.equal(null)
  })

  it('in an encoding that is not known gets no characters of UTF-8', async () => {
    // Thai in TIS-620, with two bytes that are a character of UTF-8 by chance.
    const thai = Buffer.from(
      'a = a file with a comment in Thai: \xca\xc7\xd1\xca\xb4\xd5\xa4\xc3\xd1 \xc2\xa9\n',
      'latin1',
    )
    ground.put('a.txt', thai)
    expect(await edit('a =', 'ไทย')).to.equal(encodingUnknown(ground.path('a.txt'), 'ไ'))
    expect(await edit('a =', 'b =')).to.match(/^Successfully replaced/)
    expect(ground.bytes('a.txt').subarray(1)).to.deep.equal(thai.subarray(1))
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

  it('is edited where a relative link in a linked directory leads', async () => {
    ground.put('real/settings.json', 'v1\n')
    mkdirSync(ground.path('real/host'))
    symlinkSync('../settings.json', ground.path('real/host/settings.json'))
    symlinkSync('real/host', ground.path('synced'))
    symlinkSync('synced', ground.path('dot'))
    expect(await edit('v1', 'v2', 'dot/settings.json')).to.match(/^Successfully replaced/)
    expect(ground.text('real/settings.json')).to.equal('v2\n')
    expect(readlinkSync(ground.path('real/host/settings.json'))).to.equal('../settings.json')
  })

  it('of a work tree inside of the repository is edited there, not in the repository', async () => {
    const git = (...args: readonly string[]): unknown =>
      execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@b.c', ...args], {
        cwd: ground.place.directory,
        stdio: 'ignore',
      })
    ground.put('a.txt', 'v1\n')
    git('init')
    git('add', '.')
    git('commit', '--message=one')
    git('worktree', 'add', '.trees/x')
    const inTree = '.trees/x/a.txt'
    expect(await edit('v1', 'v2', inTree)).to.match(/^Successfully replaced/)
    expect(await edit('v2', 'v3', ground.path(inTree))).to.match(/^Successfully replaced/)
    expect([ground.text(inTree), ground.text('a.txt')]).to.deep.equal(['v3\n', 'v1\n'])
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
