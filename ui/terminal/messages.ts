/** The system's own message, if any, was printed on the alternate screen and is lost with it. */
export const PROGRAM_KILLED =
  'letta: The program was killed or ran out of memory. The conversation is saved: run letta to resume it.'
