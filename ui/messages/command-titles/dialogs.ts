/** Preferences and dialogs. */
export const DIALOG_TITLES = {
  // Preferences
  'theme.choose': 'Choose theme',
  'keymap.choose': 'Choose keymap',
  'streaming.toggle': 'Toggle streaming',
  'mouse.toggle': 'Turn mouse on or off',

  // Dialogs
  'overlay.close': 'Close dialog',
  'picker.next': 'Next item',
  'picker.nextProvider': 'Models of next provider',
  'picker.toggleFavorite': 'Mark model as favorite, or unmark it',
  'picker.previous': 'Previous item',
  'picker.choose': 'Select item',
  'prompt.accept': 'Submit',
  'rule.next': 'Next rule',
  'rule.previous': 'Previous rule',
  'rule.widen': 'Save for a wider scope',
  'rule.narrow': 'Save for a narrower scope',
  'rule.edit': 'Edit rule',
  'rule.save': 'Save rule and approve call',
  'question.yes': 'Yes',
  'question.no': 'No',
  'help.up': 'Scroll up',
  'help.down': 'Scroll down',
  'help.pageUp': 'Scroll page up',
  'help.pageDown': 'Scroll page down',
  'help.start': 'Scroll to start',
  'help.end': 'Scroll to end',
} as const
