import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:/Program Files/Google/Chrome/Application/chrome.exe',
]
const INSTALL = 'apt-get update && apt-get install -y --no-install-recommends chromium fonts-dejavu-core'

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * The Chromium of this machine, without a window.
 * @throws {Error} that says how to install one
 */
export function openBrowser(): Promise<Browser> {
  const asked = process.env.CHROMIUM_PATH
  const executablePath = asked === undefined ? PLACES.find((path) => existsSync(path)) : asked
  if (executablePath === undefined || !existsSync(executablePath))
    throw new Error(
      `no browser at ${asked ?? PLACES.join(' or ')}. Install Chromium, on Debian by\n  ${INSTALL}\nor say by CHROMIUM_PATH where one is.`,
    )
  return chromium.launch({ executablePath, args: ARGUMENTS })
}
