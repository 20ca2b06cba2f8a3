// Hundreds of thousands of command lines: npx mocha test/long/fuzz-permissions.ts (LINES=…, SEED=… and GENERATOR=… vary it).
import { randomInt } from 'node:crypto'
import { expect } from 'chai'
import { describeCounts, describeReport, type FuzzReport, fuzz } from './permissions/fuzz.ts'
import { GENERATORS } from './permissions/generators/index.ts'
import { createScratchProject, type ScratchProject } from './permissions/scratch-project.ts'

const LINES = Number(process.env['LINES'] ?? 25_000)
const SEEDS = process.env['SEED']?.split(',').map(Number) ?? [12, 2026, randomInt(1_000_000)]
const NAMES = process.env['GENERATOR']?.split(',') ?? GENERATORS.map(({ name }) => name)

describe('A command line that runs without approval, of which there are very many', () => {
  const reports: FuzzReport[] = []
  let project: ScratchProject

  before(function () {
    this.timeout(0)
    project = createScratchProject()
  })

  after(() => {
    project?.remove()
    for (const seed of SEEDS)
      process.stdout.write(
        `seed ${seed}: ${describeCounts(reports.filter((one) => one.seed === seed))}\n`,
      )
    process.stdout.write(`${SEEDS.length} seeds: ${describeCounts(reports)}\n`)
  })

  for (const seed of SEEDS) {
    for (const generator of GENERATORS.filter(({ name }) => NAMES.includes(name))) {
      it(`does only what was judged: ${LINES} lines of the generator ${generator.name}, seed ${seed}`, async () => {
        const limits = { lines: LINES, timeMs: Infinity, parallel: 1 }
        const report = await fuzz(generator, seed, project, limits)
        reports.push(report)
        process.stdout.write(describeReport(report))
        for (const finding of report.findings) console.log(JSON.stringify(finding))
        expect(report.findings).to.deep.equal([])
      }).timeout(0)
    }
  }
})
