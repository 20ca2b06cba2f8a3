import type { StepRecord } from '../records.ts'
import { findRecord, RECORD, readRecords } from './damaged-rows.ts'
import type { Database } from './database.ts'
import { execute, queryAll } from './statements.ts'

export interface StepQuery {
  readonly runId: string | null
  readonly agentId: string | null
  readonly ascending: boolean
  /** Ids of steps. */
  readonly after: string | null
  readonly before: string | null
  readonly limit: number
  readonly filter?: StepFilter
}

/** Null members match every step. */
interface StepFilter {
  readonly feedback: string | null
  readonly hasFeedback: boolean | null
  /** A handle, or a model's id without its provider. */
  readonly model: string | null
  readonly from: string | null
  readonly to: string | null
}

export interface StepTable {
  get(id: string): StepRecord | null
  list(query: StepQuery): readonly StepRecord[]
  insert(step: StepRecord): void
  save(step: StepRecord): void
}

export function stepTable(database: Database): StepTable {
  return {
    get: (id) => findRecord(database, 'steps', 'id', id),
    list: (query) => list(database, query),
    insert: (step) =>
      void execute(
        database,
        'insert into steps (id, run_id, agent_id, record) values (?, ?, ?, ?)',
        step.id,
        step.runId,
        step.agentId,
        JSON.stringify(step),
      ),
    save: (step) =>
      void execute(
        database,
        'update steps set record = ? where id = ?',
        JSON.stringify(step),
        step.id,
      ),
  }
}

function list(
  database: Database,
  { runId, agentId, ascending, after, before, limit, filter }: StepQuery,
): readonly StepRecord[] {
  const [later, earlier] = ascending ? ['>', '<'] : ['<', '>']
  const owner = runId !== null ? 'run_id = ?1' : agentId !== null ? 'agent_id = ?1' : '?1 is null'
  // A page before an item has its nearest neighbours, which are at the end of the list.
  const isBackward = before !== null && after === null
  const rows = readRecords<StepRecord>(
    database,
    'steps',
    queryAll(
      database,
      `select ${RECORD} from steps where ${owner}
       and (?2 is null or sequence ${later} (select sequence from steps where id = ?2))
       and (?3 is null or sequence ${earlier} (select sequence from steps where id = ?3))
       and (?5 is null or record ->> '$.feedback' = ?5)
       and (?6 is null or (record ->> '$.feedback' is not null) = ?6)
       and (?7 is null or record ->> '$.model' = ?7
            or substr(record ->> '$.model', instr(record ->> '$.model', '/') + 1) = ?7)
       and (?8 is null or record ->> '$.createdAt' >= ?8)
       and (?9 is null or record ->> '$.createdAt' <= ?9)
       order by sequence ${ascending === isBackward ? 'desc' : 'asc'} limit ?4`,
      runId ?? agentId,
      after,
      before,
      limit,
      filter?.feedback ?? null,
      filter?.hasFeedback == null ? null : Number(filter.hasFeedback),
      filter?.model ?? null,
      filter?.from ?? null,
      filter?.to ?? null,
    ),
  )
  return isBackward ? rows.toReversed() : rows
}
