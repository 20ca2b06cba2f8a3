import { expect } from 'chai'
import { graphemesOf } from '../../../lib/util/graphemes.ts'
import { formatStroke } from '../../../ui/input/keymap.ts'
import type { TerminalReply } from '../../../ui/terminal/csi.ts'
import { createInputDecoder } from '../../../ui/terminal/input.ts'
import type { Input } from '../../../ui/view/types.ts'

/** Input and the decoded events: keys as strokes, text in quotes. */
const GROUPS: readonly (readonly [sent: string, ...made: readonly string[]])[] = [
  ['abc', '"a"', '"b"', '"c"'],
  ['é漢😀', '"é"', '"漢"', '"😀"'],
  ['\x1b[A\x1b[B\x1b[C\x1b[D', 'up', 'down', 'right', 'left'],
  ['\x1bOA\x1bOP\x1bOQ\x1bOM', 'up', 'f1', 'f2', 'enter'],
  ['\x1b[H\x1b[F\x1b[1~\x1b[4~\x1b[7~\x1b[8~', 'home', 'end', 'home', 'end', 'home', 'end'],
  ['\x1b[2~\x1b[3~\x1b[5~\x1b[6~', 'insert', 'delete', 'pageup', 'pagedown'],
  ['\x1b[15~\x1b[24~\x1b[[A\x1b[[E', 'f5', 'f12', 'f1', 'f5'],
  ['\x1b[1;5D\x1b[1;2A\x1b[3;3~', 'ctrl+left', 'shift+up', 'alt+delete'],
  ['\x1b[1;2P\x1b[1;5R', 'shift+f1', 'ctrl+f3'],
  ['\x1b[Z', 'shift+tab'],
  ['\r\t\x08\x7f\x08', 'enter', 'tab', 'backspace', 'backspace', 'ctrl+backspace'],
  ['\x1b[27;5;127~\x1b[27;5;8~', 'ctrl+backspace', 'ctrl+backspace'],
  ['\x01\x1a\x00\x1f\x1c', 'ctrl+a', 'ctrl+z', 'ctrl+space', 'ctrl+_', 'ctrl+\\'],
  ['\n', 'ctrl+j'],
  ['\x1b\r', 'alt+enter'],
  ['\x1b[13;2u', 'shift+enter'],
  ['\x1b[27;2;13~', 'shift+enter'],
  ['\x1bb\x1bB\x1bé\x1b\x7f\x1b ', 'alt+b', 'alt+B', 'alt+é', 'alt+backspace', 'alt+space'],
  ['\x1b\x01', 'ctrl+alt+a'],
  ['\x1b[97;5u\x1b[97;7u\x1b[97;6u', 'ctrl+a', 'ctrl+alt+a', 'ctrl+A'],
  ['\x1b[27u\x1b[27;1u\x1b[9;2u\x1b[127;5u', 'escape', 'escape', 'shift+tab', 'ctrl+backspace'],
  ['\x1b[97;1:1u\x1b[97;1:2u\x1b[97;1:3u', '"a"', '"a"'],
  ['\x1b[97:65;2;65u\x1b[1089;5u', '"A"', 'ctrl+c'],
  // Cyrillic, Greek and Hebrew letters with the key of the standard layout, without it, by modifyOtherKeys, and with Alt.
  ['\x1b[1075::117;5u\x1b[968::99;5u\x1b[1499::102;3u', 'ctrl+u', 'ctrl+c', 'alt+f'],
  [
    '\x1b[1075:1043:117;6u\x1b[1075;5u\x1b[968;5u\x1b[1499;5u',
    'ctrl+U',
    'ctrl+u',
    'ctrl+c',
    'ctrl+f',
  ],
  ['\x1b[27;5;1075~\x1b[27;6;1043~\x1bг\x1bГ', 'ctrl+u', 'ctrl+U', 'alt+u', 'alt+U'],
  ['\x1b[1075;1;1075u\x1b[1075:1043:117;2;1043u', '"г"', '"Г"'],
  ['\x1b[97::113;5u\x1b[233::50;5u', 'ctrl+a', 'ctrl+2'],
  ['\x1b[27;5;97~\x1b[27;2;65~\x1b[27;3;32~', 'ctrl+a', '"A"', 'alt+space'],
  ['\x1b[57400u\x1b[57414u\x1b[57419;5u', '"1"', 'enter', 'ctrl+up'],
  ['\x1b[97;9u\x1b[57441;2u\x1b[1;3:3A'],
  ['\x1b[200~ab\r\ncd\re\x1b[A 漢😀\x07\x1b[201~x', 'paste "ab\\ncd\\ne[A 漢😀"', '"x"'],
  ['\x1b[200~\x1b[201\x1b[200~\x1b[201~', 'paste "[201[200~"'],
  ['abc\x1b[<0;5;6Md', '"a"', '"b"', '"c"', 'press left 4,5', '"d"'],
  ['\x1b[<2;1;1m\x1b[<32;9;9M', 'release right 0,0', 'drag left 8,8'],
  [
    '\x1b[<64;5;5M\x1b[<65;5;5M\x1b[<66;5;5M\x1b[<35;5;5M',
    'wheelUp null 4,4',
    'wheelDown null 4,4',
  ],
  ['\x1b[<0;200;300M\x1b[<16;2;2M', 'press left 199,299', 'press left 1,1'],
  ['\x1b[I\x1b[Oxyz', 'focus true', 'focus false', '"x"', '"y"', '"z"'],
  ['\x1b[?62;22c\x1b[?1u', 'reply \x1b[?62;22c', 'reply \x1b[?1u'],
  ['\x1b[24;80R\x1b[?2026;2$y', 'reply \x1b[24;80R', 'reply \x1b[?2026;2$y'],
  ['\x1b]11;rgb:0/0/0\x1b\\a', 'reply \x1b]11;rgb:0/0/0\x1b\\', '"a"'],
  ['\x1b]11;rgb:0/0/0\x07b', 'reply \x1b]11;rgb:0/0/0\x07', '"b"'],
  ['\x1bP>|kitty(0.3)\x1b\\c', 'reply \x1bP>|kitty(0.3)\x1b\\', '"c"'],
  ['\x1b[M !!a', '"a"'],
  ['\u0085\u009ba', '"a"'],
]

