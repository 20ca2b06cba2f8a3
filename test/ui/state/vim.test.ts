// cspell:ignore cwsix dwdwuu wvey vecsix yewvep vlold
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { TEXT_COMMANDS } from '../../../ui/commands/text-editing.ts'
import { VIM_COMMANDS } from '../../../ui/commands/vim.ts'
import type { WorkbenchContext } from '../../../ui/commands/workbench-command.ts'
import { typeText } from '../../../ui/input/input-router.ts'
import { acceptsText, activeContexts } from '../../../ui/input/key-contexts.ts'
import { createKeyDispatcher } from '../../../ui/input/key-dispatch.ts'
import { parseKeymap } from '../../../ui/input/keymap.ts'
import { COMMAND_TITLES } from '../../../ui/messages/commands.ts'
import { createEditor, moveTo } from '../../../ui/state/editor.ts'
import { createRootStore } from '../../support/root-store.ts'

const shipped = (name: string): unknown =>
  JSON.parse(readFileSync(path.join(import.meta.dirname, `../../../keymaps/${name}.json`), 'utf8'))

/** A message with the keymap vim; `|` is the cursor, in normal mode. */
function editing(marked: string) {
  const root = createRootStore()
  const text = marked.replace('|', '')
  const editor = moveTo(createEditor(text), marked.indexOf('|'))
  const { keymap } = parseKeymap(shipped('vim'), 'vim', shipped, Object.keys(COMMAND_TITLES))
  const ran: string[] = []
  const context = {
    root,
    now: () => 0,
    run: (id: string) => void ran.push(id),
  } as unknown as WorkbenchContext
  const keys = createKeyDispatcher({
    keymap,
    state: () => root.state,
    type: (typed) => typeText(root, typed, 0, new Map()),
    run(id) {
      const command = [...VIM_COMMANDS, ...TEXT_COMMANDS].find((one) => one.id === id)
      if (command === undefined) ran.push(id)
      else void command.run(context, '')
    },
  })
  const press = (name: string, ctrl = false): void =>
    keys({ type: 'key', key: { name, ctrl, alt: false, shift: false } })
  root.dispatch({ type: 'keymap.changed', name: 'vim', hasModes: true })
  root.dispatch({ type: 'vim.edited', editor, vim: NORMAL, at: 0 })
  return {
    root,
    ran,
    press,
    types: (typed: string) => keys({ type: 'text', text: typed }),
    shown(): string {
      const { text: now, cursor } = root.state.workbench.composer
      return `${now.slice(0, cursor)}|${now.slice(cursor)}`
    },
    mode: () => root.state.workbench.vim?.mode,
  }
}

const NORMAL = { mode: 'normal', operator: null, count: 0, anchor: 0 } as const

/** What the keys make of the text. */
function result(marked: string, typed: string): string {
  const vim = editing(marked)
  for (const part of typed.split(/(<[^>]+>)/)) {
    if (part === '<esc>') vim.press('escape')
    else if (part === '<c-r>') vim.press('r', true)
    else if (part === '<c-j>') vim.press('j', true)
    else vim.types(part)
  }
  return vim.shown()
}

