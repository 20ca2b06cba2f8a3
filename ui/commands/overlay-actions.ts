import type { PickerAction, PromptAction, QuestionAction } from '../state/overlay-actions.ts'
import { openAgent } from './agents.ts'
import { allowPart, denyWithReason } from './approval.ts'
import { deletePassage, findPassages, insertPassage } from './archival.ts'
import { commitStaged } from './changes.ts'
import { replaceMessage } from './composer.ts'
import {
  findModel,
  openAccount,
  setAccountAddress,
  setAccountKey,
  signInToCloud,
  useAccount,
} from './connect.ts'
import { openConversation } from './conversations.ts'
import { deleteConversation, renameConversation } from './conversations-page.ts'
import { copyAndReport } from './copy.ts'
import { filterEntries } from './entry-cursor.ts'
import { addBlock, reviewAttach, reviewSharing, setProperty, setSharing } from './memory-blocks.ts'
import { continueMissingDraft, regainBlock } from './memory-editor.ts'
import {
  chooseOtherVersion,
  compareVersions,
  openVersion,
  openVersions,
  restoreVersions,
  reviewRestore,
} from './memory-history.ts'
import { findInBlock, showBlockLine } from './memory-page.ts'
import { openFound, openFoundMessages } from './message-search.ts'
import { editModelSettings, setDefaultModel, setEffort, setModel } from './models.ts'
import { runFromPalette } from './palette.ts'
import { setKeymap, setTheme } from './preferences.ts'
import { changeQueued, openQueued } from './queue.ts'
import { applyUndo, reviewUndo } from './review-undo.ts'
import { applyRewind, chooseParts, reviewRewind } from './rewind.ts'
import { useEditedRule } from './rule-dialog.ts'
import { removeRule, setMemoryReview } from './rules.ts'
import { createSkill, selectSkill } from './skills.ts'
import { transferText } from './transfer-text.ts'
import { answerTrust } from './trust.ts'
import type { WorkbenchContext } from './workbench-command.ts'
import { writeBlock } from './write-block.ts'

/** Does what the picked item stands for. */
export async function performPicked(
  context: WorkbenchContext,
  action: PickerAction,
): Promise<unknown> {
  switch (action.type) {
    case 'command.run':
      return runFromPalette(context, action.commandId)
    case 'effort.set':
      return setEffort(context, action.level)
    case 'model.set':
      return setModel(context, action.handle)
    case 'model.setDefault':
      return setDefaultModel(context, action.handle)
    case 'agent.open':
      return openAgent(context, action.agentId)
    case 'conversation.open':
      return openConversation(context, { id: action.conversationId, agentId: action.agentId })
    case 'agent.create':
      return context.session.agents.open('sharing')
    case 'theme.set':
      return setTheme(context, action.name)
    case 'keymap.set':
      return setKeymap(context, action.name)
    case 'mode.set':
      return context.session.rules.setMode(action.mode)
    case 'text.show':
      return context.session.notify('warning', action.text)
    case 'text.copy':
      return copyAndReport(context, action.name, action.text)
    case 'rule.remove':
      return removeRule(context, action)
    case 'entries.filter':
      return filterEntries(context, action.filter)
    case 'account.open':
      return openAccount(context, action.accountId)
    case 'account.signIn':
      return signInToCloud(context, action.method)
    case 'account.use':
      return useAccount(context, action.name)
    case 'message.open':
      return openFound(context, action)
    case 'model.find':
      return findModel(context)
    case 'demo.start':
      return context.quit([], 'demo')
    case 'message.recall':
      return replaceMessage(context, action.text)
    case 'queue.open':
      return openQueued(context, action.messageId)
    case 'queue.change':
      return changeQueued(context, action.messageId, action.change)
    case 'files.undo':
      return reviewUndo(context, action.selection, 'undo')
    case 'changes.show':
      return context.session.changes.show(action.scope)
    case 'skill.select':
      return selectSkill(context, action.id)
    case 'rewind.choose':
      return chooseParts(context, action.checkpointId)
    case 'rewind.review':
      return reviewRewind(context, action.plan, action.parts)
    case 'memory.openVersions':
      return openVersions(context, action.listed)
    case 'memory.openVersion':
      return openVersion(context, action.version)
    case 'memory.compare':
      return compareVersions(context, action.from, action.to)
    case 'memory.chooseOther':
      return chooseOtherVersion(context, action.version)
    case 'memory.reviewAttach':
      return reviewAttach(context, action)
    case 'memory.reviewSharing':
      return reviewSharing(context, action)
    case 'memory.transfer':
      return transferText(context, action)
    case 'memory.showLine':
      return showBlockLine(context, action.label, action.line)
    case 'memory.review':
      return setMemoryReview(context, action.isOn)
    case 'memory.continueDraft':
      return continueMissingDraft(context, action.label)
    case 'memory.reviewRestore':
      return reviewRestore(context, [action.version])
  }
}