describe('The input decoder', () => {
  for (const [sent, ...made] of GROUPS) {
    it(`decodes ${JSON.stringify(sent)} to ${made.join(' ') || 'nothing'}, wherever it is split`, () => {
      const bytes = Buffer.from(sent)
      expect(decode([bytes])).to.deep.equal(made)
      for (let cut = 1; cut < bytes.length; cut++) {
        const chunks = [bytes.subarray(0, cut), bytes.subarray(cut)]
        expect(decode(chunks), `cut at ${cut}`).to.deep.equal(made)
      }
      expect(decode(Array.from(bytes, (byte) => Buffer.of(byte)))).to.deep.equal(made)
    })
  }

  it('forgets half a paste, and half a sequence, when it is reset', () => {
    for (const half of ['\x1b[200~half', '\x1b[1;', '\x1b']) {
      const events: unknown[] = []
      const decoder = createInputDecoder({
        emit: (event) => events.push(event),
        delay: () => () => {},
      })
      decoder.write(Buffer.from(half))
      decoder.reset()
      decoder.write(Buffer.from('A'))
      expect(events, JSON.stringify(half)).to.deep.equal([{ type: 'text', text: 'A' }])
    }
  })

  it('decodes all groups one after the other in chunks of any size', () => {
    const bytes = Buffer.from(GROUPS.map(([sent]) => sent).join(''))
    const made = GROUPS.flatMap(([, ...events]) => events)
    for (const size of [1, 2, 3, 5, 7, 64, 4096]) {
      const chunks = []
      for (let from = 0; from < bytes.length; from += size)
        chunks.push(bytes.subarray(from, from + size))
      expect(decode(chunks), `chunks of ${size}`).to.deep.equal(made)
    }
  })

  it('decodes a lone ESC as the key when nothing follows', () => {
    const { decoder, events, timers } = openDecoder()
    decoder.write(Buffer.from('\x1b'))
    expect(events).to.deep.equal([])
    expect(timers.map((timer) => timer.milliseconds)).to.deep.equal([30])
    timers.shift()?.run()
    expect(events).to.deep.equal(['escape'])
    expect(timers).to.deep.equal([])
  })

  it('decodes two ESC as two keys', () => {
    expect(decode([Buffer.from('\x1b\x1b')], { isLate: true })).to.deep.equal(['escape', 'escape'])
    expect(decode([Buffer.from('\x1b\x1b[A')])).to.deep.equal(['escape', 'up'])
  })

  it('decodes the start of a sequence as a key with alt when nothing follows', () => {
    for (const [sent, made] of [
      ['\x1b[', 'alt+['],
      ['\x1bO', 'alt+O'],
      ['\x1b]', 'alt+]'],
      ['\x1bP', 'alt+P'],
    ] as const) {
      expect(decode([Buffer.from(sent)], { isLate: true })).to.deep.equal([made])
    }
  })

  it('drops a sequence that never ends, and decodes what is typed after it', () => {
    const { decoder, events, timers } = openDecoder()
    decoder.write(Buffer.from('\x1b[1;'))
    expect(timers.map((timer) => timer.milliseconds)).to.deep.equal([500])
    timers.shift()?.run()
    decoder.write(Buffer.from('x'))
    expect(events).to.deep.equal(['"x"'])
  })

  for (const [begun, rest] of [
    ['\x1b]11;rgb:1e', '1e/1e1e/2e2e\x1b\\'],
    ['\x1b]11', ';rgb:1e1e/1e1e/2e2e\x07'],
    ['\x1bP>|xterm', '(390)\x1b\\'],
    ['\x1bP1$r0', 'm\x1b\\'],
    ['\x1b_Gi=1', ';OK\x1b\\'],
  ] as const) {
    it(`never takes the rest of ${JSON.stringify(begun)} for keys when it stalls`, () => {
      for (let cut = 0; cut <= rest.length; cut++) {
        const { decoder, events, timers } = openDecoder()
        decoder.write(Buffer.from(begun))
        timers.shift()?.run()
        decoder.write(Buffer.from(rest.slice(0, cut)))
        decoder.write(Buffer.from(rest.slice(cut)))
        decoder.write(Buffer.from('abc'))
        expect(events, String(cut)).to.deep.equal(['"a"', '"b"', '"c"'])
      }
    })
  }

  it('takes the rest of an answer that stalls after two characters for no text either', () => {
    const { decoder, events, timers } = openDecoder()
    decoder.write(Buffer.from('\x1b]'))
    expect(timers.map((timer) => timer.milliseconds)).to.deep.equal([500])
    timers.shift()?.run()
    decoder.write(Buffer.from('11;rgb:0/0/0\x07a'))
    expect(events).to.deep.equal(['alt+]', '"a"'])
  })

  it('decodes keys again when the rest of an answer never comes', () => {
    for (const [sent, made] of [
      ['\r', ['enter']],
      ['\x1b[A', ['up']],
      ['ab\r', ['enter']],
    ] as const) {
      const { decoder, events, timers } = openDecoder()
      decoder.write(Buffer.from('\x1b]11;rgb'))
      timers.shift()?.run()
      decoder.write(Buffer.from(sent))
      expect(events).to.deep.equal(made)
    }
    const { decoder, events, timers } = openDecoder()
    decoder.write(Buffer.from('\x1b]11;rgb'))
    while (timers.length > 0) timers.shift()?.run()
    decoder.write(Buffer.from('a'))
    expect(events).to.deep.equal(['"a"'])
  })

  it('takes lines that arrive at once for one paste, without brackets', () => {
    const { decoder, events } = openDecoder()
    decoder.write(Buffer.from('first line\rsecond line\r\tthird'))
    decoder.write(Buffer.from(' goes on\rend\r'))
    expect(events).to.deep.equal([
      `paste ${JSON.stringify('first line\nsecond line\n\tthird')}`,
      `paste ${JSON.stringify(' goes on\nend\n')}`,
    ])
  })

  it('marks the parts of a paste without brackets that belong to the one before', () => {
    const events: (Input | TerminalReply)[] = []
    const timers: (() => void)[] = []
    const decoder = createInputDecoder({
      emit: (event) => events.push(event),
      delay: (_, run) => {
        timers.push(run)
        return () => {}
      },
    })
    const lines = Buffer.from('first line\rsecond line\r')
    decoder.write(lines)
    decoder.write(lines)
    for (let run = timers.shift(); run !== undefined; run = timers.shift()) run()
    decoder.write(lines)
    const paste = { type: 'paste', text: 'first line\nsecond line\n' }
    expect(events).to.deep.equal([paste, { ...paste, continues: true }, paste])
  })

  const textsOf = (events: readonly string[]): readonly string[] =>
    events.map((event) => JSON.parse(event.slice('paste '.length)))

  it('joins the parts of a long paste without brackets to few, before what follows', () => {
    const { decoder, events } = openDecoder()
    const lines = Array.from({ length: 50_000 }, (_, number) => `line ${number} of a log\r`).join(
      '',
    )
    for (let from = 0; from < lines.length; from += 1000)
      decoder.write(Buffer.from(lines.slice(from, from + 1000)))
    const parts = events.length
    decoder.write(Buffer.from('\x1b[A'))
    expect(events.at(-1)).to.equal('up')
    const pasted = textsOf(events.slice(0, -1))
    expect(pasted.join('')).to.equal(lines.replaceAll('\r', '\n'))
    // One for each 1,000 characters up to 64 KiB, then one for each doubling.
    expect(parts).to.be.lessThan(80)
  })

  it('emits the end of a long paste without brackets when nothing follows it', () => {
    const { decoder, events, timers } = openDecoder()
    const part = `${'x'.repeat(30_000)}\r`.repeat(2)
    for (let count = 0; count < 5; count++) decoder.write(Buffer.from(part))
    const before = textsOf(events).join('')
    expect(before.length).to.be.lessThan(5 * part.length)
    while (timers.length > 0) timers.shift()?.run()
    expect(textsOf(events).join('')).to.have.lengthOf(5 * part.length)
  })

  it('takes what is typed ahead for keys', () => {
    const { decoder, events } = openDecoder()
    decoder.write(Buffer.from('y\rls\r'))
    decoder.write(Buffer.from('jjjjjjjj'))
    expect(events).to.deep.equal(['"y"', 'enter', '"l"', '"s"', 'enter', ...Array(8).fill('"j"')])
  })

  it('takes lines that arrive at once for one paste where other pastes have brackets, too', () => {
    const { decoder, events } = openDecoder()
    decoder.write(Buffer.from('\x1b[200~x\x1b[201~'))
    decoder.write(Buffer.from('first line\rsecond line\r'))
    expect(events).to.deep.equal(['paste "x"', 'paste "first line\\nsecond line\\n"'])
  })

  it('emits characters that were not typed as one text, with the Enter after them', () => {
    const events: unknown[] = []
    const decoder = createInputDecoder({
      emit: (event) => events.push(event),
      delay: () => () => {},
    })
    decoder.write(Buffer.from('look here\r'))
    decoder.write(Buffer.from('look there'))
    expect(events).to.deep.equal([
      { type: 'text', text: 'look here', atOnce: { entered: true } },
      { type: 'text', text: 'look there', atOnce: { entered: false } },
    ])
  })

  it('sets no timer for ESC where the terminal sends Escape as a sequence', () => {
    const { decoder, events, timers } = openDecoder()
    decoder.hasEscapeKey = true
    decoder.write(Buffer.from('\x1b'))
    expect(timers).to.deep.equal([])
    decoder.write(Buffer.from('[27u'))
    expect(events).to.deep.equal(['escape'])
  })

  it('does not split clusters, nor a long run', () => {
    expect(decode([Buffer.from('👩‍🚀e\u0301')])).to.deep.equal(['"👩‍🚀"', '"e\u0301"'])
    const { decoder, texts } = openDecoder()
    const long = 'word '.repeat(50)
    decoder.write(Buffer.from(long))
    expect(texts).to.deep.equal([long])
  })

  it('decodes a large paste completely', () => {
    const text = 'line of text\n'.repeat(80_000)
    const bytes = Buffer.from(`\x1b[200~${text}\x1b[201~`)
    const events: (Input | TerminalReply)[] = []
    const decoder = createInputDecoder({
      emit: (event) => events.push(event),
      delay: () => () => {},
    })
    for (let from = 0; from < bytes.length; from += 65_536)
      decoder.write(bytes.subarray(from, from + 65_536))
    expect(events).to.deep.equal([{ type: 'paste', text }])
  })

  it('never throws, and never emits a control character as text', () => {
    const random = createRandom(7)
    const likely = [27, 91, 60, 59, 79, 80, 93, 126, 77, 49, 48, 117, 58, 63]
    for (let round = 0; round < 3000; round++) {
      const bytes = Buffer.from(
        Array.from({ length: 30 }, () =>
          random(2) === 0 ? (likely[random(likely.length)] ?? 0) : random(256),
        ),
      )
      const { decoder, texts, timers } = openDecoder()
      decoder.write(bytes.subarray(0, 11))
      decoder.write(bytes.subarray(11))
      for (let timer = timers.shift(); timer !== undefined; timer = timers.shift()) timer.run()
      expect(texts.join('')).not.to.match(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/)
    }
  })
})

