import { expect } from 'chai'
import { RECORDING_VERSION } from '../../lib/recording/format.ts'
import { invalidEvent, notARecording, otherRecordingVersion } from '../../lib/recording/messages.ts'
import { createRecorder } from '../../lib/recording/record.ts'
import { readRecording } from '../../lib/recording/replay.ts'
import { MAX_JOB_OUTPUT_CHARACTERS } from '../../lib/session/reduce/jobs.ts'
import { reduceSession } from '../../lib/session/reduce/session.ts'
import { emptySession } from '../../lib/session/state/session-state.ts'
import { createRedactor, findSecrets } from '../../lib/util/redact.ts'
import { messageOf } from '../../lib/util/user-error.ts'
import { OPENED } from '../ui/view/panes/scene.ts'

const KEY = 'correct-horse-battery'

describe('A recording', () => {
  const record = (...events: readonly { type: string; [name: string]: unknown }[]): string => {
    let text = ''
    const hear = createRecorder({
      directory: '/p',
      at: 5,
      redact: createRedactor(findSecrets({ MY_API_KEY: KEY, HOME: '/home/ada', A_TOKEN: 'x' })),
      write: (line) => {
        text += line
      },
    })
    for (const event of events) hear(event)
    return text
  }
  const delta = (text: string) => ({
    type: 'message.delta',
    role: 'assistant',
    id: 'a1',
    text,
    at: 7,
  })
  const finished = {
    type: 'turn.finished',
    outcome: { type: 'done' },
    apiMs: 1,
    at: 9,
    id: 'e1',
  }

  it('has one event per line, which recreate the same state', () => {
    const events = [...OPENED, delta('Good'), delta(' day.'), finished]
    const { directory, startedAt, events: read } = readRecording(record(...events), 'r')
    expect([directory, startedAt]).to.deep.equal(['/p', 5])
    const replayed = read.reduce(reduceSession, emptySession(directory, startedAt))
    const lived = events.reduce(
      (state, event) => reduceSession(state, event as Parameters<typeof reduceSession>[1]),
      emptySession('/p', 5),
    )
    expect(replayed).to.deep.equal(lived)
  })

  it('contains no key of the environment, none that looks like one, and none that came in pieces', () => {
    const text = record(
      { type: 'server.reached', server: { type: 'selfHosted', url: `http://me:${KEY}@host/` } },
      { type: 'server.reached', server: { type: 'selfHosted', url: 'http://me:other@host/' } },
      delta('It is correct-hor'),
      delta('se-battery, or sk-ant-'),
      delta('0123456789abcdefghij.'),
      { type: 'tool.output', callId: 'c1', text: 'ghp_0123456789', at: 8 },
      { type: 'tool.output', callId: 'c1', text: '0123456789abcdef', at: 8 },
      {
        type: 'tool.delta',
        callId: 'c1',
        host: 'local',
        tool: 'Bash',
        args: '{"command":"a ',
        at: 8,
      },
      { type: 'tool.delta', callId: 'c1', host: 'local', tool: '', args: `${KEY}"}`, at: 8 },
      finished,
    )
    expect(text).to.not.match(/correct|battery|other@|0123456789/)
    expect(text).to.include('It is [hidden], or [hidden].').and.include('http://[hidden]@host/')
    expect(text).to.include(JSON.stringify('{"command":"a [hidden]"}'))
  })

  it('joins the output of a background job, and contains no more of it than the screen shows', () => {
    const output = (text: string) => ({ type: 'job.output', jobId: 'bash_1', text })
    const started = { type: 'job.started', jobId: 'bash_1', command: 'serve', at: 6 }
    const facts = [
      started,
      output('correct-hor'),
      output('se-battery '),
      output('.'.repeat(30_000)),
    ]
    const { events } = readRecording(record(...facts, finished), 'r')
    expect(events.map(({ type }) => type)).to.deep.equal([
      'job.started',
      'job.output',
      'turn.finished',
    ])
    const replayed = events.reduce(reduceSession, emptySession('/p', 5))
    expect(replayed.jobs[0]?.output).to.equal('.'.repeat(MAX_JOB_OUTPUT_CHARACTERS))
    const short = record(started, output('correct-hor'), output('se-battery'), finished)
    expect(short).to.include('[hidden]').and.not.include('correct')
  })

  it('contains no text that was typed but not sent', () => {
    const text = record(
      { type: 'text.edited', editor: { text: 'secret' } },
      { type: 'tick', at: 1 },
    )
    expect(text.trimEnd().split('\n')).to.have.lengthOf(1)
  })

  it('is read without an incomplete last line, and rejected when it is not a recording', () => {
    const text = record(...OPENED)
    const { events } = readRecording(`${text}{"type":"turn.fin`, 'r')
    expect(events).to.have.lengthOf(OPENED.length)
    const refused = (from: string): string => {
      try {
        readRecording(from, 'r')
        return 'read'
      } catch (thrown) {
        return messageOf(thrown)
      }
    }
    expect(refused('')).to.equal(notARecording('r').message)
    expect(refused(`${text}{"type":"flash.shown"}\n`)).to.equal(
      invalidEvent('r', OPENED.length + 2),
    )
    expect(refused('{"type":"recording.started","at":1,"version":1}\n')).to.equal(
      otherRecordingVersion('r', 1, RECORDING_VERSION),
    )
  })
})
