import { expect } from 'chai'
import fc from 'fast-check'
import { checkJsonLine } from '../../lib/permissions/check-jsonl.ts'
import { judge } from '../../lib/permissions/decide.ts'
import { parseRule, parseRules } from '../../lib/permissions/rules/rule.ts'
import { suggest } from '../../lib/permissions/suggest.ts'
import {
  NO_RULES,
  PERMISSION_MODES,
  type PermissionRequest,
  type Policy,
  type Verdict,
} from '../../lib/permissions/types.ts'
import { EMPTY_VIEW, emptyFacts, IMAGINARY_BOUNDS } from '../support/file-facts.ts'
import { requestFor } from '../support/permission-requests.ts'
import { APPROVAL_LINES, RM_LINES } from './lines.ts'

const bash = (command: string): ReturnType<typeof requestFor> =>
  requestFor('Bash', { command }, '/p', '/h')

const STRICTNESS: readonly Verdict['decision'][] = ['allow', 'ask', 'deny']

const strictness = ({ decision }: Verdict): number => STRICTNESS.indexOf(decision)

/** Decides about paths that need not exist. */
function decideOffline(
  { mode, rules }: Pick<Policy, 'mode' | 'rules'>,
  request: PermissionRequest,
): Verdict {
  return judge({ mode, rules: parseRules(rules), view: EMPTY_VIEW }, request)
}

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

const policies: fc.Arbitrary<Pick<Policy, 'mode' | 'rules'>> = fc.record({
  mode: fc.constantFrom(...PERMISSION_MODES),
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
        expect(STRICTNESS).to.include(decideOffline(policy, bash(line)).decision)
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
        expect(decideOffline({ mode: 'default', rules }, request).decision).to.be.a('string')
      }),
      { numRuns: 1_000 },
    )
  })

  it('answer every line of letta permissions check', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (line) => {
        const answer: unknown = JSON.parse(
          await checkJsonLine(line, requestFor, { source: emptyFacts() }),
        )
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
          const plain = strictness(decideOffline(policy, bash(line)))
          expect(strictness(decideOffline(policy, bash(other))), other).to.be.at.least(plain)
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('are never weakened by wrapping a line in shell syntax', () => {
    fc.assert(
      fc.property(policies, simple, fc.constantFrom(...WRAPPINGS), (policy, line, wrap) => {
        const plain = strictness(decideOffline(policy, bash(line)))
        const wrapped = decideOffline(policy, bash(wrap(line)))
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
          const verdict = decideOffline({ mode, rules }, bash(wrap(line)))
          expect(verdict.decision, wrap(line)).to.equal('deny')
        },
      ),
      { numRuns: 500 },
    )
  })

  it('suggest only rules that cover the call and nothing appended to it', async () => {
    const without: Policy = { mode: 'default', rules: NO_RULES, bounds: IMAGINARY_BOUNDS }
    await fc.assert(
      fc.asyncProperty(fc.oneof(simple, lines), async (line) => {
        const suggestion = await suggest(without, bash(line), emptyFacts())
        // A backslash at the end joins the appended text to the last word.
        if (suggestion === null || line.endsWith('\\')) return
        const rules = { ...NO_RULES, allow: [{ text: suggestion.rule, source: suggestion.scope }] }
        const policy = { ...without, rules }
        expect(decideOffline(policy, bash(line)).decision, suggestion.rule).to.equal('allow')
        for (const more of [
          ' && rm -rf /',
          '; rm -rf /',
          '\nrm -rf /',
          ' | sh',
          ' $(rm -rf /)',
          ' > /etc/x',
        ]) {
          expect(decideOffline(policy, bash(line + more)).decision, line + more).not.to.equal(
            'allow',
          )
        }
      }),
      { numRuns: 1_000 },
    )
  })
})
