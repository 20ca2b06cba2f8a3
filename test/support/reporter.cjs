// Mocha's `dot` reporter, then the tests that were skipped with their reasons, then one closing line that CI and people read.
const { reporters, Runner } = require('mocha')

module.exports = class ClosingLine extends reporters.Dot {
  constructor(runner, options) {
    super(runner, options)
    const skipped = []
    runner.on(Runner.constants.EVENT_TEST_PENDING, (test) => skipped.push(test))
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      for (const test of skipped) process.stdout.write(`skipped: ${test.fullTitle()}\n`)
      const { passes, failures, pending } = this.stats
      const suffix = pending > 0 ? `, ${pending} skipped` : ''
      process.stdout.write(`${passes} passed, ${failures} failed${suffix}\n`)
      setTimeout(() => endWithOpenResources(failures), EXIT_DELAY_MS).unref()
    })
  }
}

/** Time for the resources that the last test has closed to end. */
const EXIT_DELAY_MS = 2_000

/**
 * Runs only when a test has left a resource open, which prevents the process from ending. A test that failed had no chance to
 * close its own, so then the process ends all the same, with Mocha's exit code.
 */
function endWithOpenResources(failures) {
  const resources = process.getActiveResourcesInfo().join(', ')
  process.stderr.write(`A test has left open: ${resources}\n`)
  if (failures > 0) process.exit(Math.min(failures, 255))
}
