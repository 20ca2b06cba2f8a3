import { mkdirSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { modelReadsNoImages } from '../../../lib/session/messages/agents.ts'
import {
  ATTACHMENT_NOT_FOUND,
  attachmentFailed,
  linesMissing,
} from '../../../lib/session/messages/attachments.ts'
import { IMAGE_DAMAGED } from '../../../lib/tools/messages/files.ts'
import { READING_DENIED } from '../../../lib/util/messages.ts'
import { typeText } from '../../../ui/input/input-router.ts'
import { NO_FILE_NAMED } from '../../../ui/messages/composer.ts'
import type { RootState } from '../../../ui/state/state.ts'
import type { Desktop } from '../../support/desktop.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const files = { 'src/app.ts': 'one\ntwo\nthree\n', 'src/b.ts': '', 'my notes.md': 'a note\n' }
const answers = [{ text: 'Read.' }]
const DENIED = JSON.stringify({ permissions: { deny: ['Read(.env)'] } })

/** What a request contains of the user's last message. */
const sent = ({ endpoint }: Desktop, at = 0): string =>
  JSON.stringify(endpoint.requests[at]?.body.messages?.findLast(({ role }) => role === 'user'))
const shown = ({ workbench }: RootState): readonly string[] =>
  workbench.attachments.map(({ name, detail, problem }) => `${name}: ${problem ?? detail}`)

describe('A file that a message names', () => {
  it(
    'is only named, until a key attaches it; what is sent is shown with its size',
    withWorkbench({ answers, files }, (workbench) =>
      workbench
        .press('alt+a')
        .expectFlash(NO_FILE_NAMED)
        .type('see @src/app.ts please')
        .expectState('the attachments', shown, [])
        .press('alt+a')
        .expectMessage('see @+src/app.ts please')
        .expectState('the attachments', shown, ['src/app.ts: 3 lines, 14 B'])
        .expectScreen('+ src/app.ts 3 lines, 14 B')
        .press('alt+a')
        .expectMessage('see @src/app.ts please')
        .expectState('the attachments', shown, [])
        .press('alt+a', 'enter')
        .expectScreen('Read.')
        .check((desk) => expect(sent(desk)).to.include('file: src/app.ts\\n\\none\\ntwo\\nthree'))
        .expectState('the attachments', shown, [])
        .expectNotOnScreen('three'),
    ),
  )

  it(
    'at the end of a message is attached without suggestions, so that the next key sends it',
    withWorkbench({ answers: [{ text: 'Named.' }, { text: 'Attached.' }], files }, (workbench) =>
      workbench
        .type('see @src/app.ts')
        .expectSuggestion('src/app.ts')
        .press('enter')
        .expectScreen('Named.')
        .press('up', 'alt+a')
        .expectMessage('see @+src/app.ts')
        .expectState(
          'where suggestions are dismissed',
          ({ workbench: { dismissedTrigger } }) => dismissedTrigger?.from,
          4,
        )
        .press('enter')
        .expectScreen('Attached.'),
    ),
  )

  it(
    'is attached with some lines, and a directory with its names',
    withWorkbench({ answers, files }, (workbench) =>
      workbench
        .type('@src/app.ts:2-3 @+src @+"my notes.md"')
        .expectState('the attachments', shown, [
          'src/app.ts:2-3: 2 lines, 10 B',
          'src: 2 entries',
          'my notes.md: 1 line, 7 B',
        ])
        .press('enter')
        .expectScreen('Read.')
        .check((desk) => {
          expect(sent(desk)).to.include('two\\nthree').and.not.include('one\\ntwo')
          expect(sent(desk)).to.include('directory: src\\n\\napp.ts\\nb.ts').and.include('a note')
        }),
    ),
  )

  it(
    'stays in the message when it cannot be attached',
    withWorkbench(
      { answers, files: { ...files, '.env': 'KEY=1', '.letta/settings.json': DENIED } },
      (workbench) =>
        workbench
          .type('@+none.ts')
          .press('enter')
          .expectFlash(attachmentFailed('none.ts', ATTACHMENT_NOT_FOUND).message)
          .expectMessage('@+none.ts')
          .press('ctrl+u')
          .type('@src/app.ts:9')
          .press('enter')
          .expectFlash(attachmentFailed('src/app.ts:9', linesMissing(3)).message)
          .press('ctrl+u')
          .type('@+.env')
          .press('enter')
          .expectFlash(attachmentFailed('.env', READING_DENIED).message)
          .check(({ endpoint }) => expect(endpoint.requests).to.have.length(0)),
    ),
  )

  it(
    'is listed in a directory with the number of those that are left out, each name on one line',
    withWorkbench({ answers }, (workbench) =>
      workbench
        .perform(({ project }) => {
          mkdirSync(`${project}/many`)
          writeFileSync(`${project}/many/0\nb`, '')
          for (let name = 1000; name < 1600; name++) writeFileSync(`${project}/many/${name}`, '')
        })
        .type('@+many ')
        .expectState('the attachments', shown, ['many: 500 of 601 entries'])
        .press('enter')
        .expectScreen('Read.')
        .check((desk) => {
          const text = JSON.parse(sent(desk)).content
          const all = typeof text === 'string' ? text : JSON.stringify(text)
          expect(all).to.include('"0\\nb"').and.include('1498')
          expect(all).to.not.include('1499')
          expect(all).to.include('500 of 601 entries')
        }),
    ),
  )

  it(
    'is shown before others when it cannot be attached',
    withWorkbench({ answers, files }, (workbench) =>
      workbench.type('@+src/app.ts @+none.ts').expectScreen(/✗ none\.ts .*\+ src\/app\.ts/),
    ),
  )

  it(
    'is not read for a text that the person has not typed',
    withWorkbench({ answers, files }, (workbench) =>
      workbench
        .perform(({ session }) => session.turns.send('see @+src/app.ts'))
        .expectScreen('Read.')
        .check((desk) => expect(sent(desk)).to.not.include('three')),
    ),
  )

  it(
    'reaches the agent with a message that is sent while it works',
    withWorkbench(
      {
        answers: [{ calls: [{ name: 'Bash', args: { command: 'touch x' } }] }, { text: 'Both.' }],
        files,
      },
      (workbench) =>
        workbench
          .submit('Go')
          .expectApproval('Bash')
          .press('f6')
          .expectFocus('approval')
          .press('f6')
          .type('also @+src/app.ts')
          .press('enter')
          .expectState('the queue', ({ session }) => session.queue.length, 1)
          .press('f4', 'y')
          .expectScreen('Both.')
          .check((desk) => expect(sent(desk, 1)).to.include('one\\ntwo\\nthree')),
    ),
  )
})

describe('An image that a message names', () => {
  const put = ({ project }: Desktop): string => `${project}/shot.png`

  it(
    'is sent with it, and shown with its size, also when its path is pasted',
    withWorkbench({ answers }, (workbench) =>
      workbench
        .perform((desk) => writeImage(put(desk)))
        .type('What is')
        .perform((desk) => typeText(desk.root, put(desk), 0, new Map()))
        .expectState(
          'the attachments',
          (state) => shown(state).map((text) => text.replace(/^.*\//, '')),
          ['shot.png: 1×1 PNG 70 B'],
        )
        .press('enter')
        .expectScreen('Read.')
        .check((desk) => expect(sent(desk)).to.include(PIXEL)),
    ),
  )

  it(
    'is refused when it is damaged, with the reason that the agent would read',
    withWorkbench({ answers }, (workbench) =>
      workbench
        .perform((desk) => writeFileSync(put(desk), Buffer.from(PIXEL, 'base64').subarray(0, 40)))
        .type('@shot.png ')
        .expectState('the attachments', shown, [`shot.png: ${IMAGE_DAMAGED}`])
        .press('enter')
        .expectFlash(attachmentFailed('shot.png', IMAGE_DAMAGED).message)
        .check(({ endpoint }) => expect(endpoint.requests).to.have.length(0)),
    ),
  )

  it(
    'is refused for a model that reads text only, and when it is none',
    withWorkbench({ answers, files: { 'fake.png': 'text' } }, (workbench) =>
      workbench
        .perform((desk) => writeImage(put(desk)))
        .type('@fake.png')
        .press('enter')
        .expectMessage('@fake.png')
        .check(({ endpoint }) => expect(endpoint.requests).to.have.length(0))
        .perform(({ root }) => {
          const { agent } = root.state.session
          if (agent !== null) {
            root.dispatch({ type: 'agent.changed', agent: { ...agent, model: 'x/gpt-3.5-turbo' } })
          }
        })
        .press('ctrl+u')
        .type('@shot.png')
        .press('enter')
        .expectFlash(attachmentFailed('shot.png', modelReadsNoImages('x/gpt-3.5-turbo')).message),
    ),
  )
})

function writeImage(file: string): void {
  writeFileSync(file, Buffer.from(PIXEL, 'base64'))
}
