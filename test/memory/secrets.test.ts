import { expect } from 'chai'
import { findSecret } from '../../lib/memory/secrets.ts'

/** Assembled here, because scanners of repositories look for complete ones. */
const SECRETS = [
  ['-----BEGIN RSA ', 'PRIVATE KEY-----'],
  ['AKIA', 'IOSFODNN7EXAMPLE'],
  ['ghp_', 'a1B2c3D4e5F6g7H8i9J0a1B2c3D4e5F6g7H8'],
  ['sk-ant-', 'api03-abcdefghijklmnopqrstuvwx'],
  ['sk-proj-', 'abcdefghijklmnopqrstuvwxyz0123456789'],
  ['xoxb-', '123456789012-abcdefABCDEF'],
  ['glpat-', 'abcdefghij0123456789'],
  ['postgres://app:', 'correcthorse@db.example.org/app'],
] as const

describe('A secret', () => {
  it('is recognized by the form that its issuer documents', () => {
    for (const [start, end] of SECRETS) {
      expect(findSecret(`The key is ${start}${end}.`), start).to.be.a('string')
    }
  })

  it('is not every long word, or the name of a key', () => {
    const texts = [
      'The key is in 1Password under "deploy".',
      'Set OPENAI_API_KEY before the tests.',
      'commit 4b825dc642cb6eb9a060e54bf8d69288fbee4904',
      'sk-learn is the name of a package',
      'https://user@example.org/path and http://localhost:8080/a@b',
    ]
    for (const text of texts) expect(findSecret(text), text).to.equal(null)
  })
})
