import { expect } from 'chai'
import { limits } from '../../../lib/permissions/messages.ts'
import type { PermissionRule } from '../../../lib/permissions/types.ts'
import { MEMORY_REVIEW } from '../../../ui/messages/memory.ts'
import {
  LIMIT_TITLE,
  RULE_SOURCES,
  removableRule,
  removedRule,
  ruleDefinedIn,
  ruleNotSet,
} from '../../../ui/messages/permissions.ts'
import { PICKER_TITLES } from '../../../ui/messages/program.ts'
import type { RootState } from '../../../ui/state/state.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

const touch = { calls: [{ name: 'Bash', args: { command: 'touch made.txt' } }] }
const rule = (text: string): PermissionRule => ({ text, source: 'session' })
const allowed = ({ session }: RootState): readonly string[] =>
  session.rules.allow.map(({ text }) => text)

describe('The command /permissions', () => {
  it(
    'lists the mode and each rule with the place where it is defined',
    withWorkbench(
      {
        files: { '.letta/settings.json': '{"permissions":{"deny":["Read(secret)"]}}' },
        options: { allowed: ['Bash(ls)'], mode: 'acceptEdits' },
      },
      (workbench) =>
        workbench
          .submit('/permissions')
          .expectPicker(PICKER_TITLES.permissions)
          .expectScreen(
            /▸ ● mode acceptEdits/,
            new RegExp(`deny Read\\(secret\\) +${RULE_SOURCES.project}`),
            new RegExp(`allow Bash\\(ls\\) +${RULE_SOURCES.flag}`),
          )
          .expectScreen(new RegExp(`${LIMIT_TITLE} +${limits.serverTools.slice(0, 40)}`))
          .type('deny Read')
          .press('enter')
          .expectFlash(ruleDefinedIn('Read(secret)', RULE_SOURCES.project)),
    ),
  )

  it(
    'spells out what cannot be seen in a rule, in the list and in what it reports',
    withWorkbench({}, (workbench) =>
      workbench
        .dispatch({ type: 'rule.added', list: 'allow', rule: rule('Bash(a\x1b[2J\u202e b)') })
        .submit('/permissions')
        .type('Bash')
        .expectScreen(/allow Bash\(a\\x1b\[2J\\u202e b\)/)
        .press('enter')
        .expectNotice('Removed allow rule Bash(a\\x1b[2J\\u202e b).'),
    ),
  )

  it(
    'removes a rule of this session, so that its calls need approval again',
    withWorkbench({ answers: [touch, { text: 'Made.' }, touch] }, (workbench) =>
      workbench
        .perform(async (desk) => {
          desk.session.turns.send('Make it')
          const [call] = await desk.asks()
          const callId = call?.callId ?? ''
          await desk.session.approvals.allowAlways(callId, 'Bash(touch made.txt)', 'session')
          await desk.settled()
        })
        .submit('/permissions')
        .type('touch')
        .expectScreen(removableRule(RULE_SOURCES.session))
        .press('enter')
        .expectNotice(removedRule('allow', 'Bash(touch made.txt)'))
        .expectState('the rules', allowed, [])
        .perform((desk) => desk.session.turns.send('Again'))
        .expectApproval('Bash'),
    ),
  )

  it(
    'removes a rule that was saved for the directory from its file, and not a denial or one of the command line',
    withWorkbench(
      {
        files: { '.letta/settings.json': '{"permissions":{"deny":["Bash(rm:*)"]}}' },
        options: { allowed: ['Bash(ls)'] },
        answers: [touch, { text: 'Made.' }, touch],
      },
      (workbench) =>
        workbench
          .perform(async (desk) => {
            desk.session.turns.send('Make it')
            const [call] = await desk.asks()
            const callId = call?.callId ?? ''
            await desk.session.approvals.allowAlways(callId, 'Bash(touch made.txt)', 'local')
            await desk.settled()
          })
          .submit('/permissions')
          .type('touch')
          .expectScreen(removableRule(RULE_SOURCES.local))
          .press('enter')
          .expectNotice(removedRule('allow', 'Bash(touch made.txt)'))
          .expectState('the rules', allowed, ['Bash(ls)'])
          .check(({ read }) =>
            expect(JSON.parse(read('.letta/settings.local.json')).permissions).to.deep.equal({
              allow: [],
            }),
          )
          .perform((desk) => desk.session.turns.send('Again'))
          .expectApproval('Bash'),
    ),
  )

  it(
    'removes the selected rule although the list changed while it was open',
    withWorkbench({}, (workbench) =>
      workbench
        .dispatch({ type: 'rule.added', list: 'allow', rule: rule('Bash(one)') })
        .dispatch({ type: 'rule.added', list: 'allow', rule: rule('Bash(two)') })
        .dispatch({ type: 'rule.added', list: 'allow', rule: rule('Bash(three)') })
        .submit('/permissions')
        .type('Bash(three)')
        .dispatch({ type: 'rule.removed', list: 'allow', rule: rule('Bash(one)') })
        .press('enter')
        .expectState('the rules', allowed, ['Bash(two)']),
    ),
  )

  it(
    'removes nothing when the selected rule is gone already',
    withWorkbench({}, (workbench) =>
      workbench
        .dispatch({ type: 'rule.added', list: 'allow', rule: rule('Bash(one)') })
        .dispatch({ type: 'rule.added', list: 'deny', rule: rule('Bash(one)') })
        .submit('/permissions')
        .type('allow Bash(one)')
        .dispatch({ type: 'rule.removed', list: 'allow', rule: rule('Bash(one)') })
        .press('enter')
        .expectFlash(ruleNotSet('Bash(one)'))
        .check(({ session }) =>
          expect(session.store.state.rules.deny).to.deep.equal([rule('Bash(one)')]),
        ),
    ),
  )

  it(
    'sets the permission mode',
    withWorkbench({}, (workbench) =>
      workbench
        .submit('/permissions')
        .type('plan')
        .expectPicker(PICKER_TITLES.permissions, ['mode plan'])
        .press('enter')
        .expectState('the mode', ({ session }) => session.mode, 'plan'),
    ),
  )

  it(
    'switches the review of memory on and off',
    withWorkbench({}, (workbench) =>
      workbench
        .submit('/permissions')
        .type(MEMORY_REVIEW.title)
        .press('enter')
        .expectState('the review', ({ session }) => session.reviewsMemory, true)
        .submit('/permissions')
        .type(MEMORY_REVIEW.title)
        .press('enter')
        .expectState('the review', ({ session }) => session.reviewsMemory, false),
    ),
  )
})
