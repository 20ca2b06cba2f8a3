import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { type IPty, spawn } from '@lydell/node-pty'
import { TerminalEmulator } from './xterm-headless.ts'

interface PtyOptions {
  readonly command: string
  readonly args: readonly string[]
  readonly columns?: number
  readonly rows?: number
  readonly cwd?: string
  /** Merged into the environment of the test. `undefined` removes a variable. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Milliseconds after which `waitFor` fails. */
  readonly timeout?: number
}

/** The modes that a program has set in the terminal. */
export interface TerminalModes {
  readonly alternateScreen: boolean
  readonly bracketedPaste: boolean
  readonly mouse: string
  readonly focusReports: boolean
  readonly wraparound: boolean
  readonly applicationCursor: boolean
  readonly cursorHidden: boolean
  readonly synchronized: boolean
  readonly kittyFlags: readonly string[]
  readonly modifyOtherKeys: string
  readonly title: string
}

/** Adjacent cells of one row with the same style. A color is `#rrggbb`, an index of the palette, or null for the default. */
export interface StyledRun {
  readonly text: string
  /** The number of cells. */
  readonly width: number
  readonly fg: string | number | null
  readonly bg: string | number | null
  readonly bold: boolean
  readonly dim: boolean
  readonly italic: boolean
  readonly underline: boolean
  readonly inverse: boolean
}

/** A program in a terminal emulator. */
export interface Pty {
  readonly pid: number
  /** The rows of the screen, without spaces at their ends. */
  screen(): readonly string[]
  /** All output of the program. */
  raw(): string
  modes(): TerminalModes
  /** The foreground of a cell: `#rrggbb`, an index of the palette, or null for the default. */
  colorAt(x: number, y: number): string | number | null
  cursor(): { readonly x: number; readonly y: number }
  /** The rows of the screen as styled runs of text. */
  runs(): readonly (readonly StyledRun[])[]
  /** Waits until the screen contains the text or satisfies the condition. The error of a timeout shows the screen. */
  waitFor(wanted: string | RegExp | ((screen: readonly string[]) => boolean)): Promise<void>
  /** Waits until the program has printed nothing for some milliseconds. */
  settle(milliseconds?: number): Promise<void>
  type(text: string): void
  /** Presses a key in the notation of keymaps: `enter`, `ctrl+c`, `alt+enter`, `shift+tab`, `f1`, `x`. */
  press(key: string): void
  paste(text: string): void
  /** Coordinates start at 0. */
  click(x: number, y: number): void
  /** Presses the left button, moves and releases it. */
  drag(from: readonly [x: number, y: number], to: readonly [x: number, y: number]): void
  wheel(direction: 'up' | 'down', x: number, y: number): void
  resize(columns: number, rows: number): void
  /** Stops reading the output, as a terminal does after Ctrl+S or on a dead connection. */
  stall(): void
  /** Closes the terminal, as a closed window or a lost connection does. */
  hangUp(): void
  readonly exit: Promise<{ readonly code: number; readonly signal: number }>
  /** Ends the program if it still runs. */
  close(): Promise<void>
}

