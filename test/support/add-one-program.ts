import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { withLock } from '../../lib/fs/lock.ts'

/** Adds one to the number in a file for each message, while it holds the lock. A second holder would lose an addition. Without a counter it ends, as it does when it is disconnected. */
process.on('message', ({ file, counter }: { file: string; counter: string | null }) => {
  void withLock(file, async () => {
    if (counter === null) process.exit()
    const count = Number(readFileSync(counter, 'utf8'))
    await pause(5)
    writeFileSync(counter, String(count + 1))
  }).then(
    () => process.send?.('added'),
    (thrown: unknown) => process.send?.(String(thrown)),
  )
})

process.on('disconnect', () => process.exit())
