import { expect } from 'chai'
import { modelFacts } from '../../../lib/models/model-facts.ts'
import { UserError } from '../../../lib/util/user-error.ts'
import { formatModelSettings, parseModelSettings } from '../../../ui/commands/model-settings.ts'
import {
  alreadyHasEffort,
  alreadyUsesModel,
  effortSaved,
  effortSet,
  MODEL_SETTINGS,
  modelSettingsSet,
  modelTexts,
  switchedModel,
  unknownEffort,
} from '../../../ui/messages/models.ts'
import { PICKER_TITLES } from '../../../ui/messages/program.ts'
import type { RootState } from '../../../ui/state/state.ts'
import { dialogTexts } from '../../../ui/view/messages/dialogs.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

const effortOf = ({ session }: RootState) => session.agent?.effort
const modelOf = ({ session }: RootState): string | undefined => session.agent?.model

describe('The command /model', () => {
  it(
    'lists the models with the current one marked, and finds one while its name is typed',
    withWorkbench({}, (workbench) =>
      workbench
        .submit('/model ')
        .expectPicker(PICKER_TITLES.model, ['openai/scripted', 'openai/other'])
        .press('escape', 'alt+p')
        .expectPicker(PICKER_TITLES.model, ['openai/scripted', 'openai/other'])
        .expectScreen(/● openai\/scripted/)
        .type('oth')
        .expectPicker(PICKER_TITLES.model, ['openai/other'])
        .press('enter')
        .expectNotice(switchedModel('project', 'openai/other'))
        .expectState('the model', modelOf, 'openai/other'),
    ),
  )

  it(
    'switches to the model that is named, also when it is in use already',
    withWorkbench({}, (workbench) =>
      workbench
        .submit('/model other')
        .expectNotice(switchedModel('project', 'openai/other'))
        .submit('/model other')
        .expectNotice(alreadyUsesModel('project', 'openai/other')),
    ),
  )

  it(
    'suggests a model for a name that is close, lists all for another, and changes nothing',
    withWorkbench({}, (workbench) =>
      workbench
        .submit('/model scriptd')
        .expectScreen(/"scriptd".*openai\/scripted/)
        .submit('/model zzzz')
        .expectScreen(/"zzzz".*openai\/scripted, openai\/other/)
        .expectState('the model', modelOf, 'openai/scripted'),
    ),
  )
})

describe('Favorite models', () => {
  it(
    'come first in the list, and are marked and unmarked with a key',
    withWorkbench({}, (workbench) =>
      workbench
        .submit('/model ')
        .expectPicker(PICKER_TITLES.model, ['openai/scripted', 'openai/other'])
        .expectScreen(/ctrl\+s favorite/)
        .press('down', 'ctrl+s')
        .expectPicker(PICKER_TITLES.model, ['openai/other', 'openai/scripted'])
        .expectScreen(/▸ .*openai\/other +★ · /)
        .press('escape')
        .submit('/model ')
        .expectPicker(PICKER_TITLES.model, ['openai/other', 'openai/scripted'])
        .press('up', 'ctrl+s')
        .expectState(
          'the marks',
          ({ workbench: { overlay } }) =>
            overlay?.type === 'picker' &&
            overlay.items.some(({ detail }) => detail.includes(modelTexts.favorite)),
          false,
        )
        .check((desk) =>
          expect(desk.settings('home', 'settings.json')).to.deep.include({ favoriteModels: [] }),
        ),
    ),
  )
})

describe('The effort that is saved for a model', () => {
  it(
    'is set with the model, also for new agents',
    withWorkbench({}, (workbench) =>
      workbench
        .submit('/effort high')
        .expectNotice(effortSet('openai/scripted', 'high'))
        .submit('/effort ')
        .expectPicker(PICKER_TITLES.effort)
        .type('save')
        .press('enter')
        .expectNotice(effortSaved('openai/scripted', 'high'))
        .submit('/effort low')
        .expectState('the effort', effortOf, 'low')
        .submit('/model other')
        .expectState('the model', modelOf, 'openai/other')
        .submit('/model scripted')
        .expectState('the model', modelOf, 'openai/scripted')
        .expectState('the effort', effortOf, 'high')
        .submit('/new-agent')
        .expectState('the effort', effortOf, 'high')
        .submit('/effort default')
        .expectState('the effort', effortOf, null)
        .submit('/effort save')
        .expectNotice(effortSaved('openai/scripted', null)),
    ),
  )
})

