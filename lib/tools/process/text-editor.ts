import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ignoreErrno, isErrno } from '../../fs/errno.ts'
import { readBounded, UnreadableFile } from '../../fs/read-bounded.ts'
import { shellWords } from '../../util/shell-words.ts'
import { messageOf, UserError } from '../../util/user-error.ts'
import {
  EDITOR_HINT,
  editedFileUnreadable,
  editorFailed,
  editorFailedAfterSave,
  editorTextLeft,
  PAGER_HINT,
  pagerFailed,
} from '../messages/editor.ts'

/**
 * Runs the user's editor on a private file with the text; returns the edited text. An editor may move or remove its file, or fail after it
 * has saved: what it has left in the directory stays there.
 */
export async function editInEditor(
  text: string,
  name: string,
  environment: EditorVariables,
): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'letta-edit-')).catch((thrown) =>
    fileFailed(thrown),
  )
  const file = path.join(directory, name.replaceAll(/[^\w.-]/g, '_'))
  let isLeft = false
  try {
    await writeFile(file, text, { mode: 0o600 }).catch((thrown) => fileFailed(thrown))
    await runEditor(editorCommand(environment), file).catch(async (thrown: unknown) => {
      const saved = await readEdited(file).catch(() => text)
      isLeft = saved !== text
      if (!isLeft || !(thrown instanceof UserError)) throw thrown
      throw new UserError(thrown.message, { cause: thrown, hint: editorFailedAfterSave(file) })
    })
    return await readEdited(file).catch(async (thrown: unknown) => {
      const others = (await readdir(directory).catch(ignoreErrno())) ?? []
      isLeft = others.length > 0
      return fileFailed(thrown, isLeft ? editorTextLeft(directory) : EDITOR_HINT)
    })
  } finally {
    if (!isLeft) await rm(directory, { recursive: true, force: true }).catch(ignoreErrno())
  }
}

async function readEdited(file: string): Promise<string> {
  return (await readBounded(file, { maxBytes: MAX_EDITED_BYTES })).bytes.toString()
}

const MAX_EDITED_BYTES = 64 * 2 ** 20

function fileFailed(thrown: unknown, hint?: string): never {
  if (!(isErrno(thrown) || thrown instanceof UnreadableFile)) throw thrown
  throw new UserError(editedFileUnreadable(messageOf(thrown)), {
    cause: thrown,
    ...(hint === undefined ? {} : { hint }),
  })
}

/** Runs the user's editor on an existing file, at a line (from 1) if the editor is known to take one. */
export async function openInEditor(
  file: string,
  line: number | null,
  environment: EditorVariables,
): Promise<void> {
  const command = editorCommand(environment)
  await runEditor(command, ...placeArguments(command, file, line))
}

/** Shows text in `$PAGER`, which reads the keys from the terminal. */
export async function showInPager(text: string, environment: EditorVariables): Promise<void> {
  const { execa } = await import('execa')
  const command = environment['PAGER']?.trim() || 'less'
  const [program = 'less', ...args] = shellWords(command)
  const result = await execa(program, args, {
    input: text,
    stdout: 'inherit',
    stderr: 'inherit',
    reject: false,
  })
  // A pager that is left before it has read everything closes its input.
  if (result.failed && result.code !== 'EPIPE')
    throw new UserError(pagerFailed(command), { hint: PAGER_HINT, cause: result })
}

type EditorVariables = Readonly<Record<string, string | undefined>>

const PLUS_LINE = new Set('vi vim nvim view nano emacs emacsclient kak joe mg ed pico'.split(' '))
const COLON_LINE = new Set('hx helix subl zed micro'.split(' '))
const GOTO_LINE = new Set('code codium cursor code-insiders'.split(' '))

/** The arguments that open a file at a line; without the line for other editors. `file` is absolute, so it is not an option. */
function placeArguments(command: string, file: string, line: number | null): readonly string[] {
  const program = path.basename(shellWords(command)[0] ?? '')
  if (line === null) return [file]
  if (PLUS_LINE.has(program)) return [`+${line}`, file]
  if (COLON_LINE.has(program)) return [`${file}:${line}`]
  return GOTO_LINE.has(program) ? ['--goto', `${file}:${line}`] : [file]
}

/** `$VISUAL` and `$EDITOR` may contain arguments and quotes: `"/opt/my editor/ed" --wait`. */
function editorCommand(environment: EditorVariables): string {
  const set = [environment['VISUAL'], environment['EDITOR']]
  return set.find((command) => command !== undefined && command.trim() !== '') ?? 'vi'
}

async function runEditor(command: string, ...files: readonly string[]): Promise<void> {
  const { execa } = await import('execa')
  const [program = 'vi', ...args] = shellWords(command)
  const result = await execa(program, [...args, ...files], { stdio: 'inherit', reject: false })
  if (result.failed) {
    throw new UserError(editorFailed(command), {
      hint: EDITOR_HINT,
      cause: result,
    })
  }
}
