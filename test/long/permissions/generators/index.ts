import type { LineGenerator } from '../fuzz.ts'
import { awk } from './awk.ts'
import { directories } from './directories.ts'
import { foundFiles } from './found-files.ts'
import { git } from './git.ts'
import { grammar } from './grammar.ts'
import { options } from './options.ts'
import { rules } from './rules.ts'
import { sed } from './sed.ts'
import { chance } from './vocabulary.ts'
import { words } from './words.ts'

/** One generator, so that the gate takes no longer. */
const scripts: LineGenerator = {
  name: 'scripts',
  next: (random, project) => (chance(random, 0.5) ? sed : awk).next(random, project),
}

export const GENERATORS: readonly LineGenerator[] = [
  grammar,
  words,
  options,
  git,
  scripts,
  directories,
  foundFiles,
  rules,
]
