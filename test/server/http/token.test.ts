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
import { temporaryFolder } from '../../support/letta-server.ts'
import { rejection } from '../../support/rejection.ts'

describe('the token of letta serve', () => {
  let place: Awaited<ReturnType<typeof temporaryFolder>>
  let file: string

  beforeEach(async () => {
    place = await temporaryFolder()
    file = path.join(place.folder, '.letta', 'server-token')
  })
  afterEach(() => place.remove())

  const mode = (name: string): string => (statSync(name).mode & 0o777).toString(8)

  it('is made once, for the user alone, and stays the same', async () => {
    const token = await loadOrCreateToken(file)
    expect(token).to.match(/^[\w-]{43}$/)
    expect([mode(file), mode(path.dirname(file))]).to.deep.equal(['600', '700'])
    expect(await loadOrCreateToken(file)).to.equal(token)
    expect(readdirSync(path.dirname(file))).to.deep.equal(['server-token'])
  })

  it('is made anew where an empty file was left', async () => {
    mkdirSync(path.dirname(file))
    writeFileSync(file, '\n')
    const token = await loadOrCreateToken(file)
    expect([token, mode(file)]).to.deep.equal([readFileSync(file, 'utf8').trim(), '600'])
    expect(token).to.match(/^[\w-]{43}$/)
  })

  it('is hidden again from others who could read it', async () => {
    const token = await loadOrCreateToken(file)
    chmodSync(file, 0o644)
    expect([await loadOrCreateToken(file), mode(file)]).to.deep.equal([token, '600'])
  })

  it('that cannot be kept is trouble, and says where', async () => {
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
