/** The gate let no new model through: no failure, and no success; exit code 3. */
export class RefusedError extends Error {
  override name = 'RefusedError'
}
