import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The interpreter of a virtual environment that has these packages, each as `name==version`. It is made where there is
 * none, and filled where a package is missing or another version, as an installation that was stopped leaves it.
 * @param python an interpreter to make it with
 * @throws {Error} with the end of what Python said
 */
export function pythonWith(folder: string, packages: readonly string[], python = 'python3'): string {
  const interpreter = join(folder, 'bin', 'python')
  if (!existsSync(interpreter)) runPython(python, '-m', 'venv', folder)
  const missing = packages.filter((wanted) => {
    const [name, version] = wanted.split('==')
    const check = `from importlib.metadata import version; assert version("${name}") == "${version}"`
    return spawnSync(interpreter, ['-c', check]).status !== 0
  })
  if (missing.length > 0) {
    console.error(`installing ${missing.join(', ')} into ${folder}`)
    runPython(interpreter, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...missing)
  }
  return interpreter
}

function runPython(python: string, ...args: string[]): void {
  const { status, stdout, stderr, error } = spawnSync(python, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${python} ${args.join(' ')}: ${error ?? `${stdout}${stderr}`.slice(-2000)}`)
}
