import type { Flag } from '../flags.ts'
import {
  type CompletionState,
  completionStates,
  type FileKind,
  fileKindOf,
  spellingsOf,
  valueFlags,
} from './model.ts'

/** For `eval "$(letta completion zsh)"`, or a file `_letta` in a directory of `$fpath`. Completes the commands `names`. */
export function zshCompletion(names: readonly string[]): string {
  const [bare, ...others] = completionStates()
  if (bare === undefined) return ''
  const nexts = others
    .map(({ path }) => (path.includes(' ') ? `'${path}'` : `' ${path}'`))
    .join('|')
  return `#compdef ${names.join(' ')}
# letta completion for zsh: eval "$(letta completion zsh)"
_letta_list() {
  local -a rows
  rows=("\${(@f)$(command \${words[1]} completion $1 2>/dev/null </dev/null)}")
  rows=(\${rows%$'\\t'})
  rows=(\${rows//:/\\\\:})
  rows=(\${rows/$'\\t'/:})
  _describe $1 rows
}
_letta() {
  local at= word index
  local -a flags next
  for ((index = 2; index < CURRENT; index++)); do
    word=\${words[index]}
    case $word in
      (--) return ;;
      (-p|--prompt) at='?' ;;
      (${valueFlags().flatMap(spellingsOf).join('|')}) ((index++)) ;;
      (-*) ;;
      (*)
        case "$at $word" in
          (${nexts}) at="\${at:+$at }$word" ;;
          (*) [[ -z $at ]] && at='?' ;;
        esac ;;
    esac
  done
  case \${words[CURRENT-1]} in
${valueFlags().map(valueCase).join('\n')}
  esac
  case $at in
${others.map(stateCase).join('\n')}
    (*)
      flags=(${flagRows(bare)})
      [[ -z $at ]] && next=(${wordRows(bare)}) ;;
  esac
  if [[ \${words[CURRENT]} == -* ]]; then
    _describe -o option flags
  elif ((\${#next})); then
    _describe command next
  else
    _files
  fi
}
if [[ \${funcstack[1]} == _letta ]]; then _letta "$@"; else compdef _letta ${names.join(' ')}; fi
`
}

function valueCase(flag: Flag): string {
  return `    (${spellingsOf(flag).join('|')}) ${valueWords(flag)}return ;;`
}

function valueWords({ value }: Flag): string {
  const { choices, list, name = '' } = value ?? {}
  if (choices !== undefined) return `compadd -- ${choices.join(' ')}; `
  if (list !== undefined) return `_letta_list ${list}; `
  const files = fileKindOf(name)
  return files === null ? '' : `${filesCall(files)}; `
}

function filesCall(files: FileKind): string {
  return files === 'directories' ? '_files -/' : '_files'
}

function stateCase(state: CompletionState): string {
  const { path, operand, list } = state
  const lines = [`flags=(${flagRows(state)})`, `next=(${wordRows(state)})`]
  if (operand !== null) {
    lines.push(`if [[ \${words[CURRENT]} != -* ]]; then ${filesCall(operand)}; return; fi`)
  }
  if (list !== null) {
    lines.push(`if [[ \${words[CURRENT]} != -* ]]; then _letta_list ${list}; return; fi`)
  }
  return `    ('${path}')\n      ${lines.join('\n      ')} ;;`
}

function flagRows({ flags }: CompletionState): string {
  return flags.flatMap((flag) => spellingsOf(flag).map((name) => row(name, flag.help))).join(' ')
}

function wordRows({ words }: CompletionState): string {
  return words.map(({ word, help }) => row(word, help)).join(' ')
}

/** `'--model:Model of the agent'\` */
function row(word: string, help: string): string {
  return `'${word}:${help.replaceAll("'", "'\\\\''").replaceAll(':', '\\:')}'`
}
