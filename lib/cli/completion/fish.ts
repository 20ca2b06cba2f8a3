import type { CompletionList, Flag } from '../flags.ts'
import {
  type CompletionState,
  completionStates,
  fileKindOf,
  spellingsOf,
  valueFlags,
} from './model.ts'

/** For `letta completion fish | source`, or a file `letta.fish` among fish's completions. Completes the commands `names`. */
export function fishCompletion(names: readonly string[]): string {
  const all = completionStates()
  const known = all.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`)
  const complete = ['complete', ...names.map((name) => `-c ${name}`)].join(' ')
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
      case ${valueFlags().flatMap(spellingsOf).join(' ')}
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
function __letta_list
  set -l program (commandline -opc)[1]
  command $program completion $argv[1] 2>/dev/null </dev/null
end
${complete} -f
${all.flatMap((state) => stateLines(state, complete)).join('\n')}
`
}

/** A prompt accepts the same flags as `letta` without a subcommand. */
function stateLines(state: CompletionState, complete: string): readonly string[] {
  const { path, flags, words, operand, list } = state
  const here = path === '' ? `'' '?'` : quoted(path)
  const when = `${complete} -n ${quoted(`__letta_at ${here}`)}`
  const lines = words.map(({ word, help }) => {
    return `${complete} -n ${quoted(`__letta_at ${quoted(path)}`)} -a ${word} -d ${quoted(help)}`
  })
  if (operand !== null) lines.push(`${when} ${FILES[operand]}`)
  if (list !== null) lines.push(`${when} ${listed(list)}`)
  return [...lines, ...flags.map((flag) => `${when} ${flagOptions(flag)}`)]
}

const FILES = { directories: `-a '(__fish_complete_directories)'`, files: '-F' } as const

function flagOptions({ name, short, value, help }: Flag): string {
  const names = [`-l ${name}`, ...(short === undefined ? [] : [`-s ${short}`])]
  return [...names, ...valueOptions(value), `-d ${quoted(help)}`].join(' ')
}

function valueOptions(value: Flag['value']): readonly string[] {
  if (value === undefined || value.optional) return []
  if (value.choices !== undefined) return ['-x', `-a ${quoted(value.choices.join(' '))}`]
  if (value.list !== undefined) return ['-x', listed(value.list)]
  const files = fileKindOf(value.name)
  return files === null ? ['-x'] : ['-r', FILES[files]]
}

function listed(list: CompletionList): string {
  return `-a '(__letta_list ${list})'`
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
