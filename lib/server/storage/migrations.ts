/** Each step migrates the database to the next version. A released step is never changed. */
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
  // Conversations: each message belongs to one, and has a position in its prompt.
  `create table conversations (id text primary key, agent_id text not null, created_at text not null, record text not null) strict;
   create index conversations_of_agent on conversations (agent_id, created_at);
   alter table messages add column conversation_id text not null default 'default';
   alter table messages add column position integer;
   update messages set position = sequence where in_context = 1;
   drop index messages_in_context;
   alter table messages drop column in_context;
   create index messages_of_conversation on messages (agent_id, conversation_id, sequence);
   create index messages_in_prompt on messages (agent_id, conversation_id, position) where position is not null;
   alter table runs add column conversation_id text not null default 'default';
   alter table runs add column otids text;
   alter table runs add column cancel_asked integer not null default 0;
   create index runs_by_otids on runs (agent_id, otids) where otids is not null;
   update runs set record = json_set(record, '$.conversationId', 'default', '$.type', 'send_message_streaming');`,
  // Tool call ids, by which a client knows which calls it has run.
  `create table calls (agent_id text not null, call_id text not null, primary key (agent_id, call_id)) strict, without rowid;
   insert or ignore into calls select agent_id, call.value ->> '$.callId'
     from messages, json_each(body, '$.calls') as call where body ->> '$.role' = 'assistant';`,
  // Archival memory with full-text search.
  `create table passages (
     sequence integer primary key autoincrement,
     id text not null unique,
     agent_id text not null,
     text text not null,
     record text not null
   ) strict;
   create index passages_of_agent on passages (agent_id, sequence);
   create virtual table passage_words using fts5 (
     text, content = 'passages', content_rowid = 'sequence', tokenize = 'porter unicode61'
   );
   create trigger passages_in after insert on passages begin
     insert into passage_words (rowid, text) values (new.sequence, new.text);
   end;
   create trigger passages_out after delete on passages begin
     insert into passage_words (passage_words, rowid, text) values ('delete', old.sequence, old.text);
   end;`,
  // Steps: the usage of each model call.
  `create table steps (
     sequence integer primary key autoincrement,
     id text not null unique,
     run_id text not null,
     agent_id text not null,
     record text not null
   ) strict;
   create index steps_of_run on steps (run_id, sequence);
   create index steps_of_agent on steps (agent_id, sequence);`,
  // The versions of memory blocks. Their texts are copied, not parsed: the driver aborts the process at a half character.
  `create table block_versions (
     block_id text not null,
     version integer not null,
     created_at text not null,
     size integer not null,
     author text not null,
     deleted_from text,
     record text not null
   ) strict;
   create unique index block_versions_in_order on block_versions (block_id, version, created_at, size);
   create index block_versions_deleted on block_versions (block_id, version) where deleted_from is not null;
   insert into block_versions select id, 0, coalesce(record ->> '$.updatedAt', created_at), length(record), '{"type":"unknown"}', null, record
     from blocks;`,
  // Leases: which session runs a turn of an agent.
  'create table leases (agent_id text primary key, record text not null) strict;',
  // Rows that could not be decoded, for a person to look at.
  `create table damaged_rows (
     found_at text not null default current_timestamp,
     table_name text not null,
     row_id integer not null,
     content blob not null
   ) strict;`,
  // What the model has written so far, of each active run.
  'create table partial_answers (run_id text primary key, record text not null) strict;',
]
