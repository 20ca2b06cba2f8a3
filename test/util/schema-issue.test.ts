import { expect } from 'chai'
import { decodeLocal, decodeProject, decodeUser, settingDocs } from '../../lib/settings/schema.ts'
import { parseKeymap } from '../../ui/input/keymap.ts'
import { STYLE_NAMES } from '../../ui/theme/styles.ts'
import { parseTheme } from '../../ui/theme/theme.ts'

const VALUES = [true, 'text', 5, -1, 0.5, 10 ** 20, [], [5], {}, { a: 5 }, { a: { b: 5 } }, null]
/** How our messages describe a value; the validator has its own for each kind. */
const OURS =
  /^(?:[\w.]+: )?(?:expected .+, found .+|unknown keys? ".+"|must be a list of strings.*)[.?]?$/

describe('The message about a value that a file must not contain', () => {
  const decoders = { user: decodeUser, project: decodeProject, local: decodeLocal }
  for (const { file, key } of settingDocs().filter((one) => !one.key.includes('.'))) {
    it(`names what ${key} (${file}) accepts and what was found, for each kind of value`, () => {
      const decode = decoders[file === 'all' ? 'user' : file]
      const messages = VALUES.flatMap((value) => decode({ [key]: value }).problems)
      expect(messages).not.to.have.lengthOf(0)
      for (const { message } of messages) {
        const [, reason = message] = /^"\w+" is ignored: (.*)$/.exec(message) ?? []
        expect(reason).to.match(OURS)
      }
    })
  }

  const reasonOf = (setting: string, value: unknown): string =>
    decodeUser({ [setting]: value })
      .problems.map(({ message }) => message)
      .join()

  it('says it in words of a person', () => {
    expect(reasonOf('mouse', 'yes')).to.equal(
      '"mouse" is ignored: expected true or false, found text',
    )
    expect(reasonOf('messageDelivery', 'ende')).to.equal(
      '"messageDelivery" is ignored: expected "step" or "end", found "ende". Did you mean "end"?',
    )
    expect(reasonOf('compactAtPercent', 5)).to.equal(
      '"compactAtPercent" is ignored: expected at least 20, found 5',
    )
    expect(reasonOf('memoryHistoryDays', 0)).to.equal(
      '"memoryHistoryDays" is ignored: expected more than 0, found 0',
    )
    expect(reasonOf('outputMebibytes', 0.5)).to.equal(
      '"outputMebibytes" is ignored: expected an integer, found a fraction',
    )
    expect(reasonOf('favoriteModels', ['a', 5])).to.equal(
      '"favoriteModels" is ignored: 1: expected text in quotes, found a number',
    )
  })

  it('does not repeat a value that can be a key', () => {
    expect(reasonOf('env', { LETTA_API_KEY: 12345678 })).not.to.contain('12345678')
  })

  const THEMES = [
    ...VALUES,
    ...['name', 'inherits', 'vars', 'basicColors', 'styles'].flatMap((field) =>
      VALUES.map((value) => ({ [field]: value })),
    ),
    ...STYLE_NAMES.slice(0, 3).flatMap((role) =>
      [...VALUES, { fg: 5 }, { bold: 'yes' }, { blink: true, glow: true }].map((value) => ({
        styles: { [role]: value },
      })),
    ),
  ]

  it('is in the same words for a theme', () => {
    for (const json of THEMES) {
      const { problems } = parseTheme(json, 'mine', () => undefined)
      const issues = problems.flatMap((problem) => / is ignored: (.*)$/.exec(problem)?.[1] ?? [])
      for (const issue of issues.flatMap((one) => one.split('; '))) expect(issue).to.match(OURS)
    }
  })

  it('is in the same words for a keymap', () => {
    const keymaps = [
      ...VALUES,
      ...['name', 'inherits', 'bindings', 'other'].flatMap((field) =>
        VALUES.map((value) => ({ [field]: value })),
      ),
      ...VALUES.flatMap((value) => [
        { bindings: { composer: value } },
        { bindings: { composer: { up: value } } },
        { bindings: { nowhere: value } },
      ]),
    ]
    let count = 0
    for (const json of keymaps) {
      const { problems } = parseKeymap(json, 'mine', () => undefined, [])
      const issues = problems.flatMap((problem) => / is ignored: (.*)$/.exec(problem)?.[1] ?? [])
      count += issues.length
      for (const issue of issues.flatMap((one) => one.split('; '))) expect(issue).to.match(OURS)
    }
    expect(count).to.be.greaterThan(20)
  })
})
