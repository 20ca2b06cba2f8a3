import { execFileSync } from 'node:child_process'
import { expect } from 'chai'
import { allowHint } from '../../lib/headless/messages.ts'

describe('The flags that would allow a denied call', () => {
  const none = { acceptsEdits: false, untrustedRules: [] }

  it('are one word for a shell, which runs nothing of it', () => {
    for (const rule of [
      `Bash(echo '$(echo PWNED)')`,
      'Bash(echo "`id`")',
      `Bash(a 'b' "c" !x \\)`,
      'Bash(npm test:*)',
    ]) {
      const [words = ''] =
        /--allowedTools .*(?=, or --yolo$)/s.exec(allowHint({ rule, ...none })) ?? []
      const printed = execFileSync('bash', ['-c', `printf '%s|' ${words}`], { encoding: 'utf8' })
      expect(printed).to.equal(`--allowedTools|${rule}|`)
    }
  })

  it('name a few of the rules of the directory', () => {
    const untrustedRules = [
      'Bash',
      'Bash(y)',
      ...Array.from({ length: 60 }, (_, at) => `Bash(x${at})`),
    ]
    expect(allowHint({ rule: null, ...none, untrustedRules })).to.equal(
      'To allow it: --trust (applies this directory’s rules: Bash, Bash(y), Bash(x0), Bash(x1), Bash(x2) and 57 more), or --yolo',
    )
  })
})
