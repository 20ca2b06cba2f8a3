import { member } from './json-members.ts'

/** An error that a provider reports within a successful response. It has the fields of the AI SDK's errors. */
export class AnswerFailure extends Error {
  override readonly name = 'AnswerFailure'
  readonly code: string | null
  readonly type: string | null
  /** Null when the report contains none. */
  readonly statusCode: number | null

  constructor(reason: string, report: unknown = null) {
    super(reason)
    const error = member(report, 'error')
    const codes = ['code', 'type', 'status'].map(
      (name) => member(error, name) ?? member(report, name),
    )
    const status = codes.map(Number).find((code) => code >= 400 && code < 600)
    const [code, type] = codes
    this.code = typeof code === 'string' ? code : null
    this.type = typeof type === 'string' ? type : null
    this.statusCode = status ?? null
  }
}

/** The model ended its answer for a reason that makes it unusable. */
export class UnusableAnswer extends Error {
  override readonly name = 'UnusableAnswer'
  /** In the words of the provider. */
  readonly finishReason: string

  constructor(message: string, finishReason: string) {
    super(message)
    this.finishReason = finishReason
  }
}
