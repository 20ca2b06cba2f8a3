import { expect } from 'chai'
import { findTrigger, matchingSuggestions } from '../../../ui/state/completion.ts'
import { createEditor } from '../../../ui/state/editor.ts'

describe('The completed text', () => {
  const at = (text: string, cursor = text.length) => findTrigger({ ...createEditor(text), cursor })

  it('is a command at the start of the message', () => {
    expect(at('/')).to.deep.equal({ type: 'command', from: 0, query: '' })
    expect(at('/mod')).to.deep.equal({ type: 'command', from: 0, query: 'mod' })
    for (const text of ['/usr/bin', '/usr/bin x', 'say /mod', 'say /model x', ' /mod', '/1', 'x']) {
      expect(at(text), text).to.equal(null)
    }
  })

  it('is the argument of a command at the end of the message', () => {
    const argument = { type: 'argument', command: 'model' }
    expect(at('/model ')).to.deep.equal({ ...argument, from: 7, query: '' })
    expect(at('/model  gpt 4')).to.deep.equal({ ...argument, from: 8, query: 'gpt 4' })
    expect(at('/model gpt 4', 10)).to.equal(null)
    expect(at('/review @src')).to.deep.equal({ type: 'file', from: 8, query: 'src' })
    for (const text of ['/model\nx', '/model x\ny']) expect(at(text), text).to.equal(null)
  })

  it('is a file after an @ at the start of any word', () => {
    expect(at('@')).to.deep.equal({ type: 'file', from: 0, query: '' })
    expect(at('look at @src/a')).to.deep.equal({ type: 'file', from: 8, query: 'src/a' })
    expect(at('one\n@two')).to.deep.equal({ type: 'file', from: 4, query: 'two' })
    expect(at('me@home')).to.equal(null)
    expect(at('see @+src/a')).to.deep.equal({ type: 'file', from: 4, query: 'src/a' })
    expect(at('see @"my fi')).to.deep.equal({ type: 'file', from: 4, query: 'my fi' })
    expect(at('see @"my file" ')).to.equal(null)
  })

  it('is nothing in the middle of a word', () => {
    expect(at('/model', 3)).to.equal(null)
    expect(at('@src x', 4)).to.deep.equal({ type: 'file', from: 0, query: 'src' })
  })

  it('is first the exact command, then those with this prefix, then those that contain it', () => {
    const items = ['unlink', 'links', 'link', 'rename'].map((insert) => ({
      insert,
      title: insert,
      detail: '',
    }))
    const trigger = { type: 'command', from: 0, query: 'LINK' } as const
    const fitting = matchingSuggestions({ trigger, items, selected: 0 })
    expect(fitting.map(({ insert }) => insert)).to.deep.equal(['link', 'links', 'unlink'])
  })

  it('is one of the files found for a shorter text that still match', () => {
    const items = ['src/', 'src/App.ts', 'lib/app.ts', 'README.md'].map((insert) => ({
      insert,
      title: insert,
      detail: '',
    }))
    const of = (query: string): readonly string[] =>
      matchingSuggestions({ trigger: { type: 'file', from: 0, query }, items, selected: 0 }).map(
        ({ insert }) => insert,
      )
    expect(of('app')).to.deep.equal(['src/App.ts', 'lib/app.ts'])
    expect(of('src/a')).to.deep.equal(['src/App.ts'])
    expect(of('sr')).to.deep.equal(['src/', 'src/App.ts'])
    expect(of('lap')).to.deep.equal(['lib/app.ts'])
  })
})
