import type { TurnInput } from '../../lib/client/stream/stream.ts'
import type { TurnPorts } from '../../lib/session/turn.ts'

/** Of a turn in which nothing is attached, pending or left, so that only its stream and its calls matter. */
export function quietTurnPorts(): Omit<TurnPorts, 'store' | 'stream' | 'settle'> {
  return {
    attach: async () => ({ texts: [], images: [] }),
    attachFailed: () => undefined,
    begin: async () => {},
    confirm: async () => {},
    pending: async () => [],
    leftPending: async () => [],
    steering: () => null,
    reminder: () => null,
    release: async () => {},
    maxSteps: null,
    maxCost: null,
    spentElsewhere: () => 0,
    answeredBy: () => ({}),
    fallBack: async () => false,
    repeated: (input: TurnInput) => input,
    priced: (usage) => usage,
    serverToolReturned: () => {},
    isLocalTool: () => false,
    cancelledText: 'Cancelled.',
    now: () => 0,
    newId: () => 'turn',
  }
}
