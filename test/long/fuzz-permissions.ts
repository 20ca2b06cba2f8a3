// Hundreds of thousands of command lines: npx mocha test/long/fuzz-permissions.ts (LINES=…, SEED=… and GENERATOR=… vary it).
import { randomInt } from 'node:crypto'
import { expect } from 'chai'
import { describeReport, fuzz } from './permissions/fuzz.ts'
import { GENERATORS } from './permissions/generators/index.ts'
import { createScratchProject } from './permissions/scratch-project.ts'

const LINES = Number(process.env['LINES'] ?? 25_000)
const SEEDS = process.env['SEED']?.split(',').map(Number) ?? [12, 2026, randomInt(1_000_000)]
const NAMES = process.env['GENERATOR']?.split(',') ?? GENERATORS.map(({ name }) => name)

describe('A command line that runs without approval, of which there are very many', () => {
  for (const generator of GENERATORS.filter(({ name }) => NAMES.includes(name))) {
    it(`does only what was judged: ${LINES} lines of the generator ${generator.name}`, async () => {
      const project = createScratchProject()
      try {
        for (const seed of SEEDS) {
          const limits = { lines: LINES, timeMs: Infinity, parallel: 2 }
          const report = await fuzz(generator, seed, project, limits)
          process.stdout.write(describeReport(report))
          for (const finding of report.findings) console.log(JSON.stringify(finding))
          expect(report.findings, `seed ${seed}`).to.deep.equal([])
        }
      } finally {
        project.remove()
      }
    }).timeout(0)
  }
})
