/** The program, agents, models and accounts. */
export const PROGRAM_TITLES = {
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
  'conversation.resume': 'Resume conversation',
  'conversation.aside': 'Ask side question',
  'conversation.summary': 'Show or edit summary',
  'conversation.next': 'Show next running conversation',
  'conversation.export': 'Export conversation',
  'conversation.archive': 'Archive conversation',
  'conversation.delete': 'Delete conversation',
  'model.choose': 'Choose model',
  'model.effort': 'Set reasoning effort',
  'model.nextEffort': 'Next reasoning effort',
  'account.choose': 'Connect provider or Letta server',
  'account.chooseByKey': 'Connect a model',
  'account.switch': 'Switch account or server',
  'account.forget': 'Sign out and quit',
  'context.show': 'Show context window usage',
  'usage.show': 'Show token usage by turn',
} as const
