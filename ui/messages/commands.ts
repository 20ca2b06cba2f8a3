/**
 * The commands of the workbench: what the palette, the help and the README call them. A label is a verb and a noun, at most five
 * words, without a full stop. `lib/commands` has the commands that also work without a screen.
 */
export const COMMAND_TITLES = {
  // The program
  'app.back': 'Cancel turn or go back',
  'app.interrupt': 'Cancel turn, clear or quit',
  'app.quit': 'Quit',
  'app.quitWhenEmpty': 'Quit if message is empty',
  'app.suspend': 'Suspend to shell',
  'app.repaint': 'Redraw screen',
  'help.open': 'Show keys and commands',
  'palette.open': 'Show all commands',

  // Agents, models and accounts
  'agent.choose': 'Choose agent',
  'agent.resume': 'Resume agent',
  'model.choose': 'Choose model',
  'account.choose': 'Connect provider or Letta server',
  'account.forget': 'Sign out and quit',
  'context.show': 'Show context window usage',
  'usage.show': 'Show token usage by turn',

  // Panes
  'focus.composer': 'Go to message',
  'focus.conversation': 'Go to conversation',
  'focus.memory': 'Go to memory',
  'focus.skills': 'Go to skills',
  'focus.approval': 'Go to approval',
  'focus.next': 'Go to next pane',
  'focus.previous': 'Go to previous pane',
  'page.chat': 'Show chat page',
  'page.memory': 'Show memory page',
  'page.skills': 'Show skills page',
  'page.zoom': 'Zoom pane to page or back',
  'memory.toggle': 'Show or hide memory',
  'skills.toggle': 'Show or hide skills',
  'side.widen': 'Widen side panes',
  'side.narrow': 'Narrow side panes',
  'approval.grow': 'Enlarge approval pane',
  'approval.shrink': 'Shrink approval pane',
  'scroll.up': 'Scroll up',
  'scroll.down': 'Scroll down',
  'scroll.pageUp': 'Scroll page up',
  'scroll.pageDown': 'Scroll page down',
  'scroll.start': 'Scroll to start',
  'scroll.end': 'Scroll to end',

  // Message
  'composer.send': 'Send message or run command',
  'composer.clear': 'Clear message',
  'composer.up': 'Line up or previous message',
  'composer.down': 'Line down or next message',
  'composer.searchHistory': 'Search earlier messages',
  'composer.edit': 'Edit message in external editor',
  'completion.next': 'Next suggestion',
  'completion.previous': 'Previous suggestion',
  'completion.accept': 'Insert suggestion',
  'completion.choose': 'Run or insert suggestion',
  'completion.close': 'Dismiss suggestions',

  // Conversation
  'conversation.copy': 'Copy last answer',
  'conversation.expand': 'Expand or collapse last entry',
  'conversation.find': 'Find in conversation',
  'conversation.start': 'Scroll conversation to start',
  'conversation.end': 'Scroll conversation to end',
  'conversation.pageUp': 'Scroll conversation page up',
  'conversation.pageDown': 'Scroll conversation page down',
  'entry.toggle': 'Expand or collapse topmost entry',

  // Approval
  'approval.allow': 'Approve once',
  'approval.always': 'Always allow…',
  'approval.deny': 'Deny',
  'approval.denyWithReason': 'Deny with reason…',
  'approval.denyAndStop': 'Deny all and stop turn',
  'approval.allowWithComment': 'Apply selected parts, with comment…',
  'approval.next': 'Next pending call',
  'approval.previous': 'Previous pending call',
  'hunk.next': 'Next hunk or part of it',
  'hunk.previous': 'Previous hunk or part of it',
  'hunk.toggle': 'Select or reject hunk, or scroll page down',
  'hunk.divide': 'Divide hunk into groups, lines',

  // Memory
  'memory.next': 'Next memory block',
  'memory.previous': 'Previous memory block',
  'memory.toggleBlock': 'Expand or collapse memory block',
  'memory.edit': 'Edit memory block',
  'memory.editOutside': 'Edit block in external editor',
  'memory.create': 'Create memory block…',
  'memory.rename': 'Rename memory block…',
  'memory.describe': 'Describe memory block…',
  'memory.setLimit': 'Set limit of block…',
  'memory.toggleReadOnly': 'Make block read-only or editable',
  'memory.attach': 'Attach memory block…',
  'memory.detach': 'Detach memory block…',
  'memory.delete': 'Delete memory block…',
  'memory.restoreDeleted': 'Restore deleted block…',
  'memory.history': 'Show history of block',
  'memory.undo': 'Undo last change of block',
  'memory.learned': 'Show memory changes of session',
  'memory.save': 'Save memory block',
  'memory.discard': 'Close editor (draft remains)',
  'memory.discardDraft': 'Discard draft of block',
  'memory.nextConflict': 'Next conflict',
  'memory.previousConflict': 'Previous conflict',
  'memory.takeMine': 'Take my lines',
  'memory.takeTheirs': 'Take their lines',
  'memory.takeBoth': 'Take both',
  'memory.editMerge': 'Edit merged text',
  'memory.saveMerge': 'Save merged text',
  'memory.leaveMerge': 'Go back to my text',

  // Skills
  'skills.next': 'Next skill',
  'skills.previous': 'Previous skill',
  'skills.use': 'Insert skill into message',
  'skills.reviewBlock': 'Review skills block of agent',

  // Tools
  'files.undo': 'Undo file changes',
  'jobs.show': 'Show background jobs',
  'permissions.show': 'Show permission mode and rules',

  // Preferences
  'theme.choose': 'Choose theme',
  'keymap.choose': 'Choose keymap',
  'streaming.toggle': 'Toggle streaming',

  // Dialogs
  'overlay.close': 'Close dialog',
  'picker.next': 'Next item',
  'picker.previous': 'Previous item',
  'picker.choose': 'Select item',
  'prompt.accept': 'Submit',
  'question.yes': 'Yes',
  'question.no': 'No',
  'help.up': 'Scroll up',
  'help.down': 'Scroll down',
  'help.pageUp': 'Scroll page up',
  'help.pageDown': 'Scroll page down',

  // Text editing
  'text.left': 'Move left',
  'text.right': 'Move right',
  'text.up': 'Move up',
  'text.down': 'Move down',
  'text.wordLeft': 'Move to previous word',
  'text.wordRight': 'Move to next word',
  'text.lineStart': 'Move to line start',
  'text.lineEnd': 'Move to line end',
  'text.newline': 'Insert line break',
  'text.deleteBack': 'Delete previous character',
  'text.deleteForward': 'Delete next character',
  'text.deleteWordBack': 'Delete previous word',
  'text.deleteWordForward': 'Delete next word',
  'text.deleteToLineStart': 'Delete to line start',
  'text.deleteToLineEnd': 'Delete to line end',
  'text.yank': 'Paste deleted text',
  'text.undo': 'Undo edit',
  'text.redo': 'Redo edit',
} as const

export type WorkbenchCommandId = keyof typeof COMMAND_TITLES

/** Where a slash command comes from that is a prompt in a file. */
export const PROMPT_SOURCES = { user: 'your prompt', project: 'project prompt' } as const

/** The sections of the help, one for each context of the keymap. */
export const KEY_CONTEXT_TITLES = {
  global: 'Everywhere',
  composer: 'Message',
  completion: 'Completion',
  conversation: 'Conversation',
  memory: 'Memory',
  memoryEditor: 'Memory editor',
  memoryMerge: 'Memory conflict',
  skills: 'Skills',
  approval: 'Approval',
  text: 'Text editing',
  picker: 'List',
  prompt: 'Text prompt',
  question: 'Question',
  help: 'Help and other pages',
} as const
