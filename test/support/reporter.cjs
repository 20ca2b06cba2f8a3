// mocha's own `dot` reporter for the run, then one closing line that CI and people read.
const { reporters, Runner } = require('mocha')

module.exports = class ClosingLine extends reporters.Dot {
  constructor(runner, options) {
    super(runner, options)
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats
      const skipped = pending > 0 ? `, ${pending} skipped` : ''
      process.stdout.write(`${passes} passed, ${failures} failed${skipped}\n`)
    })
  }
}
