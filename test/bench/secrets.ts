// The search for secrets in long texts, as a ratio of 100,000 characters to 10,000: npx tsx test/bench/secrets.ts
import rules from '../../lib/memory/secret-rules.json' with { type: 'json' }
import { findSecret } from '../../lib/memory/secrets.ts'

const FILLINGS = [
  'a',
  '-',
  ' ',
  'a1',
  '\n',
  'eyJ',
  'a.',
  'a.b:',
  'x@',
  'sk-',
  'secret',
  'token_',
  'aws_secret',
  'machine ',
  'a://',
  '-----BEGIN A ',
  'A ',
  'curl.',
  '://a@',
  'kind: secret\ndata:\n a: ',
]
const ROUNDS = 5

/** The fastest of the rounds: other programs only add to it. */
async function measure(text: string): Promise<number> {
  let fastest = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    const begun = performance.now()
    await findSecret(text)
    fastest = Math.min(fastest, performance.now() - begun)
  }
  return fastest
}

// With the words that each rule requires, so that all of them are tried.
const words = rules.rules.flatMap(({ keywords }) => keywords).join(' ')
await findSecret(words)
for (const filling of FILLINGS) {
  const [few, many] = [
    await measure(`${words} ${filling.repeat(10_000 / filling.length)}`),
    await measure(`${words} ${filling.repeat(100_000 / filling.length)}`),
  ]
  process.stdout.write(
    `${JSON.stringify(filling)}: ${few.toFixed(1)} ms, ten times as long ${many.toFixed(1)} ms: ${(many / few).toFixed(1)} (bound 15)\n`,
  )
}
