import path from 'node:path'
import { expect } from 'chai'
import { openPty, type Pty } from '../../support/pty.ts'

const PROGRAM = 'test/ui/terminal/fixtures/program.ts'

/** The ways to end the program, with their exit codes. */
const WAYS_OUT: readonly (readonly [way: string, go: (pty: Pty) => void, code: number])[] = [
  ['it leaves', (pty) => pty.type('Q'), 0],
  ['a plain exit', (pty) => pty.type('X'), 3],
  ['SIGTERM', (pty) => process.kill(pidOf(pty), 'SIGTERM'), 143],
  ['SIGHUP', (pty) => process.kill(pidOf(pty), 'SIGHUP'), 129],
  ['SIGINT', (pty) => process.kill(pidOf(pty), 'SIGINT'), 130],
  ['an uncaught exception', (pty) => pty.type('T'), 70],
  ['an unhandled rejection', (pty) => pty.type('R'), 70],
]

/** Ways to end the program that give it no time to react. */
const SUDDEN_ENDS: readonly (readonly [way: string, go: (pty: Pty) => void, path?: string])[] = [
  ['when it is killed', (pty) => process.kill(pidOf(pty), 'SIGKILL')],
  [
    'when it is killed on macOS, whose stty has another form',
    (pty) => process.kill(pidOf(pty), 'SIGKILL'),
    path.join(import.meta.dirname, 'fixtures/macos'),
  ],
  ['when its memory is used up', (pty) => pty.type('M')],
]

