import { PICKER_TITLES } from '../../../ui/messages/dialogs.ts'
import {
  alreadyHasEffort,
  alreadyUsesModel,
  effortSet,
  switchedModel,
  unknownEffort,
} from '../../../ui/messages/notices.ts'
import type { RootState } from '../../../ui/state/state.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

const modelOf = ({ session }: RootState): string | undefined => session.agent?.model

describe('The command /model', () => {
  it(
    'lists the models with the current one marked, and finds one while its name is typed',
    withWorkbench({}, (workbench) =>
      workbench
        .submit('/model ')
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

const effortOf = ({ session }: RootState): string | null | undefined => session.agent?.effort

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
        .expectPicker(PICKER_TITLES.effort, ['default', 'none', 'low', 'medium', 'high'])
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
