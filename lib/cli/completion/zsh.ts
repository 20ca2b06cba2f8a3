import { type CompletionState, completionStates, filesOf, spellings, valueFlags } from './model.ts'

/** For `eval "$(letta completion zsh)"`, or a file `_letta` in a folder of `$fpath`. */
export function zshCompletion(): string {
  const [bare, ...others] = completionStates()
  if (bare === undefined) return ''
  const nexts = others.map(({ at }) => (at.includes(' ') ? `'${at}'` : `' ${at}'`)).join('|')
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
      (${valueFlags().flatMap(spellings).join('|')}) ((index++)) ;;
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
${others.map(situationCase).join('\n')}
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
  const files = filesOf(name)
  const answer =
    choices === undefined
      ? files === null
        ? ''
        : `${filesCall(files)}; `
      : `compadd -- ${choices.join(' ')}; `
  return `    (${spellings(flag).join('|')}) ${answer}return ;;`
}

function filesCall(files: 'directories' | 'files'): string {
  return files === 'directories' ? '_files -/' : '_files'
}

function situationCase(situation: CompletionState): string {
  const { at, files } = situation
  const lines = [`flags=(${flagRows(situation)})`, `next=(${wordRows(situation)})`]
  if (files !== null) {
    lines.push(`if [[ \${words[CURRENT]} != -* ]]; then ${filesCall(files)}; return; fi`)
  }
  return `    ('${at}')\n      ${lines.join('\n      ')} ;;`
}

function flagRows({ flags }: CompletionState): string {
  return flags.flatMap((flag) => spellings(flag).map((name) => row(name, flag.doc))).join(' ')
}

function wordRows({ words }: CompletionState): string {
  return words.map(({ word, doc }) => row(word, doc)).join(' ')
}

/** `'--model:Model of the agent'\` */
function row(word: string, doc: string): string {
  return `'${word}:${doc.replaceAll("'", "'\\\\''").replaceAll(':', '\\:')}'`
}
