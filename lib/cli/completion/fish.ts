import type { Flag } from '../flags.ts'
import { type CompletionState, completionStates, filesOf, spellings, valueFlags } from './model.ts'

/** For `letta completion fish | source`, or a file `letta.fish` among fish's completions. */
export function fishCompletion(): string {
  const all = completionStates()
  const known = all.filter(({ at }) => at !== '').map(({ at }) => `'${at}'`)
  return `# letta completion for fish: letta completion fish | source
function __letta_at
  set -l at ''
  set -l skip 0
  for word in (commandline -opc)[2..-1]
    if test $skip = 1
      set skip 0
      continue
    end
    switch $word
      case -- -p --prompt
        set at '?'
        break
      case ${valueFlags().flatMap(spellings).join(' ')}
        set skip 1
      case '-*'
      case '*'
        set -l longer (string trim -- "$at $word")
        if contains -- $longer ${known.join(' ')}
          set at $longer
        else if test -z "$at"
          set at '?'
        end
    end
  end
  contains -- "$at" $argv
end
complete -c letta -f
${all.flatMap(situationLines).join('\n')}
`
}

/** Words of a prompt take the flags of the bare program still. */
function situationLines(situation: CompletionState): readonly string[] {
  const { at, flags, words, files } = situation
  const here = at === '' ? `'' '?'` : quoted(at)
  const when = `complete -c letta -n ${quoted(`__letta_at ${here}`)}`
  const lines = words.map(({ word, doc }) => {
    return `complete -c letta -n ${quoted(`__letta_at ${quoted(at)}`)} -a ${word} -d ${quoted(doc)}`
  })
  if (files !== null) lines.push(`${when} ${FILES[files]}`)
  return [...lines, ...flags.map((flag) => `${when} ${flagOptions(flag)}`)]
}

const FILES = { directories: `-a '(__fish_complete_directories)'`, files: '-F' } as const

function flagOptions({ name, short, value, doc }: Flag): string {
  const names = [`-l ${name}`, ...(short === undefined ? [] : [`-s ${short}`])]
  return [...names, ...valueOptions(value), `-d ${quoted(doc)}`].join(' ')
}

function valueOptions(value: Flag['value']): readonly string[] {
  if (value === undefined || value.optional) return []
  if (value.choices !== undefined) return ['-x', `-a ${quoted(value.choices.join(' '))}`]
  const files = filesOf(value.name)
  return files === null ? ['-x'] : ['-r', FILES[files]]
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
