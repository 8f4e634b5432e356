import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * A program of a Go package at one version: the one on the PATH if there is one of its name, else made into a folder, where
 * it stays for the next time. Making one takes minutes, and up to 1 GB in Go's own folders.
 * @param name of the package, such as `github.com/nektos/act`; its last part is the program's
 * @param version with its `v`
 * @throws {Error} when there is no Go either, or with the command that failed
 */
export function goProgram(folder: string, name: string, version: string): string {
  const program = name.split('/').at(-1)!
  if (spawnSync(program, ['--version']).error === undefined) return program
  const made = join(folder, `${program}-${version}`)
  if (existsSync(made)) return made
  if (spawnSync('go', ['version']).status !== 0)
    throw new Error(`found neither ${program} nor Go on the PATH, expected one of them`)
  console.error(`making ${name} ${version} in ${folder}`)
  const module = join(folder, `${program}.module`)
  mkdirSync(module, { recursive: true })
  // a module of its own: `go install` takes none whose go.mod excludes versions
  if (!existsSync(join(module, 'go.mod'))) runGo(module, 'mod', 'init', program)
  runGo(module, 'get', `${name}@${version}`)
  runGo(module, 'build', '-o', made, name)
  return made
}

function runGo(cwd: string, ...args: string[]): void {
  const { status } = spawnSync('go', args, { cwd, env: { ...process.env, CGO_ENABLED: '0' }, stdio: 'inherit' })
  if (status !== 0) throw new Error(`go ${args.join(' ')}: ended with ${status}`)
}
