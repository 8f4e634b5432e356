export class LateError extends Error {
  override name = 'LateError'
}

/** Wait for work, but no longer than so many ms. @throws {LateError} when it takes longer; the work goes on */
export async function within<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  let timer!: ReturnType<typeof setTimeout>
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new LateError(`no answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
