import type { RootState } from './state.ts'

interface TourStep {
  readonly id: string
  /** Whether the person has just done what the step asks for. */
  isDone(before: RootState, after: RootState): boolean
}

/** The steps of the tour in their order. What a step asks for is in `ui/messages/tour.ts`. */
export const TOUR_STEPS = [
  { id: 'write', isDone: (before, after) => hasEnded(before, after) },
  { id: 'entries', isDone: (before, after) => hasLeft('conversation', before, after) },
  { id: 'memory', isDone: (_, { workbench }) => workbench.page === 'memory' },
  {
    id: 'authors',
    isDone: ({ workbench }, after) =>
      !workbench.memory.page.showsAuthors && after.workbench.memory.page.showsAuthors,
  },
  {
    id: 'edit',
    isDone: ({ workbench }, after) =>
      workbench.memory.editing !== null && after.workbench.memory.editing === null,
  },
  { id: 'changes', isDone: (_, { workbench }) => workbench.page === 'changes' },
  { id: 'shell', isDone: (before, after) => hasNewShellLine(before, after) },
  { id: 'palette', isDone: (before, after) => closed('picker', before, after) },
  { id: 'help', isDone: (before, after) => closed('help', before, after) },
] as const satisfies readonly TourStep[]

/** The state with the next step when the event has completed the current one; without a tour after the last. */
export function advanceTour(before: RootState, after: RootState): RootState {
  const { tour } = before.workbench
  if (tour === null || after.workbench.tour !== tour || after === before) return after
  if (!TOUR_STEPS[tour]?.isDone(before, after)) return after
  return { ...after, workbench: { ...after.workbench, tour: nextStep(tour) } }
}

/** Null after the last. */
export function nextStep(tour: number): number | null {
  return tour + 1 < TOUR_STEPS.length ? tour + 1 : null
}

function hasEnded(before: RootState, after: RootState): boolean {
  return before.session.turn.type !== 'idle' && after.session.turn.type === 'idle'
}

function hasLeft(pane: string, before: RootState, after: RootState): boolean {
  return before.workbench.focus === pane && after.workbench.focus !== pane
}

function closed(type: string, { workbench }: RootState, after: RootState): boolean {
  return workbench.overlay?.type === type && after.workbench.overlay === null
}

function hasNewShellLine(before: RootState, after: RootState): boolean {
  const [last, next] = [before, after].map(
    ({ session }) => session.current.at(-1) ?? session.settled.at(-1),
  )
  return next?.type === 'shellLine' && next.id !== last?.id
}
