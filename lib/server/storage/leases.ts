import type { LeaseRecord } from '../records.ts'
import { RECORD, readRecord } from './damaged-rows.ts'
import type { Database } from './database.ts'
import { execute, queryFirst } from './statements.ts'

/** At most one lease for each conversation, by `leaseKey`. */
export interface StoredLeases {
  get(agentId: string): LeaseRecord | null
  put(lease: LeaseRecord): void
  remove(agentId: string): void
}

export function leaseTable(database: Database): StoredLeases {
  return {
    get(agentId) {
      const sql = `select ${RECORD} from leases where agent_id = ?`
      return readRecord(database, 'leases', queryFirst(database, sql, agentId))
    },
    put: (lease) =>
      void execute(
        database,
        `insert into leases (agent_id, record) values (?, ?)
           on conflict (agent_id) do update set record = excluded.record`,
        lease.agentId,
        JSON.stringify(lease),
      ),
    remove: (agentId) => void execute(database, 'delete from leases where agent_id = ?', agentId),
  }
}
