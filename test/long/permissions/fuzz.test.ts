import { randomInt } from 'node:crypto'
import { expect } from 'chai'
import { skipWhen } from '../../support/skip.ts'
import { describeReport, fuzz } from './fuzz.ts'
import { GENERATORS } from './generators/index.ts'
import { whyNoNamespace } from './run-lines.ts'
import { createScratchProject, type ScratchProject } from './scratch-project.ts'

/** For each generator, half with the fixed seed and half with a random one. */
const TIME_MS = 6_000

const FIXED_SEED = 12

describe('A command line that runs without approval, judged and run in a namespace', () => {
  let project: ScratchProject

  before(function () {
    const reason = whyNoNamespace()
    skipWhen(this, reason !== null, reason ?? '')
    project = createScratchProject()
  })

  after(() => project?.remove())

  for (const generator of GENERATORS) {
    it(`does only what was judged: lines of the generator ${generator.name}`, async () => {
      const limits = { lines: Infinity, timeMs: TIME_MS / 2, parallel: 2 }
      for (const seed of [FIXED_SEED, randomInt(1_000_000)]) {
        const report = await fuzz(generator, seed, project, limits)
        process.stdout.write(describeReport(report))
        expect(report.findings, `seed ${seed}`).to.deep.equal([])
        expect(report.executed, 'lines executed').to.be.greaterThan(0)
      }
    }).timeout(120_000)
  }
})
