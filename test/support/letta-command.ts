import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import path from 'node:path'
import { Readable } from 'node:stream'
import { main } from '../../bin/main.ts'
import { packageRoot } from '../../lib/fs/package-root.ts'

/** A command `letta` for shell scripts. */
export interface LettaCommand {
  /** A script to be named `letta`. */
  readonly script: string
  close(): void
}

/**
 * The script passes arguments, environment, directory and standard input to this process, which runs the program's `main`: a
 * tenth of the time of a process. In a terminal, and for a server, it is the built program.
 */
export async function startLettaCommand(directory: string): Promise<LettaCommand> {
  mkdirSync(directory)
  const socket = path.join(directory, 'socket')
  const server = createServer(async ({ url = '/' }, response) => {
    response.end(String(await runMain(path.join(directory, url))))
  })
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  const program = path.join(packageRoot(), 'dist/letta.js')
  const script = `#!/bin/bash
if [ -t 1 ] || [ "$*" = "serve --port 0" ]; then exec '${process.execPath}' '${program}' "$@"; fi
run=$(mktemp -d '${directory}/XXXXXX')
printf '%s\\0' "$PWD" "$@" > "$run/arguments"
compgen -e | while read -r name; do printf '%s=%s\\0' "$name" "\${!name}"; done > "$run/environment"
cat > "$run/input"
code=$(curl --silent --unix-socket '${socket}' "http://letta/$(basename "$run")")
cat "$run/errors" >&2
cat "$run/output"
exit "$code"
`
  return { script, close: () => void server.close() }
}

async function runMain(run: string): Promise<number> {
  const read = (name: string): readonly string[] =>
    readFileSync(path.join(run, name), 'utf8').split('\0').slice(0, -1)
  const [cwd = '/', ...argv] = read('arguments')
  const entries = read('environment').map((line) => {
    const [name = '', ...value] = line.split('=')
    return [name, value.join('=')] as const
  })
  const printed = { output: '', errors: '' }
  const writer = (name: keyof typeof printed) => ({
    isTTY: false,
    write(text: string) {
      printed[name] += text
    },
  })
  const code = await main(argv, {
    stdin: Readable.from([readFileSync(path.join(run, 'input'))]),
    stdout: writer('output'),
    stderr: writer('errors'),
    env: Object.fromEntries(entries),
    argv: [process.execPath, 'letta'],
    cwd: () => cwd,
  })
  for (const [name, text] of Object.entries(printed)) writeFileSync(path.join(run, name), text)
  return code
}