describe('The list of models', () => {
  it(
    'is narrowed to a provider with Tab, and uses a name that is not listed as it was typed',
    withWorkbench({}, (workbench) =>
      workbench
        .submit('/model ')
        .expectPicker(PICKER_TITLES.model, ['openai/scripted', 'openai/other'])
        .press('tab')
        .expectState(
          'the query',
          ({ workbench: { overlay } }) => overlay?.type === 'picker' && overlay.query.text,
          'openai/',
        )
        .press('tab')
        .type('openai/my/own:7b')
        .expectPicker(PICKER_TITLES.model, [])
        .expectScreen(dialogTexts.notListed('enter'))
        .press('enter')
        .expectNotice(switchedModel('project', 'openai/my/own:7b')),
    ),
  )

  it(
    'begins with those that were used last',
    withWorkbench({ answers: [{ text: 'Hi.' }], options: { model: 'openai/other' } }, (workbench) =>
      workbench
        .send('One')
        .submit('/model ')
        .expectPicker(PICKER_TITLES.model, ['openai/other', 'openai/scripted'])
        .expectScreen(new RegExp(`openai/other .*${modelTexts.recent}`)),
    ),
  )

  it('names price, images, reasoning, tools and place of a model as far as they are known', () => {
    const of = (handle: string) => modelFacts(handle)
    expect(of('anthropic/claude-sonnet-4-5')).to.deep.equal({
      price: { input: 3, output: 15 },
      readsImages: true,
      reasons: true,
      callsTools: true,
      isLocal: false,
    })
    expect(of('ollama/gemma2').callsTools).to.equal(false)
    expect(of('ollama/llama3.1')).to.include({ price: null, readsImages: false, isLocal: true })
  })
})

describe('The settings of a model', () => {
  it(
    'are shown for editing, apply to the next request, and are refused with an example',
    withWorkbench({ answers: [{ text: 'Hi.' }] }, (workbench) =>
      workbench
        .submit('/model settings temperature=warm')
        .expectFlash('temperature=warm')
        .submit('/model settings temperature=0.2 max-tokens=500 parallel=off')
        .expectNotice(modelSettingsSet('temperature=0.2 max-tokens=500 window=128000 parallel=off'))
        .submit('/model settings')
        .expectPrompt(MODEL_SETTINGS.title)
        .press('escape')
        .send('One')
        .check(({ endpoint }) => {
          const sent = Object(endpoint.requests.at(-1)?.body)
          expect([sent.temperature, sent.max_tokens ?? sent.max_completion_tokens]).to.deep.equal([
            0.2, 500,
          ])
        }),
    ),
  )

  for (const word of [
    'temperature=0x1',
    'temperature=1=5',
    'temperature',
    'max-tokens=1e9',
    'max-tokens=+5',
    'window=1',
    'parallel=',
  ]) {
    it(`are decimal numbers within the limits of the model, unlike ${word}`, () => {
      const before = { temperature: 0.5, maxTokens: 9, contextWindow: 8000, parallelCalls: true }
      expect(() => parseModelSettings(word, before)).to.throw(UserError, word)
    })
  }

  it('that are not named stay as they are', () => {
    const before = { temperature: 0.5, maxTokens: null, contextWindow: 1000, parallelCalls: true }
    expect(parseModelSettings('temperature=default', before)).to.deep.equal({
      ...before,
      temperature: null,
    })
    expect(parseModelSettings(formatModelSettings(before), before)).to.deep.equal(before)
  })
})

describe('The command /effort', () => {
  it(
    'sets how long the model reasons, and shows it next to the model',
    withWorkbench({}, (workbench) =>
      workbench
        .submit('/effort high')
        .expectNotice(effortSet('openai/scripted', 'high'))
        .expectScreen(/scripted high/)
        .expectState('the effort', effortOf, 'high'),
    ),
  )

  it(
    'lists the levels with the present one marked, and goes to the next one with a key',
    withWorkbench({}, (workbench) =>
      workbench
        .press('alt+i')
        .expectNotice(effortSet('openai/scripted', 'none'))
        .submit('/effort')
        .expectPicker(PICKER_TITLES.effort, ['default', 'none', 'low', 'medium', 'high', 'save'])
        .expectScreen(/● none/)
        .type('def')
        .press('enter')
        .expectNotice(effortSet('openai/scripted', null))
        .expectState('the effort', effortOf, null),
    ),
  )

  it(
    'adds nothing to the conversation when the level is the present one',
    withWorkbench({}, (workbench) =>
      workbench
        .submit('/effort default')
        .expectFlash(alreadyHasEffort('openai/scripted', null))
        .submit('/effort high')
        .expectNotice(effortSet('openai/scripted', 'high'))
        .submit('/effort high')
        .expectFlash(alreadyHasEffort('openai/scripted', 'high'))
        .expectNotOnScreen(effortSet('openai/scripted', null)),
    ),
  )

  it(
    'names the levels when it is given another word',
    withWorkbench({}, (workbench) =>
      workbench
        .submit('/effort loud')
        .expectScreen(unknownEffort('loud', ['default', 'none', 'low', 'medium', 'high']))
        .expectState('the effort', effortOf, null),
    ),
  )
})
