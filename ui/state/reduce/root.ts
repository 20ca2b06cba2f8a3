import type { SessionEvent } from '../../../lib/session/events.ts'
import { reduceSession } from '../../../lib/session/reduce/session.ts'
import { reduceArchival } from '../archival.ts'
import { reduceConversationsPage } from '../conversations-page.ts'
import { insert, replaced } from '../editor.ts'
import { isWorkbenchEvent, type WorkbenchEvent } from '../events.ts'
import { reduceMemoryPage } from '../memory-page.ts'
import type { PageId } from '../pages.ts'
import { isNamed, pasteBefore, pasteLabel } from '../pastes.ts'
import { labelledTexts, messageText, withNewPastes } from '../selectors.ts'
import type { Focus, RootState, WorkbenchState } from '../state.ts'
import { advanceTour, nextStep } from '../tour.ts'
import { INSERT_MODE, insertModeAfter } from '../vim.ts'
import {
  endEdit,
  focusApprovalWhenIdle,
  noteSeen,
  noteStrayKey,
  selectPart,
  showApproval,
  startEdit,
  withFoundEdits,
  withLeftSelections,
} from './approvals.ts'
import { dismissSuggestions, selectSuggestion, showSuggestions } from './completion.ts'
import { editInMode, withActiveEditor } from './edit-text.ts'
import { reduceFind } from './find.ts'
import { followSession } from './follow-session.ts'
import {
  addToHistory,
  clearMessage,
  moveInHistory,
  recordSentMessage,
  restoreHistory,
  returnTexts,
} from './history.ts'
import { reduceLearned } from './learned.ts'
import { reduceMemoryPane } from './memory-pane.ts'
import {
  refusePrompt,
  resizeViewport,
  scrollOverlay,
  selectPickerItem,
  updatePage,
} from './overlays.ts'
import {
  adjacentPane,
  focusOn,
  resize,
  scrollPane,
  showPage,
  toggleItem,
  togglePane,
  withScroll,
} from './panes.ts'
import { changeAnswer, withFoundForms } from './questions.ts'
import { changeRule, showEffect } from './rule-dialog.ts'

/** The state of the program: that of the session by its own reducer, that of the screen from the events of both. */
export function reduceRoot(root: RootState, event: SessionEvent | WorkbenchEvent): RootState {
  return advanceTour(root, reduceParts(root, event))
}

function reduceParts(root: RootState, event: SessionEvent | WorkbenchEvent): RootState {
  if (isWorkbenchEvent(event)) {
    const workbench = reduceWorkbench(root, event)
    return workbench === root.workbench ? root : { ...root, workbench }
  }
  const session = reduceSession(root.session, event)
  const workbench = followSession(root, session, event)
  return { session, workbench }
}

