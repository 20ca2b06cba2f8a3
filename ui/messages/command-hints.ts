import type { WorkbenchCommandId } from './commands.ts'

/**
 * What the last row of the screen calls the commands of the focused pane, a word or two each. The first are the most important:
 * a narrow screen shows only these. Commands that are easy to guess, such as moving, are left out.
 */
export const COMMAND_HINTS: Partial<Record<WorkbenchCommandId, string>> = {
  // Dialogs
  'picker.choose': 'select',
  'prompt.accept': 'confirm',
  'question.yes': 'yes',
  'question.no': 'no',
  'help.pageDown': 'page down',
  'rule.save': 'save',
  'rule.widen': 'scope',
  'rule.next': 'rule',
  'rule.edit': 'edit',
  'overlay.close': 'close',
  'completion.accept': 'insert',
  'completion.choose': 'pick',
  'completion.close': 'dismiss',

  // Message
  'account.chooseByKey': 'connect a model',
  'composer.sendAtEnd': 'send at end',
  'composer.searchHistory': 'history',
  'text.newline': 'line break',
  'composer.edit': 'editor',
  'composer.attach': 'attach',
  'composer.togglePaste': 'pasted text',
  'queue.open': 'queue',

  // Changes
  'changes.undoHunk': 'undo hunk',
  'changes.undoTurn': 'undo turn',
  'changes.redo': 'redo',
  'changes.open': 'open',
  'changes.undo': 'undo file',
  'changes.goToTurn': 'turn',
  'changes.copy': 'copy',
  'changes.stageHunk': 'stage hunk',
  'changes.stage': 'stage file',
  'changes.commit': 'commit',
  'changes.since': 'since',

  // Finding
  'find.accept': 'stay',
  'find.cancel': 'back',
  'conversations.acceptFind': 'stay',
  'conversations.cancelFind': 'back',

  // Conversation
  'conversation.findNext': 'next match',
  'conversation.findPrevious': 'previous match',
  'entry.toggle': 'open',
  'entry.copy': 'copy',
  'conversation.find': 'find',
  'entry.edit': 'edit file',
  'entry.quote': 'quote',
  'entry.runAgain': 'again',
  'entry.undo': 'undo',
  'entries.filter': 'filter',
  'entry.page': 'pager',
  'entries.collapse': 'collapse all',
  'entry.previousMessage': 'your messages',
  'entry.previousEdit': 'changes',
  'entry.previousError': 'errors',
  'entry.rewind': 'rewind',
  'entry.fork': 'fork',

  // Approval
  'hunk.toggle': 'select',
  'hunk.divide': 'divide',
  'hunk.next': 'next hunk',
  'hunk.previous': 'previous hunk',
  'approval.denyAndStop': 'stop turn',
  'approval.showEdited': 'show',
  'approval.closeEditor': 'close',

  // Memory
  'memory.save': 'save',
  'memory.saveMerge': 'save',
  'memory.takeMine': 'mine',
  'memory.takeTheirs': 'theirs',
  'memory.takeBoth': 'both',
  'memory.editMerge': 'edit text',
  'memory.leaveMerge': 'back',
  'memory.discard': 'close',
  'memory.leaveDraft': 'leave as draft',
  'memory.edit': 'edit',
  'memory.toggleBlock': 'open',
  'memory.history': 'history',
  'memory.undo': 'undo',
  'memory.learned': 'learned',
  'memory.create': 'new',
  'memory.rename': 'rename',
  'memory.setLimit': 'limit',
  'memory.attach': 'attach',
  'memory.detach': 'detach',
  'memory.delete': 'delete',
  'memory.discardDraft': 'discard draft',

  // Skills
  'skills.use': 'insert',
  'skills.edit': 'edit',
  'skills.create': 'new',
  'skills.find': 'find',

  // Jobs
  'jobs.end': 'end',
  'jobs.endAll': 'end all',
  'jobs.copy': 'copy',

  'conversations.open': 'open',
  'conversations.new': 'new',
  'conversations.newAgent': 'new agent',
  'conversations.rename': 'rename',
  'conversations.fork': 'fork',
  'conversations.archive': 'archive',
  'conversations.export': 'export',
  'conversations.delete': 'delete',
  'conversations.find': 'find',

  'page.zoom': 'zoom',
}
