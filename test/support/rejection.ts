/** What a promise is rejected with. Rejects itself when the promise is fulfilled. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  let value: unknown
  try {
    value = await promise
  } catch (thrown) {
    return thrown
  }
  throw new Error(`expected a rejection, got ${JSON.stringify(value)}`)
}
