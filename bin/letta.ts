import { endQuietlyWhenClosed, main } from './main.ts'

endQuietlyWhenClosed()
void main(process.argv.slice(2), process).then((code) => {
  // What is still open (a watcher, a socket) must not keep us; what is still unwritten must be out.
  process.stdout.write('', () => process.exit(code))
})
