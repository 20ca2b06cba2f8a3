import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { expect } from 'chai'
import { describeReport, fuzz } from './fuzz.ts'
import { GENERATORS } from './generators/index.ts'
import { createScratchProject, type ScratchProject } from './scratch-project.ts'

/** For each generator and seed. A number of lines, not a time, so that the same lines are judged on every machine. */
const LINES = 1_000

const FIXED_SEED = 12

/** Another one for each content of the repository: new lines with each commit, and a finding that can be repeated. */
function seedOfContent(): number {
  const tree = spawnSync('git', ['rev-parse', 'HEAD^{tree}'], { encoding: 'utf8' }).stdout ?? ''
  return /^[0-9a-f]{40}/.test(tree) ? Number.parseInt(tree.slice(0, 6), 16) : randomInt(1_000_000)
}

describe('A command line that runs without approval, judged and run where it can do no harm', () => {
  let project: ScratchProject

  before(() => {
    project = createScratchProject()
  })

  after(() => project?.remove())

  for (const generator of GENERATORS) {
    it(`does only what was judged: lines of the generator ${generator.name}`, async () => {
      const limits = { lines: LINES, timeMs: 60_000, parallel: 2 }
      for (const seed of [FIXED_SEED, seedOfContent()]) {
        const report = await fuzz(generator, seed, project, limits)
        process.stdout.write(describeReport(report))
        expect(report.findings, `seed ${seed}`).to.deep.equal([])
        expect(report.executed, 'lines executed').to.be.greaterThan(0)
      }
    }).timeout(180_000)
  }
})
