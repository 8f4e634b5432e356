import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { takeLock } from '../../../build/io/lock.ts'
import { ownIdentity, type ProcessIdentity, stateOfProcess } from '../../../build/io/process-identity.ts'

const folder = mkdtempSync(join(tmpdir(), 'marquee-lock-'))
const file = join(folder, 'lock')
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(() => rmSync(file, { force: true }))

/** A process that has ended. */
function gone(): ProcessIdentity {
  return { ...ownIdentity(), pid: spawnSync('true').pid }
}

test('one at a time has it, and says who it is', () => {
  const lock = takeLock(file)
  expect(lock.taken).toBe(true)
  expect(takeLock(file)).toEqual({ taken: false, by: ownIdentity() })
  if (lock.taken) lock.release()
  expect(takeLock(file).taken).toBe(true)
})

test('a lock of a process that is gone is taken over, and nothing else is left behind', () => {
  writeFileSync(file, JSON.stringify(gone()))
  expect(takeLock(file).taken).toBe(true)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(ownIdentity())
  expect(readdirSync(folder)).toEqual(['lock'])
})

test('a lock of another machine is left alone: its processes cannot be seen from here', () => {
  const elsewhere = { pid: process.pid, startedTicks: 1, machine: 'another' }
  writeFileSync(file, JSON.stringify(elsewhere))
  expect(takeLock(file)).toEqual({ taken: false, by: elsewhere })
})

test('a file that is no lock is not removed', () => {
  writeFileSync(file, 'notes of mine')
  expect(() => takeLock(file)).toThrow(/lock: found no lock of this program in it; remove it when nothing runs/)
  expect(readFileSync(file, 'utf8')).toBe('notes of mine')
})

test('a process is told from another one that has its number now', () => {
  const own = ownIdentity()
  expect(stateOfProcess(own)).toBe('runs')
  expect(stateOfProcess(gone())).toBe('gone')
  if (own.startedTicks !== null) expect(stateOfProcess({ ...own, startedTicks: own.startedTicks - 1 })).toBe('gone')
  expect(stateOfProcess({ ...own, machine: 'another' })).toBe('elsewhere')
})
