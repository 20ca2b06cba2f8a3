import type { LeaseRecord } from '../records.ts'
import type { Database } from './database.ts'
import { execute, parseRecord, queryFirst } from './statements.ts'

/** At most one lease for each conversation, by `leaseKey`. */
export interface StoredLeases {
  get(agentId: string): LeaseRecord | null
  put(lease: LeaseRecord): void
  remove(agentId: string): void
}

export function leaseTable(database: Database): StoredLeases {
  return {
    get(agentId) {
      const row = queryFirst(database, 'select record from leases where agent_id = ?', agentId)
      return row === null ? null : parseRecord(row)
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
