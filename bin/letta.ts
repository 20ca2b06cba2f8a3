import { exit } from './io/exit.ts'
import { exitOnEpipe, main } from './main.ts'

exitOnEpipe()
// A terminal that is gone leaves nothing to wait for: the program may end before it has received SIGHUP.
process.on('beforeExit', (code) => exit(code))
void main(process.argv.slice(2), process).then((code) => {
  // What is still open (a watcher, a socket) must not keep the process alive; what is not yet written must be written first.
  process.stdout.write('', (error?: NodeJS.ErrnoException | null) => {
    // A reader that closes the pipe early is not an error.
    const isOutputLost = error && error.code !== 'EPIPE'
    // The listener for errors of standard output reports the loss before the exit.
    setImmediate(() => exit(code === 0 && isOutputLost ? 1 : code))
  })
})
