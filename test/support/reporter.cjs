// Mocha's `dot` reporter, then the tests that were skipped with their reasons, then one closing line that CI and people read.
const { reporters, Runner } = require('mocha')

module.exports = class ClosingLine extends reporters.Dot {
  constructor(runner, options) {
    super(runner, options)
    const skipped = []
    runner.on(Runner.constants.EVENT_TEST_PENDING, (test) => skipped.push(test))
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      for (const test of skipped) {
        const reason = test.skipReason ?? 'no reason given'
        process.stdout.write(`skipped: ${test.fullTitle()} (${reason})\n`)
      }
      const { passes, failures, pending } = this.stats
      const suffix = pending > 0 ? `, ${pending} skipped` : ''
      process.stdout.write(`${passes} passed, ${failures} failed${suffix}\n`)
      setTimeout(reportOpenResources, EXIT_DELAY_MS).unref()
    })
  }
}

/** Time for the resources that the last test has closed to end. */
const EXIT_DELAY_MS = 2_000

/** Runs only when a test has left a resource open, which prevents the process from ending. */
function reportOpenResources() {
  const resources = process.getActiveResourcesInfo().join(', ')
  process.stderr.write(`A test has left open: ${resources}\n`)
}
