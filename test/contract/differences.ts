/** Where the embedded server means to be unlike the real one, and why. The table in README.md is made of it. */
export const differences = {
  'system-item': 'The history there begins with the system prompt; here it holds what was said.',
  'untold-usage':
    'Tokens that a vendor does not tell are `null` there, 0 here: clients add them up.',
} as const

export type Difference = keyof typeof differences

/** The rows of README.md's table. */
export function differenceTable(): string {
  return Object.entries(differences)
    .map(([name, reason]) => `| \`${name}\` | ${reason} |`)
    .join('\n')
}