for (const toolkit of ['blessed', 'neo-blessed'] as const) {
  describe(`The terminal with ${toolkit}`, function () {
    this.timeout(30_000)
    let pty: Pty
    afterEach(() => pty.close())

    const open = (columns: number, rows: number): Pty =>
      openPty({
        command: process.execPath,
        args: ['--import', 'tsx', PROGRAM, toolkit],
        columns,
        rows,
      })

    it('shows a frame with all modes set, and reads keys, mouse and pastes', async () => {
      pty = open(60, 8)
      await pty.waitFor('size 60x8')
      expect(pty.modes()).to.deep.equal({
        alternateScreen: true,
        bracketedPaste: true,
        mouse: 'drag',
        focusReports: true,
        wraparound: false,
        applicationCursor: false,
        cursorHidden: false,
        synchronized: false,
        kittyFlags: ['5'],
        modifyOtherKeys: '1',
        title: 'fixture',
      })
      for (const key of [
        'shift+enter',
        'alt+enter',
        'ctrl+j',
        'escape',
        'shift+tab',
        'ctrl+left',
      ]) {
        pty.press(key)
        await pty.waitFor(`last key ${key} `)
      }
      pty.click(5, 2)
      await pty.waitFor('last mouse release left 5,2 on last ')
      pty.wheel('down', 9, 5)
      await pty.waitFor('last mouse wheelDown null 9,5 on frame ')
      pty.paste('two\nlines\x1b[A')
      await pty.waitFor('last paste "two\\nlines[A" ')
      expect(pty.colorAt(2, 2)).to.equal('#78c85a')
      expect(pty.cursor()).to.deep.equal({ x: 1, y: 1 })
    })

    for (const [way, go, code] of WAYS_OUT) {
      it(`is restored on ${way}`, async () => {
        pty = openShell(
          `settings; read go; node --import tsx ${PROGRAM} ${toolkit}; echo "code $?"; settings; read end`,
        )
        await pty.waitFor(SETTINGS_LINE)
        const before = { modes: pty.modes(), settings: settingsOf(pty) }
        pty.type('\n')
        await pty.waitFor('size 80x24')
        go(pty)
        await pty.waitFor((rows) => rows.filter((row) => SETTINGS.test(row)).length === 2)
        expect({ modes: pty.modes(), settings: settingsOf(pty) }).to.deep.equal({
          modes: before.modes,
          settings: [...before.settings, ...before.settings],
        })
        expect(pty.screen()).to.include(`code ${code}`)
      })
    }

    for (const [way, go, programs] of SUDDEN_ENDS) {
      const first = programs === undefined ? '' : `PATH=${programs}:$PATH`
      it(`is restored, with a message, even ${way}`, async () => {
        pty = openShell(
          `ulimit -c 0; settings; read go; ${first} node --max-old-space-size=64 --import tsx ${PROGRAM} ${toolkit}; read on; settings; read end`,
        )
        await pty.waitFor(SETTINGS_LINE)
        const before = { modes: pty.modes(), settings: settingsOf(pty) }
        pty.type('\n')
        await pty.waitFor('size 80x24')
        // What follows the first frame is done before a second key is taken.
        for (const text of ['a', 'ab']) {
          pty.type(text.slice(-1))
          await pty.waitFor(`typed ${text}`)
        }
        go(pty)
        await pty.waitFor('letta: The program was killed or ran out of memory.')
        pty.type('\n')
        await pty.waitFor((rows) => rows.filter((row) => SETTINGS.test(row)).length === 2)
        expect({ modes: pty.modes(), settings: settingsOf(pty) }).to.deep.equal({
          modes: before.modes,
          settings: [...before.settings, ...before.settings],
        })
      })
    }

    it('is suspended on ctrl-z, and has its screen again on fg', async () => {
      pty = openPty({
        command: 'bash',
        args: ['--norc', '--noprofile', '-i'],
        environment: { PS1: '$ ', HISTFILE: undefined },
      })
      await pty.waitFor('$ ')
      const before = pty.modes()
      pty.type(`node --import tsx ${PROGRAM} ${toolkit}\r`)
      await pty.waitFor('size 80x24')
      pty.type('kept')
      await pty.waitFor('typed kept')
      const shown = pty.screen()
      pty.press('ctrl+z')
      await pty.waitFor('Stopped')
      await pty.waitFor((rows) => rows.at(-1) !== undefined && /^\$ *$/m.test(rows.join('\n')))
      expect({ ...pty.modes(), bracketedPaste: false }).to.deep.equal({
        ...before,
        bracketedPaste: false,
      })
      pty.type('fg\r')
      await pty.waitFor('last key ctrl+z ')
      expect(pty.screen().toSpliced(2, 1)).to.deep.equal(shown.toSpliced(2, 1))
      pty.type('!')
      await pty.waitFor('typed kept!')
      pty.type('Q')
      await pty.waitFor('left')
    })

    it('has its screen at the size that the terminal got while it was suspended', async () => {
      pty = openPty({
        command: 'bash',
        args: ['--norc', '--noprofile', '-i'],
        environment: { PS1: '$ ', HISTFILE: undefined },
      })
      await pty.waitFor('$ ')
      pty.type(`node --import tsx ${PROGRAM} ${toolkit}\r`)
      await pty.waitFor('size 80x24')
      pty.press('ctrl+z')
      await pty.waitFor('Stopped')
      pty.resize(60, 15)
      pty.type('fg\r')
      await pty.waitFor('size 60x15')
      pty.type('Q')
      await pty.waitFor('left')
    })

    it('continues when no shell can suspend it', async () => {
      pty = open(60, 8)
      await pty.waitFor('size 60x8')
      process.kill(pidOf(pty), 'SIGTSTP')
      await pty.waitFor(() => !pty.modes().alternateScreen)
      await pty.waitFor('size 60x8')
      pty.type('on')
      await pty.waitFor('typed on')
    })

    it('shows the screen of the last size after a storm of resizes', async () => {
      pty = open(80, 24)
      await pty.waitFor('size 80x24')
      for (let round = 0; round < 150; round++) {
        const [columns, rows] = STORM[round % STORM.length] ?? [80, 24]
        pty.resize(columns, rows)
        if (round % 10 === 9) await pty.settle(5)
      }
      pty.resize(50, 7)
      await pty.waitFor('last resize 50x7 ')
      await pty.settle()
      const line = '─'.repeat(48)
      const inside = (text: string): string => `│${text.padEnd(48)}│`
      expect(pty.screen()).to.deep.equal([
        `┌${line}┐`,
        inside(`size 50x7 pid ${pidOf(pty)} typed `),
        inside('last resize 50x7'),
        inside(''),
        inside(''),
        inside(''),
        `└${line}┘`,
      ])
    })

    it('keeps foreign output off the screen, and prints it at the end', async () => {
      pty = open(60, 8)
      await pty.waitFor('size 60x8')
      pty.type('L')
      await pty.waitFor('typed L')
      expect(pty.screen().join('\n')).not.to.include('stray')
      pty.type('Q')
      await pty.exit
      expect(pty.screen().slice(0, 3)).to.deep.equal([
        'stray words',
        'Warning: stray warning',
        'left',
      ])
    })

    it('leaves no answer of the terminal to the shell, however early it ends', async () => {
      pty = openShell(
        `node --import tsx ${PROGRAM} ${toolkit} flash; echo over; read line; echo "<$line>" | cat -v`,
      )
      await pty.waitFor('over')
      pty.type('typed\r')
      await pty.waitFor('<typed>')
    })

    it('continues and ends when the terminal accepts no output', async () => {
      pty = open(200, 60)
      await pty.waitFor('size 200x60')
      pty.stall()
      pty.type('F')
      expect((await pty.exit).code).to.equal(0)
    })

    it('is handed to an editor and back', async () => {
      pty = open(60, 8)
      await pty.waitFor('size 60x8')
      pty.type('E')
      await pty.waitFor('editing')
      expect(pty.modes()).to.include({ alternateScreen: false, mouse: 'none', title: '' })
      pty.type('words\r')
      await pty.waitFor('typed Ewords ')
      expect(pty.modes()).to.include({ alternateScreen: true, mouse: 'drag', title: 'fixture' })
      pty.type('!')
      await pty.waitFor('typed Ewords!')
      process.kill(pidOf(pty), 'SIGINT')
      expect((await pty.exit).code).to.equal(130)
    })
  })
}

const SETTINGS = /^settings \d+ \d+$/
/** A checksum: what stty prints on macOS is wider than the screen. */
const PRINT_SETTINGS = `settings() { stty -g | cksum | sed 's/^/settings /'; }`
const SETTINGS_LINE = new RegExp(SETTINGS, 'm')
const STORM: readonly (readonly [number, number])[] = [
  [1, 1],
  [2, 2],
  [200, 50],
  [60, 15],
  [13, 40],
  [140, 45],
  [500, 200],
]

function openShell(script: string): Pty {
  return openPty({
    command: 'sh',
    args: ['-c', `${PRINT_SETTINGS}; printf '\\033]2;before\\007'; ${script}`],
  })
}

function settingsOf(pty: Pty): readonly string[] {
  return pty.screen().filter((row) => SETTINGS.test(row))
}

function pidOf(pty: Pty): number {
  return Number(/pid (\d+)/.exec(pty.screen().join('\n'))?.[1])
}