export function openPty(options: PtyOptions): Pty {
  const columns = options.columns ?? 80
  const rows = options.rows ?? 24
  const screen = new TerminalEmulator({
    cols: columns,
    rows,
    allowProposedApi: true,
    scrollback: 1000,
    windowOptions: { pushTitle: true, popTitle: true },
  })
  const child = spawn(options.command, [...options.args], {
    name: 'xterm-256color',
    cols: columns,
    rows,
    cwd: options.cwd ?? process.cwd(),
    env: environmentOf(options.environment ?? {}),
  })
  const watched = watchModes(screen)
  let raw = ''
  let lastByteAt = performance.now()
  const listeners = new Set<() => void>()
  const report = (): void => {
    for (const listener of listeners) listener()
  }

  keepOpenUntilRead(child, screen)
  child.onData((text) => {
    raw += text
    lastByteAt = performance.now()
    screen.write(text, report)
  })
  screen.onData((answer) => child.write(answer))

  const exit = new Promise<{ code: number; signal: number }>((resolve) => {
    child.onExit(({ exitCode, signal }) => {
      // The last output may not have been processed by the emulator yet.
      screen.write('', () => {
        resolve({ code: exitCode, signal: signal ?? 0 })
        report()
      })
    })
  })

  const rowsOf = (): readonly string[] => {
    const { active } = screen.buffer
    return Array.from({ length: screen.rows }, (_, y) => {
      const line = active.getLine(active.baseY + y)
      return line?.translateToString(true, 0, screen.cols) ?? ''
    })
  }

  const waitUntil = (isDone: () => boolean, failure: () => Error): Promise<void> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (!isDone()) return
        stop()
        resolve()
      }
      // Long enough for a busy machine: only a test that fails waits for it.
      const timer = setTimeout(() => {
        stop()
        reject(failure())
      }, options.timeout ?? 40_000)
      const stop = (): void => {
        clearTimeout(timer)
        listeners.delete(check)
      }
      listeners.add(check)
      check()
    })

  return {
    pid: child.pid,
    screen: rowsOf,
    raw: () => raw.replace(END_OF_OUTPUT, ''),
    modes: () => modesOf(screen, watched),
    colorAt: (x, y) => colorOf(screen, x, y),
    cursor: () => ({ x: screen.buffer.active.cursorX, y: screen.buffer.active.cursorY }),
    runs: () => runsOf(screen),
    waitFor: (wanted) =>
      waitUntil(
        // A terminal shows no part of a synchronized update.
        () => !screen.modes.synchronizedOutputMode && isSeen(wanted, rowsOf()),
        () =>
          new Error(`Timed out waiting for ${String(wanted)}. The screen:\n${framed(rowsOf())}`),
      ),
    async settle(milliseconds = 50) {
      const calledAt = performance.now()
      for (;;) {
        const since = Math.max(calledAt, lastByteAt)
        const left = milliseconds - (performance.now() - since)
        if (left <= 0) return
        await new Promise((resolve) => setTimeout(resolve, left))
      }
    },
    type: (text) => child.write(text),
    press: (key) => child.write(bytesOf(key)),
    paste: (text) => child.write(`\x1b[200~${text}\x1b[201~`),
    click(x, y) {
      child.write(`\x1b[<0;${x + 1};${y + 1}M\x1b[<0;${x + 1};${y + 1}m`)
    },
    drag([fromX, fromY], [toX, toY]) {
      const [from, to] = [`${fromX + 1};${fromY + 1}`, `${toX + 1};${toY + 1}`]
      child.write(`\x1b[<0;${from}M\x1b[<32;${to}M\x1b[<0;${to}m`)
    },
    wheel(direction, x, y) {
      child.write(`\x1b[<${direction === 'up' ? 64 : 65};${x + 1};${y + 1}M`)
    },
    resize(newColumns, newRows) {
      screen.resize(newColumns, newRows)
      child.resize(newColumns, newRows)
    },
    stall: () => child.pause(),
    // Missing in the types: closes this end of the terminal.
    hangUp: () => Object(child).destroy(),
    exit,
    async close() {
      endChild(child)
      await exit
      screen.dispose()
    },
  }
}

/** The bytes that a terminal without kitty's protocol sends for a key. */
function bytesOf(key: string): string {
  const parts = key === '+' ? ['+'] : key.split('+')
  const name = parts.pop() ?? ''
  const shift = parts.includes('shift')
  const alt = parts.includes('alt')
  const ctrl = parts.includes('ctrl')
  const modifiers = 1 + (shift ? 1 : 0) + (alt ? 2 : 0) + (ctrl ? 4 : 0)
  const sequence = SEQUENCES[name]
  if (sequence !== undefined) {
    if (modifiers === 1) return `\x1b[${sequence}`
    const [, number, final] = /^(\d*)(.)$/.exec(sequence) ?? []
    return `\x1b[${number === '' ? '1' : number};${modifiers}${final}`
  }
  if (name === 'tab' && shift) return '\x1b[Z'
  const single = SINGLE_BYTES[name]
  // As xterm with modifyOtherKeys does.
  if (single !== undefined && (shift || ctrl))
    return `\x1b[27;${modifiers};${single.charCodeAt(0)}~`
  const character = single ?? (ctrl ? String.fromCharCode(name.charCodeAt(0) & 31) : name)
  return alt ? `\x1b${character}` : character
}

const SEQUENCES: Readonly<Record<string, string>> = {
  up: 'A',
  down: 'B',
  right: 'C',
  left: 'D',
  end: 'F',
  home: 'H',
  insert: '2~',
  delete: '3~',
  pageup: '5~',
  pagedown: '6~',
  f1: 'P',
  f2: 'Q',
  f3: 'R',
  f4: 'S',
  f5: '15~',
  f6: '17~',
  f7: '18~',
  f8: '19~',
  f9: '20~',
  f10: '21~',
  f11: '23~',
  f12: '24~',
}

const SINGLE_BYTES: Readonly<Record<string, string>> = {
  enter: '\r',
  tab: '\t',
  escape: '\x1b',
  backspace: '\x7f',
  space: ' ',
}

function environmentOf(
  changes: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const { TMUX: _tmux, NO_COLOR: _noColor, FORCE_COLOR: _force, ...inherited } = process.env
  const all = { ...inherited, COLORTERM: 'truecolor', TERM: 'xterm-256color', ...changes }
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

function isSeen(
  wanted: string | RegExp | ((screen: readonly string[]) => boolean),
  rows: readonly string[],
): boolean {
  if (typeof wanted === 'function') return wanted(rows)
  const text = rows.join('\n')
  return typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)
}

function framed(rows: readonly string[]): string {
  return rows.map((row) => `  |${row}`).join('\n')
}

interface Watched {
  readonly kittyFlags: string[]
  modifyOtherKeys: string
  title: string
}

