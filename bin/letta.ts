import { end } from './io/exit-signals.ts'
import { exitOnEpipe, main } from './main.ts'

exitOnEpipe()
void main(process.argv.slice(2), process).then((code) => {
  // What is still open (a watcher, a socket) must not keep us; what is still unwritten must be out.
  process.stdout.write('', (lost?: NodeJS.ErrnoException | null) => {
    // A reader who had enough is no failure.
    const isLost = lost && lost.code !== 'EPIPE'
    // What was lost is told first, by who listens for errors of standard output.
    setImmediate(() => end(code === 0 && isLost ? 1 : code))
  })
})
