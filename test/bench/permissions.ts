/**
 * How the time of a decision grows with the command line: `npx tsx test/bench/permissions.ts`. Prints milliseconds for
 * lines of 16, 32, 64 and 128 kB. A line of twice the length may take about twice the time, never four times.
 */
import { decide } from '../../lib/permissions/decide.ts'
import { resolvePath } from '../../lib/permissions/paths/resolve-path.ts'
import type { Policy } from '../../lib/permissions/types.ts'

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
  view: { directory: process.cwd(), home: '/nowhere', readable: [], resolve: resolvePath },
}

const repeated = (text: string, size: number): string => text.repeat(Math.ceil(size / text.length))

const SHAPES: Readonly<Record<string, (size: number) => string>> = {
  'commands after commands': (size) => `${repeated('echo a && ', size)}true`,
  'a pipe of many': (size) => `${repeated('cat | ', size)}cat`,
  'one long word': (size) => `echo ${repeated('a', size)}`,
  'many words': (size) => `echo ${repeated('a ', size)}`,
  'many files': (size) => `cat ${repeated('lib/a.ts ', size)}`,
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
  wildcards: (size) => `ls ${repeated('*', size)}`,
  'loops in loops': (size) => repeated('for i in a; do cd x; ', size),
  arithmetic: (size) => `echo $((${repeated('1+', size)}1))`,
  'sed scripts': (size) => `sed '${repeated('s/a/b/;', size)}'`,
  'scripts in scripts': (size) => repeated('bash -c ', size),
}

const SIZES = [16, 32, 64, 128]

function milliseconds(command: string): number {
  const times = [1, 2, 3].map(() => {
    const start = performance.now()
    decide(policy, { tool: 'Bash', access: 'execute', subject: { type: 'command', command } })
    return performance.now() - start
  })
  return Math.min(...times)
}

console.log(
  `${'shape'.padEnd(28)}${SIZES.map((size) => `${size} kB`.padStart(10)).join('')}    growth`,
)
for (const [name, line] of Object.entries(SHAPES)) {
  const times = SIZES.map((size) => milliseconds(line(size * 1_024)))
  const growth = (times.at(-1) ?? 0) / Math.max(1, times.at(-2) ?? 1)
  console.log(
    `${name.padEnd(28)}${times.map((time) => time.toFixed(1).padStart(10)).join('')}${growth.toFixed(1).padStart(9)}x`,
  )
}
