/**
 * How long a decision takes: `npx tsx test/bench/permissions.ts`. First the median and the slowest of everyday lines, in
 * a directory that exists, facts included; the median must stay below 1 ms. Then how the time grows with the line, for
 * lines of 16, 32, 64 and 128 kB: twice the line may take about twice the time, never four times.
 */
import { decide } from '../../lib/permissions/decide.ts'
import type { Policy } from '../../lib/permissions/types.ts'
import { APPROVAL_LINES, READ_ONLY_LINES } from '../permissions/lines.ts'

const rule = (text: string): { readonly text: string; readonly source: 'user' } => ({
  text,
  source: 'user',
})

const policy: Policy = {
  mode: 'default',
  rules: {
    allow: [rule('Bash(npm test:*)'), rule('Bash(echo:*)')],
    deny: [
      rule('Bash(rm -rf:*)'),
      rule('Bash(git push:*)'),
      rule('Read(.env)'),
      rule('Edit(secrets/**)'),
    ],
    ask: [rule('Bash(docker:*)')],
  },
  bounds: { directory: process.cwd(), home: '/nowhere', readable: [] },
}

const repeated = (text: string, size: number): string => text.repeat(Math.ceil(size / text.length))

const SHAPES: Readonly<Record<string, (size: number) => string>> = {
  'commands after commands': (size) => `${repeated('echo a && ', size)}true`,
  'a pipe of many': (size) => `${repeated('cat | ', size)}cat`,
  'one long word': (size) => `echo ${repeated('a', size)}`,
  'many words': (size) => `echo ${repeated('a ', size)}`,
  'one file many times': (size) => `cat ${repeated('lib/a.ts ', size)}`,
  'many files': (size) => `cat ${Array.from({ length: size / 8 }, (_, at) => `f${at}`).join(' ')}`,
  'many directories': (size) => `${repeated('cd lib && cd .. && ', size)}ls`,
  'a directory in the one before': (size) => `${repeated('cd lib && ', size)}ls`,
  'paths of thousands of names': (size) => `cat ${repeated(`${'a/'.repeat(1_900)} `, size)}`,
  'many options': (size) => `rm ${repeated('-x ', size)}`,
  substitutions: (size) => `echo ${repeated('$(ls) ', size)}`,
  'nested substitutions': (size) => repeated('$(', size),
  'nested groups': (size) => repeated('(', size),
  'open quotes': (size) => repeated('"\'', size),
  backticks: (size) => repeated('`', size),
  'wrappers in wrappers': (size) => `${repeated('sudo ', size)}ls`,
  'containers in containers': (size) => `${repeated('docker ', size)}ls`,
  'find -exec': (size) => `find . ${repeated('-exec ls {} \\; ', size)}`,
  redirections: (size) => `ls ${repeated('2>&1 ', size)}`,
  'here-documents': (size) => `cat ${repeated('<<E ', size)}\n`,
  assignments: (size) => repeated('a=b ', size),
  variables: (size) => `${repeated('a=b$a; ', size)}$a`,
  braces: (size) => `echo ${repeated('{a,b}', size)}`,
  'directories by wildcards': (size) => `ls ${repeated('*/', size)}`,
  'many wildcards': (size) => `cat ${repeated('*/*.md ', size)}`,
  'many repositories': (size) =>
    Array.from({ length: size / 20 }, (_, at) => `git -C d${at} status`).join('; '),
  'an unknown program': (size) => `launch ${repeated('rm ', size)}`,
  wildcards: (size) => `ls ${repeated('*', size)}`,
  'loops in loops': (size) => repeated('for i in a; do cd x; ', size),
  arithmetic: (size) => `echo $((${repeated('1+', size)}1))`,
  'sed scripts': (size) => `sed '${repeated('s/a/b/;', size)}'`,
  'scripts in scripts': (size) => repeated('bash -c ', size),
}

const SIZES = [16, 32, 64, 128]

/** The best of some runs. */
async function measure(command: string, runs: number): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let run = 0; run < runs; run++) {
    const start = performance.now()
    const subject = { type: 'command', command } as const
    await decide(policy, { tool: 'Bash', access: 'execute', subject })
    best = Math.min(best, performance.now() - start)
  }
  return best
}

async function measureEveryday(): Promise<void> {
  const times: number[] = []
  const lines = [...READ_ONLY_LINES, ...APPROVAL_LINES]
  // The first runs are those of a compiler that warms up.
  for (const line of lines.slice(0, 200)) await measure(line, 1)
  for (const line of lines) times.push(await measure(line, 3))
  times.sort((one, other) => one - other)
  const median = times[Math.floor(times.length / 2)] ?? 0
  console.log(
    `${lines.length} everyday lines: median ${median.toFixed(2)} ms, slowest ${(times.at(-1) ?? 0).toFixed(2)} ms\n`,
  )
}

async function measureGrowth(): Promise<void> {
  const head = SIZES.map((size) => `${size} kB`.padStart(10)).join('')
  console.log(`${'shape'.padEnd(28)}${head}    growth`)
  for (const [name, line] of Object.entries(SHAPES)) {
    const times: number[] = []
    for (const size of SIZES) times.push(await measure(line(size * 1_024), 3))
    const growth = (times.at(-1) ?? 0) / Math.max(1, times.at(-2) ?? 1)
    const cells = times.map((time) => time.toFixed(1).padStart(10)).join('')
    console.log(`${name.padEnd(28)}${cells}${growth.toFixed(1).padStart(9)}x`)
  }
}

await measureEveryday()
await measureGrowth()
