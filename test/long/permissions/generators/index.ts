import type { LineGenerator } from '../fuzz.ts'
import { awk } from './awk.ts'
import { directories } from './directories.ts'
import { foundFiles } from './found-files.ts'
import { git } from './git.ts'
import { grammar } from './grammar.ts'
import { options } from './options.ts'
import { rules } from './rules.ts'
import { sed } from './sed.ts'
import { words } from './words.ts'

export const GENERATORS: readonly LineGenerator[] = [
  grammar,
  words,
  options,
  git,
  sed,
  awk,
  directories,
  foundFiles,
  rules,
]
