import { requestAdapter } from './adapter.ts'

/**
 * Run as a process of its own: exit code 0 where there is an adapter, 1 where there is none, another where the driver
 * ended the process. What drivers and Dawn print goes to its stderr, and not to the user's.
 */
const adapter = await requestAdapter()
process.exit(adapter ? 0 : 1)
