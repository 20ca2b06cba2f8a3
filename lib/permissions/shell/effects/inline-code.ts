import type { SimpleCommand } from '../types.ts'
import { programOf } from '../unwrap/wrapper-layer.ts'

/**
 * What the code speaks of that a program is given to run: `python -c`, `awk`, a here-document for `make`. Nobody can
 * tell what it does, but the name of what a rule forbids in it is worth a question.
 */
export function namesInCode({ words, input }: SimpleCommand): readonly string[] {
  if (!RUNS_CODE.test(programOf(words[0]) ?? '')) return []
  const given = words.slice(1).map((word) => word.values.at(0) ?? word.text)
  const texts = [...given.filter((text) => !FILE_NAME.test(text)), input ?? '']
  return [...new Set(texts.flatMap((text) => text.match(/[\w./~-]+/g) ?? []))].slice(0, MOST)
}

const MOST = 500

const FILE_NAME = /^[\w./~+@:=-]*$/

const RUNS_CODE =
  /^(python[\d.]*|pypy[\d.]*|perl|ruby|irb|node|nodejs|deno|bun|tsx|ts-node|php|lua|luajit|tclsh|expect|[gmn]?awk|g?sed|ed|ex|vim?|nvim|emacs|osascript|Rscript|R|julia|groovy|pwsh|powershell|psql|mysql|sqlite3|g?make|gdb|lldb|m4)$/