/** Does what the text was typed for; an error leaves the prompt open. */
export async function performAccepted(
  context: WorkbenchContext,
  action: PromptAction,
  text: string,
): Promise<unknown> {
  switch (action.type) {
    case 'command.run':
      return context.run(action.commandId, text)
    case 'approval.editRule':
      return useEditedRule(context, action, text)
    case 'changes.commit':
      return commitStaged(context, text)
    case 'model.setSettings':
      return editModelSettings(context, text)
    case 'conversation.rename':
      return renameConversation(context, action.conversationId, text)
    case 'skill.create':
      return createSkill(context, text)
    case 'memory.create':
      return addBlock(context, () => context.session.memory.blocks.create(text))
    case 'archival.find':
      return findPassages(context, text)
    case 'archival.insert':
      return insertPassage(context, text)
    case 'messages.search':
      return openFoundMessages(context, text)
    case 'memory.find':
      return findInBlock(context, text)
    case 'memory.setProperty':
      return setProperty(context, action, text)
    case 'approval.deny':
      return denyWithReason(context, action.callIds, text)
    case 'approval.allowPart':
      return allowPart(context, action, text)
    case 'account.setAddress':
      return setAccountAddress(context, action.accountId, text)
    case 'account.setKey':
      return setAccountKey(context, action, text)
  }
}

/** Does what the question was about. */
export async function performAnswer(
  context: WorkbenchContext,
  action: QuestionAction,
  yes: boolean,
): Promise<unknown> {
  const { session } = context
  switch (action.type) {
    case 'approval.allowMany': {
      const [first] = action.callIds
      if (!yes || first === undefined) return
      if (action.isForTurn) session.approvals.allowFileThisTurn(first)
      return session.approvals.allowMany(action.callIds)
    }
    case 'directory.trust':
      return answerTrust(context, action.grants, yes)
    case 'skills.adoptBlock':
      return yes ? session.skills.adoptBlock() : undefined
    case 'conversation.delete':
      return yes ? deleteConversation(context, action.conversationId) : undefined
    case 'memory.restore':
      return yes ? restoreVersions(context, action.versions) : undefined
    case 'memory.regain':
      return yes ? regainBlock(context, action.label, action.text, action.before) : undefined
    case 'memory.write':
      return yes ? writeBlock(context, action) : undefined
    case 'rewind.apply':
      return yes ? applyRewind(context, action) : undefined
    case 'files.undo':
      return yes ? applyUndo(context, action) : undefined
    case 'file.edit':
      return yes ? context.editFile(action.path, action.line) : undefined
    case 'archival.delete':
      return yes ? deletePassage(context, action.passageId) : undefined
    case 'memory.attach':
      return yes ? addBlock(context, () => session.memory.blocks.attach(action.blockId)) : undefined
    case 'memory.share':
      return yes ? setSharing(context, action) : undefined
    case 'memory.detach':
      return yes ? session.memory.blocks.detach(action.blockId) : undefined
    case 'memory.delete':
      return yes ? session.memory.blocks.remove(action.blockId) : undefined
  }
}
