import type { Progress } from '../../build/io/handles.ts'

const MB = 1_000_000

/** Progress in whole megabytes; the last one counts only when everything is there. */
export function showMegabytes(progress: Progress, label: string, doneBytes: number, totalBytes: number): void {
  const total = Math.ceil(totalBytes / MB)
  progress.update(`${label}, MB`, doneBytes >= totalBytes ? total : Math.floor(doneBytes / MB), total)
}
