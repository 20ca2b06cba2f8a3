import { DEFAULT_CONTEXT } from '../../../lib/util/widen-hunks.ts'
import type { Size } from '../../view/types.ts'
import { NO_CONVERSATIONS_PAGE } from '../conversations-page.ts'
import { EMPTY_EDITOR } from '../editor.ts'
import type { WorkbenchState } from '../state.ts'
import { NO_APPROVAL } from './approvals.ts'
import { NO_MEMORY_PANE } from './memory-pane.ts'

export function initialWorkbench(viewport: Size, now: number, theme: string): WorkbenchState {
  return {
    viewport,
    focus: 'composer',
    others: [],
    hiddenScreens: new Map(),
    tour: null,
    page: 'chat',
    hiddenPanes: [],
    sideShare: 0.34,
    hasOwnSideShare: false,
    approvalShare: 0.6,
    composer: EMPTY_EDITOR,
    attachments: [],
    thumbnail: null,
    pastes: [],
    delivery: 'step',
    history: { sent: [], index: null, draft: '' },
    completion: null,
    dismissedTrigger: null,
    scroll: {
      conversation: { type: 'end' },
      memory: { type: 'item', item: '', row: 0 },
      changes: { type: 'item', item: '', row: 0 },
      skills: { type: 'item', item: '', row: 0 },
      jobs: { type: 'end' },
      conversations: { type: 'end' },
      approval: { type: 'item', item: '', row: 0 },
      composer: { type: 'end' },
    },
    memory: NO_MEMORY_PANE,
    changes: { selected: null, hunk: 0, context: DEFAULT_CONTEXT, isChosen: true },
    skills: { selected: null },
    jobs: { selected: null },
    conversations: NO_CONVERSATIONS_PAGE,
    approval: NO_APPROVAL,
    seenEntries: 0,
    search: null,
    finding: null,
    textSelection: null,
    mouse: true,
    selectedEntry: null,
    expanded: [],
    allExpanded: false,
    filter: null,
    overlay: null,
    flash: null,
    now,
    lastTypedAt: 0,
    terminalFocused: true,
    theme,
    formatterLoaded: false,
    keymap: 'default',
    vim: null,
    streaming: true,
    prompts: [],
    firstPress: null,
  }
}
