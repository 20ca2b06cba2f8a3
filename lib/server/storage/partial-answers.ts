import type { MessageBody } from '../records.ts'
import { RECORD, readRecord } from './damaged-rows.ts'
import type { Database } from './database.ts'
import { execute, queryFirst } from './statements.ts'

/** An answer while the model writes it, as it would be stored if it ended here. */
export interface PartialAnswer {
  readonly messageId: string
  readonly stepId: string
  readonly body: Extract<MessageBody, { role: 'assistant' }>
}

/** At most one for each active run, for other processes to read, and for the case that its process is killed. */
export interface PartialAnswerTable {
  put(runId: string, answer: PartialAnswer): void
  /** Null for none, and for one that cannot be decoded. */
  get(runId: string): PartialAnswer | null
  /** Reads and removes it; null for none, and for one that cannot be decoded. */
  take(runId: string): PartialAnswer | null
  drop(runId: string): void
}

export function partialAnswerTable(database: Database): PartialAnswerTable {
  const drop = (runId: string): void =>
    void execute(database, 'delete from partial_answers where run_id = ?', runId)
  const get = (runId: string): PartialAnswer | null => {
    const sql = `select ${RECORD} from partial_answers where run_id = ?`
    return readRecord(database, 'partial_answers', queryFirst(database, sql, runId))
  }
  return {
    get,
    drop,
    put: (runId, answer) =>
      void execute(
        database,
        `insert into partial_answers (run_id, record) values (?, ?)
           on conflict (run_id) do update set record = excluded.record`,
        runId,
        JSON.stringify(answer),
      ),
    take(runId) {
      const found = get(runId)
      drop(runId)
      return found
    },
  }
}
