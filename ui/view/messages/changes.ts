import { MESSAGE_NOT_RECORDED } from '../../../lib/session/messages/turns.ts'
import { changedLines, plural } from '../../../lib/util/quantities.ts'
import { NO_FILE_CHANGES } from '../../messages/changes.ts'

/** The page of changes. */

export const changesTexts = {
  empty: {
    session: `${NO_FILE_CHANGES} Each change is listed here with its diff.`,
    conversation: 'No file was changed in this conversation.',
    checkpoint: 'No file was changed since the message.',
  },
  total: (files: number, added: number, removed: number) =>
    files === 0
      ? 'no changes left'
      : `${plural(files, 'file')}  ${changedLines({ added, removed })}`,
  moreFiles: (count: number) => `… ${plural(count, 'more file')}`,
  /** In front of the file of which a person has edited the proposed text. */
  ownPart: 'edited by you:',
  /** Behind a file of the agent that others have changed, too. */
  outside: 'outside letta',
  groups: {
    agent: 'Files',
    shell: 'By shell commands',
    others: 'Not by the agent',
    turns: 'By turn',
  },
  signs: { added: 'A', modified: 'M', deleted: 'D' },
  counts: { binary: 'binary', tooLarge: 'too large', lost: 'not recorded' },
  undone: 'undone',
  /** In the index of git. */
  staged: { all: '✓', part: '◐' },
  /** What is not known of the changes of command lines. */
  gaps: {
    repository: 'changes by shell commands are not recorded: git would run a program',
    nested: 'changes by shell commands in some repositories within the project are not recorded',
    tooManyFiles: 'changes by shell commands are not recorded: too many files',
    tooManyChanges: 'a shell command changed more files than are recorded',
    interrupted: 'what an interrupted shell command changed is not recorded',
  },
  gapNotes: {
    repository:
      'What shell commands change is not recorded: git would run a program that the repository names.',
    nested:
      'What shell commands change in some repositories within the project is not recorded: git would run a program, or there are too many.',
    tooManyFiles: 'What shell commands change is not recorded: the directory has too many files.',
    tooManyChanges: 'A shell command changed more files than are recorded.',
    interrupted: 'What a shell command changed is not recorded: letta was killed while it ran.',
  },
  link: 'link',
  /** Behind the header of a hunk. */
  stages: { staged: '✓ staged', committed: '✓ committed' },
  unknownMessage: MESSAGE_NOT_RECORDED,
  comparing: 'Comparing …',
  withoutLines: {
    text: '',
    binary: 'A binary file: it is not compared by lines.',
    tooLarge: 'The file is too large to be compared by lines.',
    lost: 'One of the two contents is not recorded.',
  },
} as const
