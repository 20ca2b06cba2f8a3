// Kills `letta -p` at random moments: npx mocha test/long/kill-headless.ts (KILLS=300 or SEED=… vary it, BUILT=1 runs dist/).
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import Libsql from 'libsql'
import type { ScriptedAnswer } from '../support/model-endpoint.ts'
import { createSeededRandom } from '../support/seeded-random.ts'
import { type CurrentProgram, withProgram } from '../support/with-program.ts'

const rounds = Number(process.env['KILLS'] ?? 60)
const seed = Number(process.env['SEED'] ?? 1)
const built = process.env['BUILT'] === '1'
const FILE_BYTES = 4_000

const content = (round: number): string => `${round}\n`.repeat(FILE_BYTES / 4)

/** Reads a file, rewrites it, appends a line to a log by a command, then answers. */
function turnsOf(round: number): readonly ScriptedAnswer[] {
  const write = { file_path: 'large.txt', content: content(round) }
  return [
    { calls: [{ name: 'Read', args: { file_path: 'large.txt', limit: 1 } }] },
    {
      calls: [
        { name: 'Write', deltas: [JSON.stringify(write)] },
        { name: 'Bash', args: { command: `echo ${round} >> log.txt` } },
      ],
    },
    { sticky: true, text: 'All done.' },
  ]
}

describe('A killed letta -p', () => {
  const desk = withProgram()
  beforeEach(async () => {
    await desk.setUp()
  })

  it(`leaves complete files, runs no call twice, and resumes: ${rounds} times from seed ${seed}`, async function () {
    this.timeout(rounds * 30_000)
    const random = createSeededRandom(seed)
    desk.write('large.txt', content(0))
    desk.model.setTurns([{ sticky: true, text: 'Hello.' }])
    const first = await desk.runs(['-p', 'hello'], { built })
    expect(first.stdout).to.contain('Hello.')
    // Twice the duration of a complete run, so that a kill can hit any moment of it.
    const begun = performance.now()
    desk.model.setTurns(turnsOf(0))
    await desk.runs(['-p', 'go on', '--yolo'], { built })
    const span = (performance.now() - begun) * 2
    let ended = 0
    for (let round = 1; round <= rounds; round++) {
      desk.model.setTurns(turnsOf(round))
      const child = desk.starts(['-p', 'go on', '--yolo'], { built })
      child.stdin?.end()
      const kill = setTimeout(() => child.kill('SIGKILL'), random() * span)
      const [, signal] = await once(child, 'exit')
      clearTimeout(kill)
      if (signal === null) ended++
      check(desk, round)
    }
    desk.model.setTurns([{ sticky: true, text: 'Still here.' }])
    const last = await desk.runs(['-p', 'and now?'], { built })
    expect([last.code, last.stdout.trim()]).to.deep.equal([0, 'Still here.'])
    const left = readdirSync(desk.project).filter((name) => name.endsWith('.tmp'))
    const commands = desk.read('log.txt').trim().split('\n').length
    process.stdout.write(
      `${rounds - ended} killed, ${ended} ended; ${commands} commands ran; left behind: ${left.length}\n`,
    )
  })
})

function check({ project, home, read }: CurrentProgram, round: number): void {
  const text = read('large.txt')
  const written = Number(text.split('\n', 1)[0])
  expect(text === content(written), `large.txt is complete in round ${round}`).to.equal(true)
  const log = existsSync(path.join(project, 'log.txt')) ? read('log.txt').trim().split('\n') : []
  expect(log, 'a command ran twice').to.deep.equal([...new Set(log)])
  const settings = path.join(project, '.letta/settings.local.json')
  expect(JSON.parse(readFileSync(settings, 'utf8'))).to.have.property('lastAgent')
  const database = new Libsql(path.join(home, '.letta/letta.db'))
  expect(database.prepare('pragma integrity_check').get()).to.include({ integrity_check: 'ok' })
  database.close()
}
