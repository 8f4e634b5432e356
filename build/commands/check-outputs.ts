import { accessSync, constants, existsSync, mkdirSync, rmdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Command, Option } from 'commander'
import { ConfigError } from '../config/load-config.ts'

/** Options whose file a command writes, where it is no folder; those of every other option are read. */
const WRITTEN = ['json', 'report', 'leaderboard', 'examine', 'logFile', 'html', 'writePreset', 'output']

/** What takes a file: `--json <file>`, not `--output <dir>`. */
const TAKES_FILE = /<(file|path)>$/u

/**
 * Whether the files can be written that a command line asks for, before the work of hours that they are to hold; and
 * whether one of them is a file that is read, or asked for twice.
 * @param cwd folder that they start at
 * @throws {ConfigError} naming option and file
 */
export function checkOutputs(command: Command, cwd: string): void {
  const files = command.options.filter(({ flags }) => TAKES_FILE.test(flags)).flatMap((option) => filesOf(option))
  for (const asked of files) {
    if (!asked.isWritten) continue
    const where = `${asked.flag} ${asked.file}`
    const other = files.find((other) => other.flag !== asked.flag && other.file === asked.file)
    if (other) throw new ConfigError(`${where}: found the same file for ${other.flag}, which it would overwrite`)
    const problem = whyNotWritable(asked.file)
    if (problem !== null) throw new ConfigError(`${where}: ${problem}`)
  }

  function filesOf(option: Option): { flag: string; file: string; isWritten: boolean }[] {
    const name = option.attributeName()
    const values = [command.getOptionValue(name) as string | string[] | undefined].flat()
    return values
      .filter((value) => value !== undefined)
      .map((value) => ({ flag: option.long ?? name, file: resolve(cwd, value), isWritten: WRITTEN.includes(name) }))
  }
}

/** Null where it can be written. A folder that is missing is made, and taken away again. */
function whyNotWritable(file: string): string | null {
  const found = statSync(file, { throwIfNoEntry: false })
  if (found?.isDirectory()) return 'found a folder, expected a file'
  let [missing, folder] = ['', dirname(file)]
  while (!existsSync(folder)) [missing, folder] = [folder, dirname(folder)]
  if (!statSync(folder).isDirectory()) return `found the file ${folder}, expected a folder`
  try {
    accessSync(found ? file : folder, constants.W_OK)
    if (missing !== '') {
      mkdirSync(missing)
      rmdirSync(missing)
    }
    return null
  } catch (cause) {
    return `cannot be written (${(cause as NodeJS.ErrnoException).code}), expected a place that can`
  }
}