describe('The normal mode of vim', () => {
  it('moves to the first character of the next line by a key that breaks lines in the insert mode', () => {
    expect(result('o|ne\n  two\nthree', '<c-j>')).to.equal('one\n  |two\nthree')
    expect(result('o|ne\n  two\nthree', '2<c-j>')).to.equal('one\n  two\n|three')
    expect(result('one\nt|wo', '<c-j>')).to.equal('one\nt|wo')
    expect(result('o|ne\ntwo\nthree', 'd<c-j>')).to.equal('|three')
    expect(result('o|ne\ntwo', 'a<c-j>')).to.equal('on\n|e\ntwo')
  })

  it('moves by character, word and line', () => {
    expect(result('one, |two', 'h')).to.equal('one,| two')
    expect(result('|one, two', 'l')).to.equal('o|ne, two')
    expect(result('|one, two', 'w')).to.equal('one|, two')
    expect(result('|one, two', '2w')).to.equal('one, |two')
    expect(result('one, |two', 'b')).to.equal('one|, two')
    expect(result('|one, two', 'e')).to.equal('on|e, two')
    expect(result('  on|e', '0')).to.equal('|  one')
    expect(result('  on|e', '^')).to.equal('  |one')
    expect(result('|one', '$')).to.equal('on|e')
    expect(result('a\nb\n|c', 'gg')).to.equal('|a\nb\nc')
    expect(result('|a\nb\nc', 'G')).to.equal('a\nb\n|c')
    expect(result('ab\nc|d', 'k')).to.equal('a|b\ncd')
    expect(result('a|b\ncd', 'j')).to.equal('ab\nc|d')
    expect(result('one |two', 'l l')).to.equal('one tw|o')
  })

  it('deletes, changes and copies with motions', () => {
    expect(result('|one two', 'dw')).to.equal('|two')
    expect(result('one |two', 'db')).to.equal('|two')
    expect(result('|one two', 'de')).to.equal('| two')
    expect(result('one |two', 'd0')).to.equal('|two')
    expect(result('on|e two', 'd$')).to.equal('o|n')
    expect(result('on|e two', 'D')).to.equal('o|n')
    expect(result('|one two three', 'd2w')).to.equal('|three')
    expect(result('|one two', 'cwsix<esc>')).to.equal('si|x two')
    expect(result('on|e two', 'Cx<esc>')).to.equal('on|x')
    expect(result('|one two', 'ywP')).to.equal('one| one two')
    expect(result('one |two', 'dw')).to.equal('one| ')
    expect(result('|one\ntwo', 'dw')).to.equal('|\ntwo')
    expect(result('a|bc', 'x')).to.equal('a|c')
    expect(result('a|bcd', '2x')).to.equal('a|d')
  })

  it('deletes, changes, copies and pastes complete lines', () => {
    expect(result('a\n|b\nc', 'dd')).to.equal('a\n|c')
    expect(result('a\n|b', 'dd')).to.equal('|a')
    expect(result('|a', 'dd')).to.equal('|')
    expect(result('|a\nb\nc', '2dd')).to.equal('|c')
    expect(result('|a\nb\nc', 'dj')).to.equal('|c')
    expect(result('a\n|b\nc', 'ccx<esc>')).to.equal('a\n|x\nc')
    expect(result('|a\nb', 'yyp')).to.equal('a\n|a\nb')
    expect(result('a\n|b', 'yyp')).to.equal('a\nb\n|b')
    expect(result('|a\nb', 'ddp')).to.equal('b\n|a')
    expect(result('a\n|b', 'yyP')).to.equal('a\n|b\nb')
  })

  it('inserts before, after, at the ends of the line, and on new lines', () => {
    expect(result('a|b', 'ix<esc>')).to.equal('a|xb')
    expect(result('a|b', 'ax<esc>')).to.equal('ab|x')
    expect(result('  a|b', 'Ix<esc>')).to.equal('  |xab')
    expect(result('|ab', 'Ax<esc>')).to.equal('ab|x')
    expect(result('|ab\nc', 'ox<esc>')).to.equal('ab\n|x\nc')
    expect(result('ab\n|c', 'Ox<esc>')).to.equal('ab\n|x\nc')
  })

  it('replaces, joins, and changes the case', () => {
    expect(result('a|bc', 'rx')).to.equal('a|xc')
    expect(result('a|bcd', '2rx')).to.equal('ax|xd')
    expect(result('a|b', '5rx')).to.equal('a|b')
    expect(result('a|b', 'r<esc>x')).to.equal('|a')
    expect(result('|one\n  two\nx', 'J')).to.equal('one| two\nx')
    expect(result('|one', 'J')).to.equal('|one')
    expect(result('|aBc', '2~')).to.equal('Ab|c')
    expect(result('|ab cd', 'v3l~')).to.equal('|AB Cd')
    expect(result('|ab', 'sx<esc>')).to.equal('|xb')
    expect(result('a|b\nc', 'Sx<esc>')).to.equal('|x\nc')
    expect(result('ab|c', 'X')).to.equal('a|c')
    expect(result('|a\nb', 'Yp')).to.equal('a\n|a\nb')
  })

  it('goes to a character of the line, and searches again', () => {
    expect(result('|one two', 'fo')).to.equal('one tw|o')
    expect(result('|a-b-c', 'f-;')).to.equal('a-b|-c')
    expect(result('|a-b-c', 't-;')).to.equal('a-|b-c')
    expect(result('a-b-|c', 'F-;,')).to.equal('a-b|-c')
    expect(result('|a-b-c', '2f-')).to.equal('a-b|-c')
    expect(result('|a-b-c', 'dt-')).to.equal('|-b-c')
    expect(result('|a-b-c', 'df-')).to.equal('|b-c')
    expect(result('|ab\nx', 'fx')).to.equal('|ab\nx')
    expect(result('|ab', 'dfxx')).to.equal('|b')
  })

  it('takes words, quotes and brackets after an operator and in a visual mode', () => {
    expect(result('one t|wo three', 'diw')).to.equal('one | three')
    expect(result('one t|wo three', 'daw')).to.equal('one |three')
    expect(result('one t|wo', 'daw')).to.equal('on|e')
    expect(result('say "a |b" now', 'ci"x<esc>')).to.equal('say "|x" now')
    expect(result('f(a, (b), |c)', 'di(')).to.equal('f(|)')
    expect(result('f(a, |c) x', 'da)')).to.equal('f| x')
    expect(result('one t|wo three', 'viwd')).to.equal('one | three')
    expect(result('|one', 'di(')).to.equal('|one')
  })

  it('undoes at once what was typed in the insert mode', () => {
    expect(result('|one two', 'cwa b c<esc>u')).to.equal('|one two')
    expect(result('|one', 'Ax y<esc>u')).to.equal('on|e')
    expect(result('|one', 'Ax y<esc>u<c-r>')).to.equal('onex |y')
    expect(result('|one two', 'dwix y<esc>uu')).to.equal('|one two')
  })

  it('repeats the last change at the cursor, with another count if one is given', () => {
    expect(result('|one two three', 'dw.')).to.equal('|three')
    expect(result('|a b c d e', 'dw2.')).to.equal('|d e')
    expect(result('|a b c d e f', '2dw.')).to.equal('|e f')
    expect(result('|a b c d e f g', 'd2w3.')).to.equal('|f g')
    expect(result('|abcd', 'x..')).to.equal('|d')
    expect(result('|abcd', 'rxl.')).to.equal('x|xcd')
    expect(result('|one two', 'cwsix<esc>w.')).to.equal('six si|x')
    expect(result('a(|b) c(d)', 'ci(x<esc>$h.')).to.equal('a(x) c(|x)')
    expect(result('|a\nb\nc\nd', 'ddj.')).to.equal('b\n|d')
    expect(result('|a\nb\nc\nd', 'dj.')).to.equal('|')
    expect(result('|ab\ncd', 'Ax y<esc>j.')).to.equal('abx y\ncdx |y')
    expect(result('|a-b-c-d', 'df-.')).to.equal('|c-d')
    expect(result('|abcdef', 'vld.')).to.equal('|ef')
    expect(result('|aBcD', '~.')).to.equal('Ab|cD')
  })

  it('repeats neither motions, copies nor undo, and undoes a repetition at once', () => {
    expect(result('|one two three', 'dwyww.')).to.equal('two| ')
    expect(result('|one two three', 'dwu.')).to.equal('|two three')
    expect(result('|one two', 'cwa b<esc>w.u')).to.equal('a b |two')
    expect(result('|abc', '.')).to.equal('|abc')
  })

  it('does not repeat what was written in several places', () => {
    const vim = editing('|ab')
    vim.types('xix')
    const { composer } = vim.root.state.workbench
    vim.root.dispatch({ type: 'text.edited', editor: moveTo(createEditor('xbz'), 3), at: 0 })
    vim.press('escape')
    vim.types('.')
    expect([composer.text, vim.root.state.workbench.composer.text]).to.deep.equal(['xb', 'xb'])
  })

  it('undoes and redoes', () => {
    expect(result('|one two', 'dwdwuu')).to.equal('|one two')
    expect(result('|one two', 'dwu<c-r>')).to.equal('|two')
  })

  it('inserts no character, but a paste', () => {
    const vim = editing('|ab')
    vim.types('zq')
    expect(vim.shown()).to.equal('|ab')
    expect(acceptsText(vim.root.state)).to.equal(false)
    vim.root.dispatch({ type: 'focus.moved', to: 'memory' })
    vim.root.dispatch({ type: 'focus.moved', to: 'composer' })
    expect(vim.mode()).to.equal('insert')
  })

  it('continues with the history above the first line', () => {
    const vim = editing('a|b')
    vim.types('k')
    expect(vim.ran).to.deep.equal(['composer.up'])
  })
})

describe('The visual mode of vim', () => {
  it('applies operators to the selection', () => {
    expect(result('|one two', 'wvey')).to.equal('one |two')
    expect(result('|one two', 'ved')).to.equal('| two')
    expect(result('one |two', 'vbx')).to.equal('|wo')
    expect(result('|one two', 'vecsix<esc>')).to.equal('si|x two')
    expect(result('a\n|b\nc', 'Vjd')).to.equal('|a')
    expect(result('|one two', 'yewvep')).to.equal('one on|e')
    expect(result('|abc', 'vlold')).to.equal('a|c')
    expect(result('|abc', 'vl<esc>x')).to.equal('a|c')
  })

  it('is shown as a separate state, and ends with escape', () => {
    const vim = editing('|ab')
    vim.types('v')
    expect([vim.mode(), activeContexts(vim.root.state)[0]]).to.deep.equal(['visual', 'visual'])
    vim.press('escape')
    expect(vim.mode()).to.equal('normal')
  })
})
