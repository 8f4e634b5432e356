import { type Command, InvalidArgumentError, Option } from 'commander'
import { isPresetFile, PRESETS } from '../config/load-config.ts'
import type { Compute } from '../index.ts'

export const DEVICES: Compute['device'][] = ['auto', 'cpu', 'gpu']

/** What every command takes that runs the pipeline. */
export function withBuildOptions(command: Command): Command {
  return command
    .option('--config <file>', 'YAML file (default: config/config.yml, which explains every key)')
    .option(
      '--preset <name>',
      `laid over it: ${PRESETS.join(', ')} (how much of the data to learn from), or a .yml file`,
      parsePreset,
    )
    .option('--seed <number>', 'seed of every random choice', parseSeed)
    .addOption(
      new Option('--device <device>', 'what to train on: auto takes a GPU where it pays')
        .choices(DEVICES)
        .default('auto'),
    )
    .option('--threads <count>', 'threads to train with (default: one a core)', parseCount)
    .option('--resume', 'go on from where a long training was stopped')
    .addOption(new Option('--log-level <level>', 'how much to say').choices(['error', 'warn', 'info', 'debug']))
    .option('--log-file <file>', 'also write log lines there, as JSON')
    .option(...TARGET)
    .option(...STATE)
    .option('--json <file>', 'also write the result there, as JSON')
}

const TARGET = [
  '--target <where>',
  'local: R2 and D1 of this disk; remote: Cloudflare\'s, with the environment\'s credentials; or the folder of "npm run serve"',
  'local',
] as const
const STATE = [
  '--state <dir>',
  'of local: its folder, as "wrangler dev --persist-to" (default: .wrangler/state)',
] as const

/** Where models are published and feedback is kept (`placeOf`). */
export function withPlace(command: Command): Command {
  return command.option(...TARGET).option(...STATE)
}

/** For an option that may stand several times. */
export function collect(value: string, before: string[] = []): string[] {
  return [...before, value]
}

export function parseCount(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 1.')
  return Number(text)
}

export function parseLengths(text: string): number[] {
  const lengths = text.split(',')
  if (!lengths.every((length) => /^[1-9]\d{0,3}$/.test(length)))
    throw new InvalidArgumentError('Expected whole numbers from 1 to 9999, separated by commas.')
  return [...new Set(lengths.map(Number))]
}

export function parseStars(text: string): number {
  if (!/^-?\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError('Expected a number.')
  return Number(text)
}

export function parsePreset(text: string): string {
  if (!isPresetFile(text) && !PRESETS.some((name) => name === text))
    throw new InvalidArgumentError(`Allowed choices are ${PRESETS.join(', ')}, or a .yml file.`)
  return text
}

export function parseSeed(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 0.')
  return Number(text)
}
