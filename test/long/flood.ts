// Keys while masses of text are printed: npx mocha test/long/flood.ts (BUILT=1 runs dist/).
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'chai'
import type { ScriptedAnswer } from '../support/model-endpoint.ts'
import type { WorkbenchDriver } from '../support/program.ts'
import { createSeededRandom } from '../support/seeded-random.ts'
import { withProgram } from '../support/with-program.ts'

const MAX_KEY_MS = 100
const MAX_CANCEL_MS = 300
const MAX_MEMORY_MB = 400

describe('A workbench stays usable', function () {
  this.timeout(120_000)
  const desk = withProgram()
  let workbench: WorkbenchDriver
  beforeEach(async () => {
    await desk.setUp()
    workbench = desk.opens({ args: ['--yolo'], built: process.env['BUILT'] === '1' })
    await workbench.sees('ready')
  })

  const send = async (turn: readonly ScriptedAnswer[], begun: string | RegExp): Promise<void> => {
    desk.model.setTurns([...turn, { sticky: true, text: 'It is over.' }])
    await workbench.types('go').presses('enter').sees(begun)
  }
  const runCommand = (command: string, timeout = 60_000): readonly ScriptedAnswer[] => [
    { calls: [{ name: 'Bash', args: { command, timeout } }] },
  ]
  /** Types until the text is on the screen, or for `most` keys. Gives the sorted times from key to screen, in milliseconds. */
  const typeUntil = async (until: string | null, most = 70): Promise<readonly number[]> => {
    const random = createSeededRandom(1)
    const times: number[] = []
    let typed = ''
    while (times.length < most && !(until !== null && workbench.screen().includes(until))) {
      const key = String.fromCharCode(97 + Math.floor(random() * 26))
      typed += key
      const from = performance.now()
      await workbench.types(key).sees(`! ${typed}`)
      times.push(performance.now() - from)
      await pause(20)
    }
    return times.toSorted((one, other) => one - other)
  }
  const check = (times: readonly number[]): void => {
    const median = times[Math.floor(times.length / 2)] ?? 0
    const peak = peakOf(workbench.pty.pid)
    process.stdout.write(
      `    ${times.length} keys: median ${Math.round(median)} ms, slowest ${Math.round(times.at(-1) ?? 0)} ms; at most ${peak} MB\n`,
    )
    expect(median).to.be.lessThan(MAX_KEY_MS)
    expect(peak).to.be.lessThan(MAX_MEMORY_MB)
  }
  const expectCancel = async (): Promise<void> => {
    const from = performance.now()
    await workbench.presses('escape').sees('Cancelled')
    const took = Math.round(performance.now() - from)
    process.stdout.write(`    cancelled after ${took} ms\n`)
    expect(took).to.be.lessThan(MAX_CANCEL_MS)
  }

  it('while a program prints without end until its time limit', async () => {
    await send(runCommand('yes', 3_000), 'Bash yes')
    check(await typeUntil('It is over.'))
    await workbench.sees('It is over.')
  })

  it('while a program prints without end until a user cancels it', async () => {
    await send(runCommand('yes'), 'Bash yes')
    check(await typeUntil(null, 50))
    await expectCancel()
  })

  it('while a program prints 100 MB without a line break', async () => {
    await send(runCommand("head -c 100000000 /dev/zero | tr '\\0' x; sleep 1"), 'xxxxx')
    check(await typeUntil('It is over.'))
    await workbench.sees('It is over.')
  })

  it('while a megabyte of paragraphs is streamed', async () => {
    const word = (_: unknown, index: number): string =>
      index % 20 === 0 ? `**b** \`c${index}\`\n\n` : `word${index % 7} `
    await send([{ text: [...Array.from({ length: 130_000 }, word), 'END'] }], 'word')
    check(await typeUntil('END'))
    await workbench.sees('END')
  })

  it('while a megabyte of code is streamed', async () => {
    const line = (_: unknown, index: number): string =>
      `const value${index} = call(${index}) // text\n`
    await send(
      [{ text: ['```ts\n', ...Array.from({ length: 25_000 }, line), '```\n', 'END'] }],
      'const',
    )
    check(await typeUntil('END'))
    await workbench.sees('END')
  })

  it('when a user cancels a long answer', async () => {
    const word = (_: unknown, index: number): string =>
      `word${index % 7}${index % 20 === 0 ? '\n\n' : ' '}`
    await send([{ text: Array.from({ length: 500_000 }, word) }], 'word')
    check(await typeUntil(null, 30))
    await expectCancel()
  })

  it('while 100,000 rows are scrolled', async () => {
    for (let turn = 0; turn < 10; turn++) {
      const rows = Array.from({ length: 10_000 }, (_, row) => `row ${turn * 10_000 + row}  \n`)
      const match = { last: `turn-${turn}"[^a-z]*$` }
      desk.model.setTurns([
        { match, text: [rows.join(''), `END${turn}`] },
        { sticky: true, text: 'A summary.' },
      ])
      await workbench.types(`turn-${turn}`).presses('enter').sees(`END${turn}`)
      await workbench.sees('ready')
    }
    const times: number[] = []
    for (const key of [
      'pageup',
      'pageup',
      'ctrl+home',
      'pagedown',
      'pagedown',
      'ctrl+end',
      'pageup',
    ]) {
      const before = workbench.screen()
      const from = performance.now()
      workbench.presses(key)
      await workbench.pty.waitFor(() => workbench.screen() !== before)
      times.push(performance.now() - from)
    }
    check(times.toSorted((one, other) => one - other))
    check(await typeUntil(null, 30))
  })
})

/** The peak memory of a process, in MB. */
function peakOf(pid: number): number {
  const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Math.round(Number(kilobytes) / 1000)
}
