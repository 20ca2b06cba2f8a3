import { expect } from 'chai'
import { secretOfRule } from '../../lib/memory/messages.ts'
import { findNewSecret, findSecret, textParts } from '../../lib/memory/secrets.ts'

/** Assembled here, because scanners of repositories look for complete ones. */
const SECRETS = [
  ['-----BEGIN RSA ', 'PRIVATE KEY-----'],
  ['AKIA', 'IOSFODNN7EXAMPLE'],
  ['ghp_', 'a1B2c3D4e5F6g7H8i9J0a1B2c3D4e5F6g7H8'],
  ['sk-ant-', 'api03-abcdefghijklmnopqrstuvwx'],
  ['sk-proj-', 'abcdefghijklmnopqrstuvwxyz0123456789'],
  ['xoxb-', '123456789012-abcdefABCDEF'],
  ['glpat-', 'abcdefghij0123456789'],
  ['aws_secret_access_key = ', 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00'],
  ['DefaultEndpointsProtocol=https;AccountKey=', `${'aB3/'.repeat(21)}ab==`],
  ['ya29.', 'a0AfH6SMBx1234567890abcdef'],
  ['GOCSPX-', 'abcdefghij0123456789abcdefgh'],
  ['dop_v1_', 'a1'.repeat(32)],
  ['shpat_', 'ab12'.repeat(8)],
  ['hvs.', 'CAESIJabcdefghij0123456789abcd'],
  ['abcdefghij1234.atlas', `v1.${'aB3-'.repeat(16)}`],
  ['dapi', 'ab12'.repeat(8)],
  ['SK', 'ab12'.repeat(8)],
  ['123456789:AA', 'HdqTcvCH1vGWJxfSeofSAs0K5PALDsawx'],
  ['AGE-SECRET-', `KEY-1${'QPZRY9X8'.repeat(7)}`],
  ['gsk_', 'aB3d'.repeat(13)],
  ['xai-', 'aB3d'.repeat(20)],
  ['pplx-', 'aB3d'.repeat(12)],
  ['lin_api_', 'aB3d'.repeat(10)],
  ['NRAK-', 'AB3D'.repeat(7)],
  ['dp.pt.', 'aB3d'.repeat(11)],
  ['nfp_', 'aB3d'.repeat(10)],
  ['sntrys_', 'eyJpYXQiOjE2OTAwMDAwMDB9aB3daB3daB3daB3d'],
  ['sk_test_', 'aB3d'.repeat(6)],
  ['whsec_', 'aB3d'.repeat(8)],
  ['Authorization: Bearer ', 'aB3daB3daB3daB3daB3d'],
  ['PuTTY-User-', 'Key-File-3: ssh-ed25519'],
  ['machine example.org login ada password ', 'correcthorse'],
  ['API_KEY="', 'aB3daB3daB3daB3daB3daB3d'],
  ['postgres://app:', 'correcthorse@db.example.org/app'],
] as const

describe('A secret', () => {
  it('is recognized by the form that its issuer documents', async () => {
    for (const [start, end] of SECRETS) {
      expect(await findSecret(`The key is ${start}${end}.`), start).to.be.a('string')
    }
  })

  it('is recognized with invisible or wide characters, and with the backslashes of Markdown', async () => {
    const secret = ['ghp_', 'a1B2c3D4e5F6g7H8i9J0a1B2c3D4e5F6g7H8'].join('')
    const wide = [...secret].map((one) =>
      /[a-z]/i.test(one) ? String.fromCodePoint((one.codePointAt(0) ?? 0) + 0xfe_e0) : one,
    )
    const texts = [[...secret].join('\u200b'), wide.join(''), secret.replace('_', '\\_')]
    for (const text of texts) expect(await findSecret(text), text).to.equal('a token of GitHub')
  })

  it('is not every long word, or the name of a key', async () => {
    const texts = [
      'The key is in 1Password under "deploy".',
      'Set OPENAI_API_KEY before the tests.',
      'commit 4b825dc642cb6eb9a060e54bf8d69288fbee4904',
      'sk-learn is the name of a package',
      'sk-learn-is-a-library-for-machine-learning-models',
      ['https:/', '/x:', '${', 'TOKEN}@github.com/a'].join(''),
      ['https:/', '/user:', '<password>@example.org'].join(''),
      'Authorization: Bearer <token>',
      'The password is rotated monthly; the token of the bot is in the vault.',
      'token_count = 128000, api_key = process.env.KEY_OF_THE_PRODUCTION_SERVER',
      'https://user@example.org/path and http://localhost:8080/a@b',
    ]
    for (const text of texts) expect(await findSecret(text), text).to.equal(null)
  })

  it('is also recognized by the rules of a scanner, next to the name that they require', async () => {
    const found = [
      `adafruit_key = "${'a1b2c3d4'.repeat(4)}"`,
      ['airtable: pat', `${'aB3d'.repeat(3)}aB.${'ab12'.repeat(16)}`].join(''),
      ['p8e', `-${'a1b2c3d4'.repeat(4)}`].join(''),
    ]
    expect(await Promise.all(found.map(findSecret))).to.deep.equal(
      ['adafruit-api-key', 'airtable-personnal-access-token', 'adobe-client-secret'].map(
        secretOfRule,
      ),
    )
    // The same characters without variety are an example.
    expect(await findSecret(['p8e', `-${'a'.repeat(32)}`].join(''))).to.equal(null)
    expect(await findSecret('airtable_key = "The same, in words"')).to.equal(null)
  })

  it('is searched in parts, so that the time grows with the length of a text, whatever it is', () => {
    const text = Array.from({ length: 14_000 }, (_, index) => `line ${index}`).join('\n')
    const parts = textParts(text)
    expect(parts.every(({ length }) => length <= 10_000)).to.equal(true)
    expect(parts.length * 8000).to.be.below(text.length + 8000)
    let end = 0
    for (const part of parts) {
      const from = text.indexOf(part)
      expect(end === 0 || end - from >= 2000, `from ${from}`).to.equal(true)
      end = from + part.length
    }
    expect(end).to.equal(text.length)
    expect(textParts('')).to.deep.equal([''])
  })

  it('is found between two of the parts', async () => {
    const secret = ['ghp_', 'a1B2c3D4e5F6g7H8i9J0a1B2c3D4e5F6g7H8'].join('')
    for (const before of [7970, 8000, 9970, 9999, 15_990, 17_980]) {
      const text = `${' '.repeat(before)}${secret}${' '.repeat(9000)}`
      expect(await findSecret(text), String(before)).to.equal('a token of GitHub')
    }
  })

  it('is found when a change completes it, on the same line, on others or next to the block', async () => {
    const start = ['ghp', '_a1B2c3D4e5F6g7H8'].join('')
    const end = 'i9J0a1B2c3D4e5F6g7H8'
    const prose = 'The release is on 2026-12-01 with version 1.2.3, by the plan of Node24.'
    const changes: readonly [before: string, after: string, others?: readonly string[]][] = [
      [`Key: ${start}`, `Key: ${start}${end}`],
      [`Key: ${start} ${end}`, `Key: ${start}${end}`],
      [start, `${start}\n${end}`],
      [`- first half: \`${start}\``, `- first half: \`${start}\`\n- second half: "${end}"`],
      [`Second: ${end}`, `First: ${start}\nSecond: ${end}`],
      [`${start}\n${prose}`, `${end}\n${start}\n${prose}`],
      ['', `One: ${start.slice(0, 12)}\nTwo: ${start.slice(12)}\nThree: ${end}`],
      ['', end, [`A key that begins with ${start}`, ...Array.from({ length: 20 }, () => prose)]],
      ['aws_secret_access_key =\n', `aws_secret_access_key =\n${'aB3/'.repeat(10)}`],
    ]
    for (const [before, after, others] of changes) {
      expect(await findNewSecret(before, after, others), after).to.be.a('string')
    }
  })

  it('that was there before does not prevent other changes, and words are not its parts', async () => {
    const secret = ['ghp_', 'a1B2c3D4e5F6g7H8i9J0a1B2c3D4e5F6g7H8'].join('')
    const hash = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
    const changes: readonly [before: string, after: string, others?: readonly string[]][] = [
      [secret, `${secret}\nUses pnpm since v9.12.3.`],
      [`Key: ${secret}`, `Uses pnpm.\nKey: ${secret}`],
      ['', 'Tokens of GitHub begin with ghp_ and have 36 letters, see docs/tokens-of-github.md'],
      ['sk-learn is a package', `sk-learn is a package\nThe last good commit: ${hash}`],
      ['', `See task\nsk-learn at ${hash}`],
      [
        'The port is at http://localhost:8080',
        'The port is at http://localhost:8080\nada@example.org',
      ],
      [secret, 'Uses pnpm.', [secret]],
    ]
    for (const [before, after, others] of changes) {
      expect(await findNewSecret(before, after, others), after).to.equal(null)
    }
  })

  it('is not what everyday texts are together: hashes, names that begin as tokens do, and what says how tokens begin', async () => {
    const hash = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
    const texts = [
      `The last good commit is ${hash}, its image sha256:${hash}${hash.slice(0, 24)}`,
      'The block block-11111111-2222-4333-8444-555555555555 is shared with agent-3f2b8c1e-7d4a-4e9b-a1c2-0d9e8f7a6b5c',
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl jane@laptop',
      'The pod is letta-server-7d9f8b6c5d-x2k4z, its image registry.gitlab.com/acme/letta:v1.2.3-rc.4',
      'Screenshots are Screenshot_2025-01-03-11-45-02.png; phone 0171 2345678; jane.doe+letta@example.com',
      'Uses hf_transformers, hf_datasets, npm_package_version, sk-learn-1.4.2, sk-utils-2024 and OAuth2ClientCredentials',
      'Never print tokens: they begin with ghp_, glpat-, sk-ant-, sk-ant-api03-, sk-proj-, xoxb-, hf_, gsk_ or AIza',
      'In examples, write ghp_xxxxxxxx, xoxb-123 or sk-ant-XXXXXXXX, and dapi for Databricks',
    ]
    for (const text of texts) {
      const others = texts.filter((one) => one !== text)
      expect(await findNewSecret(others.join('\n'), [...others, text].join('\n')), text).to.equal(
        null,
      )
      expect(await findNewSecret('', text, others), text).to.equal(null)
    }
    const rest = 'a1B2c3D4e5F6g7H8i9J0a1B2c3D4e5F6g7H8'
    expect(await findNewSecret('', rest, texts)).to.be.a('string')
    const parts = ['', `Begins with ghp_, then ${rest.slice(0, 18)}`] as const
    expect(await findNewSecret(parts[1], `${parts[1]}\n${rest.slice(18)}`)).to.be.a('string')
  })
})
