import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { loadOrCreateToken } from '../../../lib/server/http/token.ts'
import { UserError } from '../../../lib/util/user-error.ts'
import { temporaryDirectory } from '../../support/letta-server.ts'
import { rejection } from '../../support/rejection.ts'

describe('The token of letta serve', () => {
  let place: Awaited<ReturnType<typeof temporaryDirectory>>
  let file: string

  beforeEach(async () => {
    place = await temporaryDirectory()
    file = path.join(place.directory, '.letta', 'server-token')
  })
  afterEach(() => place.remove())

  const mode = (name: string): string => (statSync(name).mode & 0o777).toString(8)

  it('is created once, readable by its user only, and reused', async () => {
    const token = await loadOrCreateToken(file)
    expect(token).to.match(/^[\w-]{43}$/)
    expect([mode(file), mode(path.dirname(file))]).to.deep.equal(['600', '700'])
    expect(await loadOrCreateToken(file)).to.equal(token)
    expect(readdirSync(path.dirname(file))).to.deep.equal(['server-token'])
  })

  it('is created when its file is empty', async () => {
    mkdirSync(path.dirname(file))
    writeFileSync(file, '\n')
    const token = await loadOrCreateToken(file)
    expect([token, mode(file)]).to.deep.equal([readFileSync(file, 'utf8').trim(), '600'])
    expect(token).to.match(/^[\w-]{43}$/)
  })

  it('is made private again when others could read it', async () => {
    const token = await loadOrCreateToken(file)
    chmodSync(file, 0o644)
    expect([await loadOrCreateToken(file), mode(file)]).to.deep.equal([token, '600'])
  })

  it('that cannot be saved causes an error with the name of its file', async () => {
    mkdirSync(file, { recursive: true })
    expect(await rejection(loadOrCreateToken(file)))
      .to.be.instanceOf(UserError)
      .with.property('message')
      .that.includes(file)
    rmSync(path.dirname(file), { recursive: true })
    writeFileSync(path.dirname(file), '')
    expect(await rejection(loadOrCreateToken(file)))
      .to.be.instanceOf(UserError)
      .with.property('message')
      .that.includes(file)
  })
})
