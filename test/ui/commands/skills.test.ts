import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import {
  skillExists,
  skillNameInvalid,
  skillTemplate,
} from '../../../lib/session/messages/skills.ts'
import { PICKER_TITLES } from '../../../ui/messages/program.ts'
import { CREATE_SKILL } from '../../../ui/messages/skills.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

const skill = (name: string, tags: string) =>
  `---\nname: ${name}\ndescription: About ${name}\ntags: [${tags}]\n---\n# Text of ${name}\n\n${'A line.\n\n'.repeat(40)}The end of ${name}.\n`

const FILES = {
  '.skills/bisect/SKILL.MD': skill('bisect', 'git'),
  '.skills/release/SKILL.MD': skill('release', 'docs'),
  '.skills/broken/SKILL.MD': '---\nname: [broken\n---\n',
}

describe('The page of skills', () => {
  it(
    'shows the list and the text of the selected one next to it, which scrolls',
    withWorkbench({ files: FILES }, (workbench) =>
      workbench
        .press('alt+4')
        .expectScreen(/▸ bisect .*│ bisect/, 'Text of bisect', 'release')
        .press('j')
        .expectScreen(/▸ release/, 'Text of release', 'bisect')
        .press('end')
        .expectScreen(/▸ release/, 'The end of release.')
        .press('k')
        .expectScreen(/▸ bisect/, 'Text of bisect'),
    ),
  )

  it(
    'shows the complete reason why a file is invalid, and opens it in the editor at its line',
    withWorkbench({ files: FILES }, (workbench) =>
      workbench
        .press('alt+4', 'j', 'j')
        .expectScreen(/▸ ✗ broken\/SKILL\.MD/, /front matter, line 2: Flow sequence/)
        .press('e')
        .check((desk) =>
          expect(desk.done).to.deep.equal([`edit ${desk.project}/.skills/broken/SKILL.MD:2`]),
        ),
    ),
  )

  it(
    'says what a skill is and how to create one while there is none, and names no key that needs one',
    withWorkbench({}, (workbench) =>
      workbench
        .press('alt+4')
        .expectScreen('n creates one from a template', 'n new')
        .expectNotOnScreen('e edit')
        .expectNotOnScreen('/ find'),
    ),
  )

  it(
    'finds a skill by letters and by tags',
    withWorkbench({ files: FILES }, (workbench) =>
      workbench
        .press('alt+4', '/')
        .expectPicker(PICKER_TITLES.skills)
        .type('#docs')
        .expectPicker(PICKER_TITLES.skills, ['release'])
        .press('enter')
        .expectNoOverlay()
        .expectState('selected', ({ workbench: { skills } }) => skills.selected, 'release'),
    ),
  )
})

describe('A new skill', () => {
  it(
    'is created from a template by its name, once, and never outside of the directory',
    withWorkbench({ files: FILES }, (workbench) =>
      workbench
        .press('f3', 'n')
        .expectPrompt(CREATE_SKILL.title)
        .type('../../evil')
        .press('enter')
        .expectScreen(skillNameInvalid('../../evil'))
        .press('escape')
        .expectNoOverlay()
        .press('n')
        .expectPrompt(CREATE_SKILL.title)
        .type('release')
        .press('enter')
        .expectScreen(skillExists('release'))
        .press('escape')
        .expectNoOverlay()
        .press('n')
        .expectPrompt(CREATE_SKILL.title)
        .type('Write docs')
        .press('enter')
        .expectNoOverlay()
        .expectState('selected', ({ workbench: { skills } }) => skills.selected, 'write-docs')
        .check((desk) => {
          expect(desk.read('.skills/write-docs/SKILL.MD')).to.equal(skillTemplate('write-docs'))
          expect(desk.read('.skills/release/SKILL.MD')).to.equal(FILES['.skills/release/SKILL.MD'])
          expect(existsSync(join(desk.project, '../evil'))).to.equal(false)
        }),
    ),
  )
})
