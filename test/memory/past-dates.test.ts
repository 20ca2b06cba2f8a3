import { expect } from 'chai'
import { findPastDate } from '../../lib/memory/past-dates.ts'

const TODAY = '2026-11-29'

describe('The dates of a line of memory', () => {
  const past = [
    ['On holiday until 2026-08-01.', '2026-08-01'],
    ['Release on 2025-01-05.', '2025-01-05'],
    ['- The release is on 2025-01-05', '2025-01-05'],
    ['Deadline: 5 January 2025', '2025-01-05'],
    ['Freeze ends Jan 5, 2025', '2025-01-05'],
    ['Exam: 01.02.2025', '2025-02-01'],
    ['Vacation 2025-02-01 to 2025-02-14', '2025-02-14'],
    ['Demo for the customer 2025/01/05', '2025-01-05'],
    ['Finish the migration by 2026-11-28', '2026-11-28'],
    ['License expires 2026-01', '2026-01'],
    ['2025-01-05: release planned', '2025-01-05'],
    ['Node 18 end of life 2025-04-30', '2025-04-30'],
  ] as const
  for (const [line, date] of past) {
    it(`are past when they were ahead: “${line}”`, () => {
      expect(findPastDate(line, TODAY)).to.equal(date)
    })
  }

  const kept = [
    'Moved on 2026-08-01.',
    'Released v2 on 2025-01-05.',
    '2025-01-05: decided to use pnpm',
    '- [2025-01-05] a new parser',
    '## 2025-01-05',
    'Born 2005-03-02',
    'Since 2024-05-01 we use Node 22',
    'Last updated: 2025-01-05',
    'Frozen from 2025-01-05',
    'The deadline was 2025-01-05',
    'Merged by Ana on 2025-01-05',
    'Uses the model gpt-4o-2024-08-06',
    'API version 2024-10-21',
    'See logs/2025-01-05.txt and `date -d 2025-01-05`',
    'Statistics for 2025-01',
    'Notes of 2025-01-05 are in the wiki',
    'Holiday 2026-11-01 to 2026-12-01',
    'Due 2027-01-01.',
    'Due today, 2026-11-29',
    'Ticket 2025-13-45 is open',
    'Prefers tea',
  ]
  for (const line of kept) {
    it(`are not reported where they record something, or are ahead: “${line}”`, () => {
      expect(findPastDate(line, TODAY)).to.equal(null)
    })
  }
})
