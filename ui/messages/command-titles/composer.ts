/** The message that is being written. */
export const COMPOSER_TITLES = {
  'composer.send': 'Send message or run command',
  'composer.sendAtEnd': 'Send when turn has ended',
  'queue.open': 'Show queued messages',
  'queue.resume': 'Send queued messages',
  'composer.clear': 'Clear message',
  'composer.up': 'Line up or previous message',
  'composer.down': 'Line down or next message',
  'composer.searchHistory': 'Search earlier messages',
  'composer.edit': 'Edit message in external editor',
  'composer.attach': 'Attach file, or only name it',
  'composer.togglePaste': 'Expand or collapse pasted text',
  'completion.next': 'Next suggestion',
  'completion.previous': 'Previous suggestion',
  'completion.accept': 'Insert suggestion',
  'completion.choose': 'Run or insert suggestion',
  'completion.close': 'Dismiss suggestions',
} as const
