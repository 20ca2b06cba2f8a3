import { Readable } from 'node:stream'
import { expect } from 'chai'
import { checkLines } from '../../bin/commands/permissions.ts'
import { denyPendingCalls } from '../../lib/headless/auto-deny.ts'
import { PERMISSION_MODES } from '../../lib/permissions/types.ts'
import type { SessionEvent } from '../../lib/session/events.ts'
import { createSeededRandom } from '../support/seeded-random.ts'
import { withSession } from '../support/with-session.ts'

/** None of them does anything outside of the project, since those that are allowed run. */
const LINES =
  `ls|cat README.md|cat .env|rm -rf none|git status|git log -p|npm test|echo a > x|cat "$x"|grep -r a src|find none -delete
  |sed -n 1p README.md|cat src/*.ts|for i in a b; do echo $i; done|bash -c "ls"|ls && rm x|cd src && ls|touch a|echo $HOME|xargs rm
  |wc -l README.md \\| sort|ls ~|env|git diff|head -1 secret/key.txt|git -C .. status|(ls)|ls &|letta permissions list|ls 'a|LS|true`
    .split(/\n? *\|/)
    .map((line) => line.replaceAll('\\|', '|'))

const FILES = [
  ...[
    'src/a.ts',
    'README.md',
    '.env',
    'secret/key.txt',
    'AGENTS.md',
    '.git/hooks/x',
    'src/../.env',
  ],
  ...[
    'SECRET/key.txt',
    './src//a.ts',
    'new/deep.ts',
    'src/',
    '',
    'src/[id].ts',
    'cafe\u0301.txt',
    'x\n',
  ],
]

const RULES = [
  ...['ls:*', 'npm test', 'git:*', 'git push:*', 'rm:*', 'cat:*', ':*'].map(
    (one) => `Bash(${one})`,
  ),
  ...['Bash', 'Read', 'Edit', 'Write', 'Grep', 'LS', '*', 'TodoWrite', 'BashOutput', 'shell(ls)'],
  ...['Read(.env)', 'Read(**/.env)', 'Read(secret/**)', 'Edit(src/**)', 'Write(AGENTS.md)'],
  ...[
    'Edit(AGENTS.md)',
    'Grep(secret/**)',
    'Glob(src)',
    'LS(src)',
    'MultiEdit(src/**)',
    'Read(~/**)',
  ],
]

interface RandomCall {
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
}

describe('The verdict of a check', () => {
  const desk = withSession()

  for (const seed of [12, Math.floor(Math.random() * 1e9)]) {
    it(`is the one by which the session decides about the same call: seed ${seed}`, async () => {
      const random = createSeededRandom(seed)
      const pick = <Value>(values: readonly Value[]): Value =>
        values[Math.floor(random() * values.length)] as Value
      const call = (): RandomCall => {
        const file = pick(FILES)
        return pick<RandomCall>([
          { name: 'Read', args: { file_path: file } },
          { name: 'Write', args: { file_path: file, content: 'x' } },
          { name: 'Edit', args: { file_path: file, old_string: 'a', new_string: 'b' } },
          { name: 'NotebookEdit', args: { notebook_path: file, new_source: 'x' } },
          { name: 'Grep', args: { pattern: 'a', path: file } },
          { name: 'Grep', args: { pattern: 'a', glob: file } },
          { name: 'Glob', args: { pattern: pick(['**/*', '../*', '~/*', file]) } },
          { name: 'LS', args: { path: file } },
          { name: 'BashOutput', args: { bash_id: 'x' } },
          ...['', '', '', ''].map(() => ({ name: 'Bash', args: { command: pick(LINES) } })),
        ])
      }
      let compared = 0
      for (const mode of PERMISSION_MODES) {
        const calls = Array.from({ length: 30 }, call)
        const list = (): readonly string[] => [pick(RULES), pick(RULES)]
        const rules = { allow: [...list(), ...list()], deny: list().slice(1), ask: list() }
        const policy = { rules, mode }
        const files = {
          'src/a.ts': 'a\n',
          'README.md': 'a\n',
          '.env': 'a\n',
          'secret/key.txt': 'a\n',
        }
        await desk.start([{ calls }, { text: 'Done.' }], {
          files: { ...files, '.letta/settings.json': JSON.stringify({ permissions: rules }) },
          options: { mode, trustThisRun: true },
        })
        await desk.session.opened
        const place = { cwd: desk.project, home: desk.home }
        const input = calls.map(({ name: tool, args }) =>
          JSON.stringify({ tool, args, ...policy, ...place }),
        )
        const checked: string[] = []
        await checkLines(
          Readable.from(`${input.join('\n')}\n`),
          (line) => checked.push(line),
          process.env,
        )
        const { store } = desk.session
        const decided = new Map<string, string>()
        const note = (event: SessionEvent): void => {
          const requests = event.type === 'approval.requested' ? event.requests : []
          for (const { callId, verdict } of requests)
            if (!decided.has(callId)) decided.set(callId, `${verdict.decision} ${verdict.rule}`)
        }
        store.subscribe((_, event) => note(event))
        denyPendingCalls(
          store,
          () => true,
          () => undefined,
        )
        const expected = new Map(
          calls.map(({ name, args }, index) => {
            const { decision, rule } = JSON.parse(checked[index] ?? '')
            return [`${name} ${JSON.stringify(args)}`, `${decision} ${rule}`]
          }),
        )
        const { settled } = await desk.says('Go')
        for (const entry of settled) {
          if (entry.type !== 'tool') continue
          const { callId, tool, args } = entry.call
          // A call that is impossible is answered without a verdict.
          const real = decided.get(callId)
          if (real === undefined) continue
          expect(
            expected.get(`${tool} ${args}`),
            JSON.stringify({ tool, args, ...policy }),
          ).to.equal(real)
          compared++
        }
      }
      expect(compared).to.be.greaterThan(60)
    })
  }
})
