import type { ModelPart } from './provider.ts'

interface OpenCall {
  readonly callId: string
  readonly name: string
  args: string
  unsent: string
  announced: boolean
  ended: boolean
}

/** Puts the deltas of parallel calls, which a provider may interleave, into one sequence per call. */
export interface CallOrder {
  start(callId: string, name: string): ModelPart[]
  delta(callId: string, text: string): ModelPart[]
  /** `input` is the complete arguments, for providers that send no deltas. */
  end(callId: string, name: string, input: string): ModelPart[]
  /** Called at the end of the answer. */
  close(): ModelPart[]
}

export function createCallOrder(): CallOrder {
  const waiting: OpenCall[] = []
  const seen = new Map<string, OpenCall>()

  const open = (callId: string, name: string): OpenCall => {
    const known = seen.get(callId)
    if (known !== undefined) return known
    const call = { callId, name, args: '', unsent: '', announced: false, ended: false }
    seen.set(callId, call)
    waiting.push(call)
    return call
  }
  const add = (call: OpenCall, text: string): void => {
    call.args += text
    call.unsent += text
  }
  return {
    start(callId, name) {
      open(callId, name)
      return takeReady(waiting)
    },
    delta(callId, text) {
      const call = seen.get(callId)
      if (call !== undefined) add(call, text)
      return takeReady(waiting)
    },
    end(callId, name, input) {
      const call = open(callId, name)
      if (call.args.trim() === '') add(call, input.trim() === '' ? '{}' : input)
      call.ended = true
      return takeReady(waiting)
    },
    close() {
      for (const call of waiting) call.ended = true
      return takeReady(waiting)
    },
  }
}

function takeReady(waiting: OpenCall[]): ModelPart[] {
  const parts: ModelPart[] = []
  for (let call = waiting[0]; call !== undefined; call = waiting[0]) {
    const { callId, name, unsent } = call
    if (!call.announced) parts.push({ type: 'callStart', callId, name })
    if (unsent !== '') parts.push({ type: 'callDelta', callId, args: unsent })
    call.announced = true
    call.unsent = ''
    // Some providers end no call before the end of the answer; a complete object ends a call too.
    if (!call.ended && !(waiting.length > 1 && isComplete(call.args))) break
    waiting.shift()
  }
  return parts
}

function isComplete(json: string): boolean {
  // Called for every delta of a long call, so the cheap test comes first.
  if (!/\}\s*$/.test(json.slice(-8))) return false
  try {
    return typeof JSON.parse(json) === 'object'
  } catch {
    return false
  }
}
