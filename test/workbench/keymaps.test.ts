// cspell:ignore ggdw
import { expect } from 'chai'
import { keymapSet, PICKER_TITLES } from '../../ui/messages/program.ts'
import { vimModes } from '../../ui/view/messages/composer.ts'
import { paneTitles } from '../../ui/view/messages/panes.ts'
import type { WorkbenchDriver } from '../support/program.ts'
import { withProgram } from '../support/with-program.ts'

describe('A text in the terminal', () => {
  const desk = withProgram()

  const opens = async (keymap: string): Promise<WorkbenchDriver> => {
    await desk.setUp([])
    const workbench = await desk.opens({ built: true }).sees('ready')
    return workbench.types(`/keymap ${keymap}`).presses('enter').sees(keymapSet(keymap))
  }
  const editsMemory = async (workbench: WorkbenchDriver): Promise<void> => {
    await workbench.presses('alt+2').sees('BLOCKS')
    await workbench.types('e').sees(paneTitles.editingBlock('persona'))
  }

  it('is edited in the modes of vim, as a message and as a memory block', async () => {
    const workbench = await opens('vim')
    await workbench.types('fix the bug').sees(/› fix the bug/)
    await workbench.presses('escape').sees(vimModes.normal)
    await workbench.types('bdw').sees(/› fix the\s*$/m)
    await workbench.types('u').sees(/› fix the bug/)
    await workbench.types('0v').sees(vimModes.visual)
    await workbench.types('ed').sees(/› *the bug/)
    await workbench.types('0i').sees(vimModes.insert)
    await workbench.types('read').sees(/› read the bug/)
    // In the normal mode of a message the history is searched, in that of a memory block nothing is.
    await workbench.presses('escape').sees(vimModes.normal)
    await workbench.types('/').sees(PICKER_TITLES.messages)
    await workbench.presses('escape').seesNoMore(PICKER_TITLES.messages)
    await editsMemory(workbench)
    await workbench.types('i').sees(vimModes.insert)
    await workbench.types('Zqq ').sees('Zqq I am')
    await workbench.presses('escape').sees(vimModes.normal)
    await workbench.types('/ggdw').seesNoMore('Zqq')
    expect(workbench.screen()).to.not.include(PICKER_TITLES.messages)
    await workbench.types('A').sees(vimModes.insert)
    await workbench.types('Zqq').presses('escape').sees(vimModes.normal)
    // Enter moves to the next line, which is empty, and breaks none.
    await workbench
      .types('gg')
      .presses('enter')
      .types('iXqq')
      .sees(/Zqq\s*\n\s*Xqq\s*\n\s*I read/)
    await workbench.presses('escape').sees(vimModes.normal)
    await workbench.types('ggVd').seesNoMore('I am a coding agent')
    await workbench.presses('ctrl+s').seesNoMore(paneTitles.editingBlock('persona'))
    await workbench.seesNoMore('I am a coding agent')
  })

  it('is edited with the keys of emacs, those of two strokes included', async () => {
    const workbench = await opens('emacs')
    await workbench
      .types('the bug')
      .presses('ctrl+a')
      .types('fix ')
      .sees(/› fix the bug/)
    await workbench.presses('alt+d').sees(/› fix +bug/)
    await workbench
      .presses('ctrl+x')
      .types('u')
      .sees(/› fix the bug/)
    await workbench.presses('ctrl+e', 'ctrl+b', 'ctrl+d').sees(/› fix the bu\s*$/m)
    await workbench.presses('ctrl+x').types('o').sees('▸ project')
    await workbench.presses('f6')
    await editsMemory(workbench)
    await workbench.types('Zqq ').sees('Zqq I am')
    await workbench.presses('ctrl+n', 'ctrl+p', 'ctrl+a', 'alt+d').seesNoMore('Zqq')
    await workbench.presses('ctrl+x', 'ctrl+s').seesNoMore(paneTitles.editingBlock('persona'))
  })
})
