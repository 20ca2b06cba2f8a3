import { createInterface } from 'node:readline/promises'
import { type Given, UsageError } from '../../lib/cli/parsed-flags.ts'
import { stripControlCharacters } from '../../lib/util/sanitize.ts'
import type { Surroundings } from './cli-environment.ts'

/** `--yes`, or the user's own yes; without a terminal there is nobody to ask, and that is told. */
export async function confirmed(
  { stdin, stderr }: Pick<Surroundings, 'stdin' | 'stderr'>,
  question: string,
  given: Given,
): Promise<boolean> {
  if (given.has('yes')) return true
  if (!stdin.isTTY || !stderr.isTTY) {
    throw new UsageError('There is no terminal to ask in: nothing was done.', {
      hint: 'Add --yes to do it unasked.',
    })
  }
  stderr.write(`${stripControlCharacters(question)} [y/N] `)
  const terminal = createInterface({ input: stdin })
  const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')))
  try {
    const answer = await Promise.race([terminal.question(''), closed])
    return /^y(es)?$/i.test(answer.trim())
  } finally {
    terminal.close()
  }
}