function decode(chunks: readonly Buffer[], { isLate = false } = {}): readonly string[] {
  const { decoder, events, timers } = openDecoder()
  for (const chunk of chunks) decoder.write(chunk)
  while (isLate && timers.length > 0) timers.shift()?.run()
  return events
}

/** A decoder whose timers run when the test says so. */
function openDecoder() {
  const events: string[] = []
  const texts: string[] = []
  const timers: { readonly milliseconds: number; run(): void }[] = []
  const decoder = createInputDecoder({
    emit(event) {
      events.push(...spelled(event))
      if (event.type === 'text' || event.type === 'paste') texts.push(event.text)
    },
    delay(milliseconds, run) {
      const timer = { milliseconds, run }
      timers.push(timer)
      return () => {
        timers.splice(timers.indexOf(timer), 1)
      }
    },
  })
  return { decoder, events, texts, timers }
}

/** Characters that arrived at once are spelled one by one. */
function spelled(event: Input | TerminalReply): readonly string[] {
  switch (event.type) {
    case 'text': {
      const texts = Array.from(graphemesOf(event.text), ({ segment }) => JSON.stringify(segment))
      return event.atOnce?.entered ? [...texts, 'enter'] : texts
    }
    case 'key':
      return [formatStroke(event.key)]
    case 'paste':
      return [`paste ${JSON.stringify(event.text)}`]
    case 'mouse':
      return [`${event.action} ${event.button} ${event.x},${event.y}`]
    case 'focus':
      return [`focus ${event.focused}`]
    case 'reply':
      return [`reply ${event.text}`]
    case 'resize':
      return ['resize']
  }
}

function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) | 0
    return (state >>> 7) % below
  }
}
