import { NO_OPTIONS, type OptionGrammar } from './options.ts'

/**
 * A program that starts another program, which follows its options. The options are all that it has: with others it is
 * not known which word is the program.
 */
export interface Wrapper extends OptionGrammar {
  /** The number of words between the options and the program. */
  readonly operands: number
  readonly isTransparent: boolean
  /** Options with which it is not transparent. */
  readonly opaque: RegExp | null
  /** Options with which nothing is run. */
  readonly idle: RegExp | null
}

const PLAIN: Wrapper = {
  ...NO_OPTIONS,
  operands: 0,
  isTransparent: false,
  opaque: null,
  idle: null,
}

type WrapperOptions = Partial<Omit<Wrapper, 'long' | 'isTransparent'>> & { readonly long?: string }

function plain({ long = '', ...options }: WrapperOptions = {}): Wrapper {
  return { ...PLAIN, ...options, long: `${long} help version`.trim().split(/\s+/) }
}

function transparent(options: WrapperOptions = {}): Wrapper {
  return { ...plain(options), isTransparent: true }
}

export const TRANSPARENT_WRAPPER = transparent()

export const XARGS = plain({
  flags: '0oprtx',
  values: 'adEILnPs',
  maybe: 'eil',
  long: `null arg-file= delimiter= eof? exit interactive max-args= max-chars= max-lines? max-procs= no-run-if-empty
    open-tty process-slot-var= replace? show-limits verbose`,
})

export const ENV: OptionGrammar = plain({
  flags: 'i0v',
  values: 'uCSaP',
  long: `argv0= ignore-environment null unset= chdir= split-string= block-signal? default-signal? ignore-signal?
    list-signal-handling debug`,
})

export const WATCH: OptionGrammar = plain({
  flags: 'bcCegptxwrhv',
  values: 'nqs',
  maybe: 'd',
  long: `beep color no-color differences? errexit chgexit interval= precise no-rerun no-title no-wrap exec equexit=
    shotsdir=`,
})

export const PARALLEL: OptionGrammar = plain({
  flags: '0kmqtuvX',
  values: 'jIaSNDnL',
  long: 'jobs= arg-file= delay=',
})

export const SSH: OptionGrammar = {
  ...NO_OPTIONS,
  flags: '46AaCfGgKkMNnqsTtVvXxYy',
  values: 'BbcDEeFIiJLlmOoPpQRSWw',
}

export const WRAPPERS = new Map<string, Wrapper>([
  [
    'timeout',
    transparent({
      flags: 'fpv',
      values: 'ks',
      long: 'kill-after= signal= foreground preserve-status verbose',
      operands: 1,
    }),
  ],
  ['nice', transparent({ values: 'n', long: 'adjustment=', isNumbered: true })],
  [
    'ionice',
    transparent({
      flags: 't',
      values: 'cnpPu',
      long: 'class= classdata= ignore pid= pgid= uid=',
      opaque: /^-\w*[pPu]|^--[pu]/,
    }),
  ],
  ['nohup', transparent()],
  ['stdbuf', transparent({ values: 'ioe', long: 'input= output= error=' })],
  [
    'time',
    transparent({
      flags: 'apqvV',
      values: 'fo',
      long: 'append format= output= portability quiet verbose',
      opaque: /^-\w*o|^--output/,
    }),
  ],
  ['command', transparent({ flags: 'pvV', idle: /^-\w*[vV]/ })],
  ['builtin', transparent()],
  ['noglob', transparent()],
  ['nocorrect', transparent()],
  ['-', PLAIN],
  ['jobs', plain({ flags: 'x' })],
  ['exec', plain({ flags: 'cl', values: 'a' })],
  ['setsid', plain({ flags: 'cfwhV', long: 'ctty fork wait' })],
  ['busybox', plain()],
  ['toybox', plain()],
  [
    'chrt',
    plain({
      flags: 'abdfimoprRvV',
      values: 'TPD',
      long: `batch deadline fifo idle other rr reset-on-fork sched-runtime= sched-period= sched-deadline= all-tasks max
        pid verbose`,
      operands: 1,
    }),
  ],
  ['taskset', plain({ flags: 'acphV', long: 'all-tasks pid cpu-list', operands: 1 })],
  ['chroot', plain({ long: 'groups= userspec= skip-chdir', operands: 1 })],
  ['doas', plain({ flags: 'Lns', values: 'aCu' })],
  [
    'sudo',
    plain({
      flags: 'AbBEeHiKklnNPSsVv',
      values: 'aCcDghpRrtTuU',
      long: `askpass auth-type= background bell chdir= chroot= close-from= command-timeout= edit group= host= list login
        login-class= no-update non-interactive other-user= preserve-env? preserve-groups prompt= remove-timestamp
        reset-timestamp role= set-home shell stdin type= user= validate`,
    }),
  ],
  ['strace', plain({ flags: 'cCdDfFhiknqrtTvVwxyYzZ', values: 'abeEIoOpPsSuUX' })],
  ['ltrace', plain({ flags: 'cCfhiLrStTV', values: 'aADeFlnopsuwx' })],
  ['xargs', XARGS],
])
