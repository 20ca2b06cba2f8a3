import type { StepRecord } from '../records.ts'
import type { Database } from './database.ts'
import { execute, parseRecord, queryAll, queryFirst } from './statements.ts'

export interface StepQuery {
  readonly runId: string | null
  readonly agentId: string | null
  readonly ascending: boolean
  /** Ids of steps. */
  readonly after: string | null
  readonly before: string | null
  readonly limit: number
}

export interface StepTable {
  get(id: string): StepRecord | null
  list(query: StepQuery): readonly StepRecord[]
  insert(step: StepRecord): void
  save(step: StepRecord): void
}

export function stepTable(database: Database): StepTable {
  return {
    get(id) {
      const row = queryFirst(database, 'select record from steps where id = ?', id)
      return row === null ? null : parseRecord(row)
    },
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
  { runId, agentId, ascending, after, before, limit }: StepQuery,
): readonly StepRecord[] {
  const [later, earlier] = ascending ? ['>', '<'] : ['<', '>']
  const owner = runId !== null ? 'run_id = ?1' : agentId !== null ? 'agent_id = ?1' : '?1 is null'
  return queryAll(
    database,
    `select record from steps where ${owner}
       and (?2 is null or sequence ${later} (select sequence from steps where id = ?2))
       and (?3 is null or sequence ${earlier} (select sequence from steps where id = ?3))
       order by sequence ${ascending ? 'asc' : 'desc'} limit ?4`,
    runId ?? agentId,
    after,
    before,
    limit,
  ).map((row) => parseRecord(row))
}
