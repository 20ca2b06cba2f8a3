import {
  type CompletionState,
  completionStates,
  type FileKind,
  fileKindOf,
  spellingsOf,
  valueFlags,
} from './model.ts'

/** For `eval "$(letta completion zsh)"`, or a file `_letta` in a directory of `$fpath`. */
export function zshCompletion(): string {
  const [bare, ...others] = completionStates()
  if (bare === undefined) return ''
  const nexts = others
    .map(({ path }) => (path.includes(' ') ? `'${path}'` : `' ${path}'`))
    .join('|')
  return `#compdef letta
# letta completion for zsh: eval "$(letta completion zsh)"
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
if [[ \${funcstack[1]} == _letta ]]; then _letta "$@"; else compdef _letta letta; fi
`
}

function valueCase(flag: ReturnType<typeof valueFlags>[number]): string {
  const { choices, name = '' } = flag.value ?? {}
  const files = fileKindOf(name)
  const answer =
    choices === undefined
      ? files === null
        ? ''
        : `${filesCall(files)}; `
      : `compadd -- ${choices.join(' ')}; `
  return `    (${spellingsOf(flag).join('|')}) ${answer}return ;;`
}

function filesCall(files: FileKind): string {
  return files === 'directories' ? '_files -/' : '_files'
}

function stateCase(state: CompletionState): string {
  const { path, operand } = state
  const lines = [`flags=(${flagRows(state)})`, `next=(${wordRows(state)})`]
  if (operand !== null) {
    lines.push(`if [[ \${words[CURRENT]} != -* ]]; then ${filesCall(operand)}; return; fi`)
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
