import { render } from 'preact'
import { App } from './app.tsx'
import { createPageClient } from './client.ts'
import { preferredLanguage, speak } from './strings.ts'

const root = document.getElementById('app')
if (root === null) throw new Error('index.html: no element with id "app" to draw the page in')
// what stands there until the script runs gives way to the page
root.replaceChildren()
speak(preferredLanguage())
render(<App client={createPageClient()} />, root)
