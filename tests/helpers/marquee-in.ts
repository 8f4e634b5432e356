import { run } from '../../build/cli.ts'

/** The command line as typed in a folder, for commands that need neither the pipeline nor a store. */
export function marqueeIn(folder: string) {
  return async (line: string): Promise<{ code: number; stdout: string; stderr: string }> => {
    const output = { stdout: '', stderr: '' }
    const refuse = () => Promise.reject(new Error('not to be asked'))
    const code = await run(line.split(' '), {
      stdout: { write: (text) => (output.stdout += text) },
      stderr: { write: (text) => (output.stderr += text) },
      signal: new AbortController().signal,
      cwd: folder,
      ...{ build: refuse, prepareTables: refuse, openStore: refuse, openDatabase: refuse },
    })
    return { code, ...output }
  }
}
