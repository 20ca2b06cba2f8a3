// Loaded before a program (`node --import`). On SIGUSR2 it collects garbage, and appends the resources of the program to a file as JSON.
import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import v8 from 'node:v8'
import vm from 'node:vm'

v8.setFlagsFromString('--expose-gc')
const collect = vm.runInNewContext('gc')
const file = process.env['PROBE'] ?? ''
delete process.env['PROBE']

process.on('SIGUSR2', () => {
  collect()
  // The second collection frees what finalizers and settled promises have released.
  setImmediate(() => {
    collect()
    appendFileSync(file, `${JSON.stringify(sample())}\n`)
  })
})

function sample() {
  const { rss, heapUsed, external } = process.memoryUsage()
  const resources = process.getActiveResourcesInfo()
  return {
    rss,
    heap: heapUsed + external,
    files: readdirSync('/proc/self/fd').length,
    timers: resources.filter((name) => name === 'Timeout').length,
    listeners: process
      .eventNames()
      .map((name) => process.listenerCount(name))
      .reduce((sum, count) => sum + count, 0),
    children: readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').length - 1,
  }
}
