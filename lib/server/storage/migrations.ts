/** Each step brings a database one version further; never changed once released. */
export const MIGRATIONS: readonly string[] = [
  `create table agents (id text primary key, created_at text not null, record text not null) strict;
   create index agents_by_time on agents (created_at);
   create table blocks (id text primary key, label text not null, created_at text not null, record text not null) strict;
   create index blocks_by_label on blocks (label);
   create table tools (id text primary key, name text not null unique, record text not null) strict;
   create table messages (
     sequence integer primary key autoincrement,
     id text not null unique,
     agent_id text not null,
     run_id text,
     step_id text,
     in_context integer not null,
     created_at text not null,
     body text not null
   ) strict;
   create index messages_of_agent on messages (agent_id, sequence);
   create index messages_in_context on messages (agent_id, sequence) where in_context = 1;
   create index messages_of_run on messages (run_id);
   create table runs (
     id text primary key,
     agent_id text not null,
     status text not null,
     created_at text not null,
     record text not null,
     events text not null default '[]'
   ) strict;
   create index runs_of_agent on runs (agent_id, created_at);
   create index runs_running on runs (agent_id) where status = 'running';
   create index runs_with_events on runs (created_at) where events <> '[]';`,
]