function reduceWorkbench(root: RootState, event: WorkbenchEvent): WorkbenchState {
  const state = root.workbench
  switch (event.type) {
    case 'viewport.changed':
      return resizeViewport(state, event.size)
    case 'others.changed':
      return { ...state, others: event.others }
    case 'terminal.focused':
      return { ...state, terminalFocused: event.focused }
    case 'tick':
      return focusApprovalWhenIdle(withoutOldFlash({ ...state, now: event.at }), root.session)
    case 'focus.moved':
      return focusOn(readyToWrite(withoutSearch(state, event.to), event.to), event.to)
    case 'focus.stepped':
      return focusOn(state, adjacentPane(root, event.by))
    case 'page.opened':
      return leaveForPage(state, event.page)
    case 'pane.toggled':
      return togglePane(state, event.pane)
    case 'pane.resized':
      return resize(state, event)
    case 'text.edited':
      return noteStrayKey(state, {
        ...withActiveEditor(state, event.editor),
        lastTypedAt: event.at,
        flash: null,
      })
    case 'text.pasted': {
      const { composer } = state
      const before = event.continues === true ? pasteBefore(composer, state.pastes) : null
      const text = (before?.text ?? '') + event.text
      const { pastes } = withNewPastes(state, [text])
      const label = pasteLabel(pastes, text)
      const { cursor, past } = composer
      const editor =
        before === null
          ? insert(composer, label)
          : // The parts of a paste are undone together.
            { ...replaced(composer, cursor - before.label.length, cursor, label), past }
      const others = pastes.filter((paste) => paste !== before)
      const edited = withActiveEditor({ ...state, pastes: others }, editor)
      // What has continued here may also have been pasted elsewhere.
      const isElsewhere = before !== null && isNamed(before, labelledTexts(edited))
      return {
        ...edited,
        pastes: isElsewhere ? pastes : others,
        lastTypedAt: event.at,
        flash: null,
      }
    }
    case 'thumbnail.changed':
      return { ...state, thumbnail: event.thumbnail }
    case 'attachments.found':
      return event.text === messageText(root) ? { ...state, attachments: event.attachments } : state
    case 'composer.sent':
      return recordSentMessage(state, event.text)
    case 'composer.cleared':
      return clearMessage(state)
    case 'history.added':
      return addToHistory(state, event.text)
    case 'answers.found':
      return withFoundForms(state, event.forms)
    case 'edits.found':
      return withFoundEdits(state, event.edits)
    case 'selections.found':
      return withLeftSelections(state, root.session, event.selections)
    case 'drafts.found':
      return returnTexts(withNewPastes(state, event.pastes), event.texts)
    case 'history.restored':
      return restoreHistory(withNewPastes(state, event.pastes), event.messages)
    case 'history.moved':
      return moveInHistory(state, event.by)
    case 'completion.found':
      return showSuggestions(state, event.completion)
    case 'completion.moved':
      return selectSuggestion(state, event.by)
    case 'completion.dismissed':
      return dismissSuggestions(state)
    case 'scroll.moved':
      return scrollPane(root, event.pane, event.scroll)
    case 'find.started':
    case 'find.progressed':
    case 'find.ended':
    case 'find.opened':
    case 'find.stopped':
      return reduceFind(state, event)
    case 'selection.started': {
      const { part, at } = event
      return { ...state, textSelection: { part, anchor: at, head: at } }
    }
    case 'selection.extended':
      return state.textSelection === null
        ? state
        : { ...state, textSelection: { ...state.textSelection, head: event.at } }
    case 'selection.ended':
      return { ...state, textSelection: null }
    case 'mouse.changed':
      return { ...state, mouse: event.on, textSelection: null }
    case 'entry.selected':
      return {
        ...scrollPane(root, 'conversation', event.scroll),
        selectedEntry: event.id,
      }
    case 'entries.collapsed':
      return { ...state, expanded: [], allExpanded: !event.collapsed }
    case 'entries.filtered':
      return { ...state, filter: event.filter }
    case 'entry.toggled':
      return { ...state, expanded: toggleItem(state.expanded, event.id) }
    case 'memory.selected':
    case 'memory.toggled':
    case 'memory.editStarted':
    case 'memory.editSaved':
    case 'memory.editEnded':
    case 'memory.mergeStarted':
    case 'memory.mergeMoved':
    case 'memory.mergeChosen':
    case 'memory.mergeEnded':
    case 'memory.draftsFound':
    case 'memory.draftDiscarded':
      return reduceMemoryPane(state, event)
    case 'learned.selected':
    case 'learned.scrolled':
    case 'learned.accepted':
    case 'learned.discarded':
      return reduceLearned(state, event)
    case 'change.selected':
      return {
        ...withScroll(state, 'changes', { type: 'item', item: '', row: 0 }),
        changes: { ...state.changes, selected: event.id, hunk: 0, isChosen: true },
      }
    case 'change.hunkSelected':
      return {
        ...withScroll(state, 'changes', event.scroll),
        changes: { ...state.changes, hunk: event.hunk, isChosen: true },
      }
    case 'changes.contextChanged':
      return { ...state, changes: { ...state.changes, context: event.lines } }
    case 'memoryPage.columnChosen':
    case 'memoryPage.factsRead':
    case 'memoryPage.newestRead':
    case 'memoryPage.markdownToggled':
    case 'memoryPage.olderRead':
    case 'memoryPage.sharingRead':
    case 'memoryPage.authorsToggled':
    case 'memoryPage.lineMoved':
    case 'memoryPage.versionMoved':
    case 'memoryPage.versionMarked':
    case 'memoryPage.linesMarked':
    case 'memoryPage.queried': {
      const page = reduceMemoryPage(state.memory.page, event)
      return { ...state, memory: { ...state.memory, page } }
    }
    case 'archival.opened':
    case 'archival.closed':
    case 'archival.read':
    case 'archival.selected': {
      const archival = reduceArchival(state.memory.archival, event)
      return { ...state, memory: { ...state.memory, archival } }
    }
    case 'skill.selected':
      return withScroll({ ...state, skills: { selected: event.id } }, 'skills', {
        type: 'item',
        item: '',
        row: 0,
      })
    case 'job.selected':
      return withScroll({ ...state, jobs: { selected: event.id } }, 'jobs', { type: 'end' })
    case 'conversations.listed':
    case 'conversations.selected':
    case 'conversations.findStarted':
    case 'conversations.findEnded':
    case 'conversations.found':
    case 'conversations.previewed':
      return { ...state, conversations: reduceConversationsPage(state.conversations, event) }
    case 'approval.zoomed':
      return {
        ...state,
        approval: { ...state.approval, isZoomed: !state.approval.isZoomed },
      }
    case 'approval.selected':
      return showApproval(state, event.callId, state.now)
    case 'approval.confirming':
      // `visibleSince` as well: a key that is held down is one press.
      return {
        ...state,
        approval: { ...state.approval, confirming: event.callId, visibleSince: event.at },
      }
    case 'approval.viewed':
      return noteSeen(state, event)
    case 'approval.viewChanged':
      return {
        ...state,
        approval: { ...state.approval, view: event.view, isFull: event.isFull },
      }
    case 'approval.editStarted':
      return startEdit(state, event)
    case 'approval.editEnded':
      return endEdit(state, event.callId, event.draft)
    case 'approval.keyIgnored':
      return { ...state, approval: { ...state.approval, ignoredKeyAt: event.at } }
    case 'approval.contextChanged': {
      const contexts = new Map([...state.approval.contexts, [event.callId, event.view]])
      return { ...state, approval: { ...state.approval, contexts } }
    }
    case 'answer.changed':
      return changeAnswer(state, event)
    case 'approval.partSelected':
      return selectPart(state, event.callId, event.selection)
    case 'overlay.opened':
      return { ...state, overlay: event.overlay, flash: null }
    case 'ruleDialog.changed':
      return changeRule(state, event.by)
    case 'ruleDialog.effectFound':
      return showEffect(state, event.rule, event.effect)
    case 'overlay.moved':
      return selectPickerItem(state, event.by)
    case 'overlay.scrolled':
      return scrollOverlay(state, event)
    case 'prompt.refused':
      return refusePrompt(state, event.error)
    case 'tour.started':
      return { ...state, tour: 0 }
    case 'tour.stepped':
      return state.tour === null ? state : { ...state, tour: nextStep(state.tour) }
    case 'tour.ended':
      return { ...state, tour: null }
    case 'page.updated':
      return updatePage(state, event)
    case 'overlay.closed':
      return { ...state, overlay: null }
    case 'flash.shown':
      return { ...state, flash: flashOf(event) }
    case 'flash.cleared':
      return state.flash === null ? state : { ...state, flash: null }
    case 'theme.changed':
      return { ...state, theme: event.name }
    case 'keymap.changed':
      return { ...state, keymap: event.name, vim: event.hasModes === true ? INSERT_MODE : null }
    case 'vim.edited':
      return editInMode(state, event)
    case 'formatter.loaded':
      return { ...state, formatterLoaded: true }
    case 'streaming.changed':
      return { ...state, streaming: event.on }
    case 'prompts.found':
      return { ...state, prompts: event.prompts }
    case 'command.pressed':
      return { ...state, firstPress: { command: event.command, at: event.at } }
  }
}