/** xterm.js reports neither the keyboard protocols nor the title. */
function watchModes(screen: TerminalEmulator): Watched {
  const watched: Watched = { kittyFlags: [], modifyOtherKeys: '0', title: '' }
  screen.onTitleChange((title) => {
    watched.title = title
  })
  screen.parser.registerCsiHandler({ prefix: '>', final: 'u' }, ([flags]) => {
    watched.kittyFlags.push(String(flags))
    return true
  })
  screen.parser.registerCsiHandler({ prefix: '<', final: 'u' }, () => {
    watched.kittyFlags.pop()
    return true
  })
  screen.parser.registerCsiHandler({ prefix: '>', final: 'm' }, ([kind, value]) => {
    if (kind === 4) watched.modifyOtherKeys = String(value ?? 0)
    return true
  })
  return watched
}

function modesOf(screen: TerminalEmulator, watched: Watched): TerminalModes {
  const { modes } = screen
  // Missing in the public interface.
  const { _core: core } = screen as unknown as {
    _core: { coreService: { isCursorHidden: boolean } }
  }
  return {
    alternateScreen: screen.buffer.active.type === 'alternate',
    bracketedPaste: modes.bracketedPasteMode,
    mouse: modes.mouseTrackingMode,
    focusReports: modes.sendFocusMode,
    wraparound: modes.wraparoundMode,
    applicationCursor: modes.applicationCursorKeysMode,
    cursorHidden: core.coreService.isCursorHidden,
    synchronized: modes.synchronizedOutputMode,
    kittyFlags: [...watched.kittyFlags],
    modifyOtherKeys: watched.modifyOtherKeys,
    title: watched.title,
  }
}

function colorOf(screen: TerminalEmulator, x: number, y: number): string | number | null {
  const { active } = screen.buffer
  const cell = active.getLine(active.baseY + y)?.getCell(x)
  if (cell === undefined || cell.isFgDefault()) return null
  const color = cell.getFgColor()
  return cell.isFgRGB() ? `#${color.toString(16).padStart(6, '0')}` : color
}

/** An operating system command that no program uses. It is written after the last output of a program. */
const END_OF_OUTPUT = '\x1b]7719;end of output\x07'

/**
 * Keeps the other end of the terminal open until all output of a program has been read: when the last process closes it, libuv
 * drops what it has not read yet (everything after 4 KB).
 */
function keepOpenUntilRead(child: IPty, screen: TerminalEmulator): void {
  const { O_NOCTTY, O_NONBLOCK, O_RDWR } = constants
  // Missing in the types: the path of the other end.
  const end = openSync(Object(child).ptsName, O_RDWR | O_NOCTTY | O_NONBLOCK)
  let unwritten = END_OF_OUTPUT
  const watch = setInterval(() => {
    if (isRunning(child.pid)) return
    try {
      unwritten = unwritten.slice(writeSync(end, unwritten))
      if (unwritten === '') clearInterval(watch)
    } catch (error) {
      // The buffer of the terminal is full: it is written to again.
      if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return
      close()
    }
  }, 5)
  let isOpen = true
  const close = (): void => {
    clearInterval(watch)
    if (isOpen) closeSync(end)
    isOpen = false
  }
  screen.parser.registerOscHandler(7719, () => {
    close()
    return true
  })
  child.onExit(close)
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function endChild(child: IPty): void {
  try {
    child.kill('SIGKILL')
  } catch (error) {
    // The program has already ended.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

type ScreenBuffer = InstanceType<typeof TerminalEmulator>

function runsOf(screen: ScreenBuffer): readonly (readonly StyledRun[])[] {
  const { active } = screen.buffer
  return Array.from({ length: screen.rows }, (_, y) => {
    const line = active.getLine(active.baseY + y)
    const runs: StyledRun[] = []
    for (let x = 0; x < screen.cols; x++) {
      const cell = line?.getCell(x)
      if (cell === undefined || cell.getWidth() === 0) continue
      const look = {
        fg: cell.isFgDefault() ? null : color(cell.isFgRGB(), cell.getFgColor()),
        bg: cell.isBgDefault() ? null : color(cell.isBgRGB(), cell.getBgColor()),
        bold: cell.isBold() !== 0,
        dim: cell.isDim() !== 0,
        italic: cell.isItalic() !== 0,
        underline: cell.isUnderline() !== 0,
        inverse: cell.isInverse() !== 0,
      }
      const text = cell.getChars() || ' '
      const last = runs.at(-1)
      if (last !== undefined && isSameLook(last, look)) {
        runs[runs.length - 1] = {
          ...last,
          text: last.text + text,
          width: last.width + cell.getWidth(),
        }
      } else {
        runs.push({ text, width: cell.getWidth(), ...look })
      }
    }
    return runs
  })
}

function color(isRgb: boolean, value: number): string | number {
  return isRgb ? `#${value.toString(16).padStart(6, '0')}` : value
}

function isSameLook(run: StyledRun, look: Omit<StyledRun, 'text' | 'width'>): boolean {
  return (Object.keys(look) as (keyof typeof look)[]).every((key) => run[key] === look[key])
}
