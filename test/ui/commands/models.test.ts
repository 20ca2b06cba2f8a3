import { PICKER_TITLES } from '../../../ui/messages/dialogs.ts'
import { alreadyUsesModel, switchedModel } from '../../../ui/messages/notices.ts'
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
