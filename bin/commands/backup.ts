import { join } from 'node:path'
import type { SubcommandInvocation } from '../../lib/cli/parse.ts'
import { type Backup, listBackups, removeOldBackups } from '../../lib/server/storage/backups.ts'
import { readContents, restoreBackup } from '../../lib/server/storage/restore-backup.ts'
import { openSettings } from '../../lib/settings/settings.ts'
import { timeAgo } from '../../lib/util/time-ago.ts'
import { UserError } from '../../lib/util/user-error.ts'
import { type CliEnvironment, typedPath, workingDirectory } from '../io/cli-environment.ts'
import { createPrinter } from '../io/printer.ts'
import { confirm } from '../io/prompt.ts'
import {
  BACKUP_REASON_TEXTS,
  backupLine,
  backupNotFound,
  backupRestored,
  confirmRestoreBackup,
  contentsText,
  DATABASE_UNCHANGED,
  noBackups,
  replacedDatabase,
} from '../messages.ts'

const MEBIBYTE = 2 ** 20

/** `letta backup list [--json]` */
export async function printBackups(
  cli: CliEnvironment,
  { flags }: SubcommandInvocation,
): Promise<number> {
  const { print, printJson, notify } = createPrinter(cli)
  const database = databaseOf(cli, flags.value('database'))
  const backups = await listBackups(database)
  if (flags.has('json')) {
    return printJson(
      backups.map(({ id, file, reason, at, size }) => ({
        id,
        file,
        reason,
        at: new Date(at).toISOString(),
        size,
        contents: readContents(file),
      })),
    )
  }
  if (backups.length === 0) notify(noBackups(database))
  for (const backup of backups) print(describe(backup))
  return 0
}

/** `letta backup restore ID`: the database as it was then; what it was until now is retained as another backup. */
export async function restoreFromBackup(
  cli: CliEnvironment,
  { flags, options, operands: [id = ''] }: SubcommandInvocation,
): Promise<number> {
  const { print, printJson, notify } = createPrinter(cli)
  const database = databaseOf(cli, flags.value('database'))
  const backup = chooseBackup(await listBackups(database), id)
  const question = confirmRestoreBackup(describe(backup), contentsText(readContents(database)))
  if (!(await confirm(cli, question, flags.has('yes')))) {
    notify(DATABASE_UNCHANGED)
    return 1
  }
  const replaced = await restoreBackup(database, backup, Date.now())
  const directory = workingDirectory(cli, options.directory)
  const { user } = openSettings({ ...cli, directory })
  await removeOldBackups({ database, maxBytes: user.backupMebibytes * MEBIBYTE })
  if (flags.has('json')) return printJson({ id: backup.id, database, replaced })
  if (replaced !== null) notify(replacedDatabase(replaced))
  return print(backupRestored(backup.id, database))
}

function databaseOf(cli: CliEnvironment, path: string | null): string {
  return path === null ? join(cli.lettaDirectory, 'letta.db') : typedPath(cli, path)
}

/** By the beginning of its id, if only one begins so. */
function chooseBackup(backups: readonly Backup[], id: string): Backup {
  const found = backups.filter((backup) => backup.id.startsWith(id))
  const chosen = backups.find((backup) => backup.id === id) ?? found[0]
  if (chosen !== undefined && (found.length === 1 || chosen.id === id)) return chosen
  const { message, hint } = backupNotFound(id, found.length)
  throw new UserError(message, { hint })
}

function describe({ id, file, reason, at, size }: Backup): string {
  return backupLine({
    id,
    age: timeAgo(Date.now() - at),
    size: `${(size / MEBIBYTE).toFixed(1)} MiB`,
    reason: BACKUP_REASON_TEXTS[reason],
    contents: contentsText(readContents(file)),
  })
}
