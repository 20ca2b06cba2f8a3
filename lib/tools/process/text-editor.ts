import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { UserError } from '../../util/user-error.ts'
import { EDITOR_HINT, editorFailed } from '../messages.ts'

/** Runs the user's editor on a private file with the text; returns the edited text. */
export async function editInEditor(
  text: string,
  name: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'letta-edit-'))
  const file = path.join(folder, name.replaceAll(/[^\w.-]/g, '_'))
  try {
    await writeFile(file, text, { mode: 0o600 })
    await runEditor(editorCommand(environment), file)
    return await readFile(file, 'utf8')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** `$VISUAL` and `$EDITOR` may contain arguments: `code --wait`. */
function editorCommand(environment: Readonly<Record<string, string | undefined>>): string {
  return environment['VISUAL'] || environment['EDITOR'] || 'vi'
}

async function runEditor(command: string, file: string): Promise<void> {
  const { execa } = await import('execa')
  const [program = 'vi', ...args] = command.split(/\s+/).filter(Boolean)
  const result = await execa(program, [...args, file], { stdio: 'inherit', reject: false })
  if (result.failed) {
    throw new UserError(editorFailed(command), {
      hint: EDITOR_HINT,
      cause: result,
    })
  }
}
