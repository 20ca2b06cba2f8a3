import type { Flag } from '../flags.ts'
import {
  type CompletionState,
  completionStates,
  type FileKind,
  fileKindOf,
  spellingsOf,
  valueFlags,
} from './model.ts'

/** For `eval "$(letta completion bash)"`, or a file that bash-completion reads. Completes the commands `names`. */
export function bashCompletion(names: readonly string[]): string {
  const [bare, ...others] = completionStates()
  if (bare === undefined) return ''
  return `# letta completion for bash: eval "$(letta completion bash)"
_letta_list() {
  local row
  while IFS= read -r row; do
    row=\${row%%$'\\t'*}
    if [[ $row == "$2"* ]]; then COMPREPLY+=("$row"); fi
  done < <("\${COMP_WORDS[0]}" completion "$1" 2>/dev/null </dev/null)
}
_letta() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  local at= word index flags= words=
  # "--model=x" comes as three words.
  if [[ $current == = ]]; then current=; fi
  if [[ $previous == = ]]; then previous=\${COMP_WORDS[COMP_CWORD-2]}; fi
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    case $word in
      --) return ;;
      -p|--prompt) at='?' ;;
      ${allValueFlags()})
        if [[ \${COMP_WORDS[index+1]} == = ]]; then ((index++)); fi
        ((index++)) ;;
      -*|=) ;;
      *)
        case "$at $word" in
          ${nextWords()}) at="\${at:+$at }$word" ;;
          *) if [[ -z $at ]]; then at='?'; fi ;;
        esac ;;
    esac
  done
  case $previous in
${valueFlags().map(valueCase).join('\n')}
  esac
  case $at in
${others.map(stateCase).join('\n')}
    *)
      flags='${flagWords(bare)}'
      if [[ -z $at ]]; then words='${words(bare)}'; fi ;;
  esac
  if [[ $current == -* ]]; then words=$flags; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _letta ${names.join(' ')}
`
}

function allValueFlags(): string {
  return valueFlags().flatMap(spellingsOf).join('|')
}

/** `' memory'`, `'memory list'`: a path, and the word that leads to the next one. */
function nextWords(): string {
  const known = completionStates().filter(({ path }) => path !== '')
  return known.map(({ path }) => (path.includes(' ') ? `'${path}'` : `' ${path}'`)).join('|')
}

function valueCase(flag: Flag): string {
  return `    ${spellingsOf(flag).join('|')}) ${valueWords(flag)} ;;`
}

function valueWords({ value }: Flag): string {
  const { choices, list, name = '' } = value ?? {}
  const files = fileKindOf(name)
  if (choices !== undefined) {
    return `COMPREPLY=($(compgen -W '${choices.join(' ')}' -- "$current")); return`
  }
  if (list !== undefined) return `_letta_list ${list} "$current"; return`
  return files === null ? 'return' : `${compgen(files)}; return`
}

function compgen(files: FileKind): string {
  const option = files === 'directories' ? '-d' : '-f'
  return `local IFS=$'\\n'; compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen ${option} -- "$current"))`
}

function stateCase(state: CompletionState): string {
  const { path, operand, list } = state
  const lines = [`flags='${flagWords(state)}' words='${words(state)}'`]
  if (operand !== null) lines.push(`if [[ $current != -* ]]; then ${compgen(operand)}; return; fi`)
  if (list !== null) {
    lines.push(`if [[ $current != -* ]]; then _letta_list ${list} "$current"; return; fi`)
  }
  return `    '${path}')\n      ${lines.join('\n      ')} ;;`
}

function flagWords({ flags }: CompletionState): string {
  return flags.flatMap(spellingsOf).join(' ')
}

function words(state: CompletionState): string {
  return state.words.map(({ word }) => word).join(' ')
}
