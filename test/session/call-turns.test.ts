import { expect } from 'chai'
import { createCallTurns } from '../../lib/session/call-turns.ts'

describe('The calls of one answer', () => {
  /** Work that ends when the test ends it. */
  const work = (log: string[], name: string) => {
    let end = (): void => undefined
    const ended = new Promise<void>((resolve) => {
      end = resolve
    })
    const run = async (): Promise<string> => {
      log.push(`${name} begins`)
      await ended
      log.push(`${name} ends`)
      return name
    }
    return { run, end: () => end() }
  }
  const next = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

  it('read together, and never while one of them changes something', async () => {
    const log: string[] = []
    const turns = createCallTurns()
    const [one, other, line, later] = ['one', 'other', 'line', 'later'].map((name) =>
      work(log, name),
    )
    if (!one || !other || !line || !later) throw new Error('missing')
    const all = [
      turns.reading(one.run),
      turns.reading(other.run),
      turns.changing(line.run),
      turns.reading(later.run),
    ]
    await next()
    expect(log).to.deep.equal(['one begins', 'other begins'])
    one.end()
    await next()
    other.end()
    await next()
    expect(log.slice(2)).to.deep.equal(['one ends', 'other ends', 'line begins'])
    later.end()
    await next()
    expect(log).to.have.lengthOf(5)
    line.end()
    expect(await Promise.all(all)).to.deep.equal(['one', 'other', 'line', 'later'])
    expect(log.slice(5)).to.deep.equal(['line ends', 'later begins', 'later ends'])
  })

  it('run after one that failed', async () => {
    const turns = createCallTurns()
    const fails = (): Promise<never> => Promise.reject(new Error('no'))
    const failed = [turns.reading(fails), turns.changing(fails)]
    expect((await Promise.allSettled(failed)).map(({ status }) => status)).to.deep.equal([
      'rejected',
      'rejected',
    ])
    expect(await turns.changing(async () => 'changed')).to.equal('changed')
    expect(await turns.reading(async () => 'read')).to.equal('read')
  })
})
