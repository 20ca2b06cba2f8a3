/** A JSON object of the API. */
export type JsonObject = Readonly<Record<string, unknown>>
