import { authorName } from '../../../lib/session/messages/memory.ts'
import {
  type ChangeAuthor,
  type ChangeOrigin,
  LISTED_PASSAGES,
} from '../../../lib/session/state/memory.ts'
import { plural } from '../../../lib/util/quantities.ts'
import { keyReference } from '../../../lib/util/references.ts'
import { NO_MEMORY_BLOCKS } from '../../messages/memory.ts'

/** Memory and skills. */

export const memoryPageTexts = {
  blocks: 'BLOCKS',
  sizes: 'chars   tok',
  inContext: (tokens: string, percent: number | null) =>
    `in context ≈ ${tokens} tokens${percent === null ? '' : ` (${percent.toFixed(1)} %)`}`,
  learned: 'THIS SESSION LEARNED',
  shared: (agents: readonly string[]) =>
    agents.length > 2 ? `≡ ${plural(agents.length, 'other agent')}` : `≡ ${agents.join(', ')}`,
  readOnly: 'read-only',
  empty: '(empty)',
  agent: 'agent',
  history: (label: string) => `HISTORY  ${label}`,
  markdown: 'markdown',
  /** From the longest to the shortest. */
  historySizes(versions: number, count: string, characters: string): readonly string[] {
    const named = `${count} ${versions === 1 ? 'version' : 'versions'}`
    return [`${named} · ${characters} chars`, named, count]
  },
  reading: 'reading …',
  deleted: 'deleted',
  change: (from: string | null, to: string) => `── ${from ?? 'created'} → ${to} ──`,
  sameText: 'The text is the same.',
  compare: 'compare, restore',
  edit: 'edit',
  authors: 'authors',
  versions: 'history',
  find: 'find',
  next: 'next',
  undo: 'undo',
  learnedKey: 'learned',
  create: 'new',
  doctor: 'examine',
  goToTurn: 'its turn',
  copyLine: 'copy',
  back: 'back',
  diffToNow: 'diff to now',
  mark: 'mark',
  restore: 'restore',
  /** Which settings have the id of a block. */
  places: { user: 'user block', project: 'project block', agent: 'agent block' },
  markLine: 'select',
  move: 'move to',
  copyTo: 'copy to',
  share: 'share',
  revertLine: 'revert line',
  revertHunk: 'revert change',
  revertVersion: 'revert only this',
  archival: 'archival',
  rename: 'rename',
  limit: 'limit',
  attach: 'attach',
  detach: 'detach',
  delete: 'delete',
}

export const archivalTexts = {
  title: 'ARCHIVAL MEMORY',
  count: (count: number) =>
    count < LISTED_PASSAGES ? plural(count, 'passage') : `newest ${plural(count, 'passage')}`,
  query: (text: string) => `with "${text}"`,
  reading: 'reading …',
  unsupported: 'This server has no archival memory for this agent.',
  none: 'Archival memory is empty. An agent with the tools for it, or you, insert passages.',
  noMatch: 'No passage contains this text.',
  find: 'search',
  insert: 'insert',
  insertOutside: 'write in editor',
  delete: 'delete',
  copy: 'copy',
  searchMessages: 'search conversations',
  close: 'blocks',
}

/** The card of what the session has learned. */
export const learnedTexts = {
  none: 'Memory is again what it was when the session began.',
  line: (number: number) => `line ${number}`,
  position: (at: number, count: number, accepted: number) =>
    `change ${at} of ${count}${accepted === 0 ? '' : ` · ${accepted} accepted`}`,
  accepted: '✓ accepted',
  accept: 'accept',
  discard: 'discard',
  undo: 'undo discard',
  acceptAll: 'accept all',
  open: 'show block',
  close: 'close',
}

export const memoryTexts = {
  withoutAgent: 'The memory of the agent.',
  empty: NO_MEMORY_BLOCKS,
  blocks: (count: number) => plural(count, 'block'),
  tokens: (count: string) => `${count} tokens`,
  emptyBlock: '(empty)',
  readOnly: 'read-only',
  changed: (by: ChangeAuthor, origin: ChangeOrigin, time: string) =>
    `${time} by ${authorName(by, origin)}`,
  drafts: (count: number) => (count === 1 ? 'unsaved draft' : `1 of ${count} unsaved drafts`),
  outside: 'text from outside',
  changedMeanwhile: (by: string) => `modified by ${by}; saving merges`,
  conflict: (at: number, count: number) => `conflict ${at} of ${count}`,
  mine: 'mine',
  theirs: 'theirs',
  theirsOf: (author: string | null) => (author === null ? 'theirs' : `theirs: ${author}`),
  both: 'both',
  editMerge: 'edit text',
  back: 'back',
  undecided: 'choose',
  unchangedLines: (count: number) => `… ${plural(count, 'unchanged line')}`,
  noLines: '(no lines)',
  moreRows: (count: number) => `… ${plural(count, 'more row')}`,
  save: 'save',
  close: 'close',
  overLimit: (count: number) => `${count} over limit`,
  edited: (size: string) => `${size} · changed`,
}

export const skillTexts = {
  skills: (count: number) => plural(count, 'skill'),
  broken: (count: number) => `${count} broken`,
  brokenSkills: 'Broken',
  /** The agent gets the directory names alone. */
  untrusted: 'not trusted',
  otherCategory: 'Other',
  invalid: 'The agent does not know this skill.',
  moreRows: (count: number) => `… ${plural(count, 'more row')}`,
  empty: (directory: string) => `No skills. Add ${directory}/<name>/SKILL.MD`,
  first: `A skill is a Markdown file that the agent reads when a task requires it. ${keyReference('skills.create')} creates one from a template and opens it in your editor.`,
}