function flashOf({
  level,
  text,
  until,
  next,
}: Extract<WorkbenchEvent, { type: 'flash.shown' }>): WorkbenchState['flash'] {
  return {
    level,
    text,
    ...(until === undefined ? {} : { until }),
    ...(next === undefined ? {} : { next }),
  }
}

function withoutOldFlash(state: WorkbenchState): WorkbenchState {
  const until = state.flash?.until
  return until === undefined || state.now <= until ? state : { ...state, flash: null }
}

/** A choice is closed; a question or a text that is asked for is answered first. Escape from a page is not the first of two. */
function leaveForPage(state: WorkbenchState, page: PageId): WorkbenchState {
  const { overlay } = state
  const isPassing = overlay?.type === 'picker' || overlay?.type === 'help'
  if (overlay !== null && !isPassing) return state
  return { ...showPage(state, page), overlay: null, firstPress: null }
}

/** The words of a search are marked until the person writes. */
function withoutSearch(state: WorkbenchState, to: Focus): WorkbenchState {
  const isOver = to === 'composer' && (state.search !== null || state.finding !== null)
  return isOver ? { ...state, search: null, finding: null } : state
}

/** Going to the message begins to write. */
function readyToWrite(state: WorkbenchState, to: Focus): WorkbenchState {
  if (state.vim === null || to !== 'composer' || state.focus === 'composer') return state
  return { ...state, vim: insertModeAfter(state.vim) }
}
