import { expect } from 'chai'
import fc from 'fast-check'
import { checkJsonLine } from '../../lib/permissions/check-jsonl.ts'
import { decide } from '../../lib/permissions/decide.ts'
import { parseRule } from '../../lib/permissions/rules/rule.ts'
import { suggest } from '../../lib/permissions/suggest.ts'
import {
  NO_RULES,
  PERMISSION_MODES,
  type Policy,
  type Verdict,
} from '../../lib/permissions/types.ts'
import { requestFor } from '../support/permission-requests.ts'
import { APPROVAL_LINES, RM_LINES } from './lines.ts'

const view = { directory: '/p', home: '/h', readable: [], resolve: (path: string) => path }

const bash = (command: string): ReturnType<typeof requestFor> =>
  requestFor('Bash', { command }, '/p', '/h')

const STRICTNESS: readonly Verdict['decision'][] = ['allow', 'ask', 'deny']

const strictness = ({ decision }: Verdict): number => STRICTNESS.indexOf(decision)

/** Shell syntax around a line that does not change what it runs. */
const WRAPPINGS: readonly ((line: string) => string)[] = [
  (line) => `( ${line}\n)`,
  (line) => `${line}\n:`,
  (line) => `true && ${line}`,
  (line) => `: $(${line}\n)`,
  (line) => `${line} &`,
  (line) => `\n${line}`,
  (line) => `{ ${line}\n}`,
  (line) => `if true; then ${line}\nfi`,
]

const WORDS = [
  ...[
    'rm',
    'ls',
    'git',
    'status',
    'push',
    'cat',
    '-rf',
    '-la',
    'src/a.ts',
    '.env',
    '/etc/passwd',
    '..',
    'npm',
    'test',
  ],
  ...[
    '&&',
    '||',
    ';',
    '|',
    '&',
    '\n',
    '(',
    ')',
    '{',
    '}',
    '$(',
    '`',
    '"',
    "'",
    '\\',
    '$X',
    '$' + '{x}',
    '<',
    '>',
    '<<E',
  ],
  ...[
    'if',
    'then',
    'fi',
    'for',
    'in',
    'do',
    'done',
    'sudo',
    'xargs',
    'bash',
    '-c',
    'eval',
    'find',
    '-exec',
    '*',
    '~',
  ],
]

const lines = fc.array(fc.constantFrom(...WORDS), { maxLength: 12 }).map((words) => words.join(' '))

const KEYWORDS = new Set(['if', 'then', 'fi', 'for', 'in', 'do', 'done'])

const simple = fc
  .array(
    fc.constantFrom(...WORDS.filter((word) => /^[\w./-]+$/.test(word) && !KEYWORDS.has(word))),
    {
      minLength: 1,
      maxLength: 5,
    },
  )
  .map((words) => words.join(' '))

/** Lines without quotes, in which a continuation can be inserted at every position. */
const PARTED = [...APPROVAL_LINES, ...RM_LINES].filter(
  (line) => line.length > 2 && !/['"#\\\n@]|<</.test(line),
)

const policies: fc.Arbitrary<Policy> = fc.record({
  mode: fc.constantFrom(...PERMISSION_MODES),
  view: fc.constant(view),
  rules: fc.constantFrom(
    NO_RULES,
    { ...NO_RULES, deny: [{ text: 'Bash(rm:*)', source: 'user' as const }] },
    {
      allow: [{ text: 'Bash(npm test:*)', source: 'user' as const }],
      deny: [{ text: 'Read(.env)', source: 'user' as const }],
      ask: [{ text: 'Bash(git push:*)', source: 'user' as const }],
    },
  ),
})

describe('Permissions, for any input,', () => {
  it('decide every line without throwing', () => {
    const anything = fc.oneof(
      lines,
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.string({ maxLength: 200 }),
    )
    fc.assert(
      fc.property(policies, anything, (policy, line) => {
        expect(STRICTNESS).to.include(decide(policy, bash(line)).decision)
      }),
      { numRuns: 2_000 },
    )
  })

  it('decide every rule and path without throwing', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 })
    fc.assert(
      fc.property(text, text, fc.constantFrom('Bash', 'Read', 'Edit'), (payload, subject, tool) => {
        const rule = { text: `${tool}(${payload})`, source: 'user' as const }
        parseRule(payload)
        const rules = { allow: [rule], deny: [rule], ask: [rule] }
        const request = requestFor(tool, { command: subject, file_path: subject }, '/p', '/h')
        expect(decide({ mode: 'default', rules, view }, request).decision).to.be.a('string')
      }),
      { numRuns: 1_000 },
    )
  })

  it('answer every line of letta permissions check', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        const answer: unknown = JSON.parse(checkJsonLine(line, requestFor, (path) => path))
        expect(answer).to.include.keys('decision', 'rule', 'because')
      }),
    )
  })

  it('are never weakened by a continuation line', () => {
    const parted = fc.tuple(fc.constantFrom(...PARTED), fc.nat()).map(([line, at]) => {
      const place = 1 + (at % (line.length - 1))
      return [line, `${line.slice(0, place)}\\\n${line.slice(place)}`] as const
    })
    fc.assert(
      fc.property(
        policies,
        fc.oneof(
          parted,
          simple.map((line) => [line, `${line}\\\n`] as const),
        ),
        (policy, [line, other]) => {
          const plain = strictness(decide(policy, bash(line)))
          expect(strictness(decide(policy, bash(other))), other).to.be.at.least(plain)
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('are never weakened by wrapping a line in shell syntax', () => {
    fc.assert(
      fc.property(policies, simple, fc.constantFrom(...WRAPPINGS), (policy, line, wrap) => {
        const plain = strictness(decide(policy, bash(line)))
        const wrapped = decide(policy, bash(wrap(line)))
        expect(strictness(wrapped), wrap(line)).to.be.at.least(plain)
      }),
      { numRuns: 2_000 },
    )
  })

  it('deny a denied command in every mode and despite every allow rule', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PERMISSION_MODES),
        simple,
        fc.constantFrom(...WRAPPINGS),
        (mode, line, wrap) => {
          const name = line.split(' ')[0] ?? ''
          const rules = {
            allow: [{ text: 'Bash', source: 'session' as const }],
            deny: [{ text: `Bash(${name}:*)`, source: 'project' as const }],
            ask: [],
          }
          const verdict = decide({ mode, rules, view }, bash(wrap(line)))
          expect(verdict.decision, wrap(line)).to.equal('deny')
        },
      ),
      { numRuns: 500 },
    )
  })

  it('suggest only rules that cover the call and nothing appended to it', () => {
    fc.assert(
      fc.property(fc.oneof(simple, lines), (line) => {
        const suggestion = suggest({ mode: 'default', rules: NO_RULES, view }, bash(line))
        // A backslash at the end joins the appended text to the last word.
        if (suggestion === null || line.endsWith('\\')) return
        const rules = { ...NO_RULES, allow: [{ text: suggestion.rule, source: suggestion.scope }] }
        const policy: Policy = { mode: 'default', rules, view }
        expect(decide(policy, bash(line)).decision, suggestion.rule).to.equal('allow')
        for (const more of [
          ' && rm -rf /',
          '; rm -rf /',
          '\nrm -rf /',
          ' | sh',
          ' $(rm -rf /)',
          ' > /etc/x',
        ]) {
          expect(decide(policy, bash(line + more)).decision, line + more).not.to.equal('allow')
        }
      }),
      { numRuns: 1_000 },
    )
  })
})
