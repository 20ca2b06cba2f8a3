/** Of the commands of the shell itself, those that neither run their words as code nor change how it reads the rest of a line. */
export function isPrintableCommand(name: string): boolean {
  return !SHELL_BUILTINS.has(name) || PRINTABLE_BUILTINS.has(name)
}

/** `enable -a` of bash 5.2 and 5.3. Everything else is a program. */
export const SHELL_BUILTINS = new Set(
  `. : [ alias bg bind break builtin caller cd command compgen complete compopt continue declare dirs disown echo enable
  eval exec exit export false fc fg getopts hash help history jobs kill let local logout mapfile popd printf pushd pwd
  read readarray readonly return set shift shopt source suspend test times trap true type typeset ulimit umask unalias
  unset wait`.split(/\s+/),
)

/** What they start is a command of the shell where there is one of this name. */
export const SHELL_WRAPPERS = new Set(['command', 'builtin'])

const PRINTABLE_BUILTINS = new Set(
  `: [ break cd command continue dirs echo exit export false jobs kill popd printf pushd pwd read return set shift test
  times true type ulimit umask unset wait`.split(/\s+/),
)
