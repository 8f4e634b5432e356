/** Swagger UI over the API's own document; its files are served from here, nothing is fetched from elsewhere. */
declare const SwaggerUIBundle: (options: Record<string, unknown>) => unknown

/** What Swagger UI's controls do not say of themselves. */
const NAMES = {
  '#servers': 'Server',
  '.body-param__text': 'Request body',
  '.parameters select, .parameters input[type="text"]': 'Value',
  '.content-type': 'Content type',
}
/** code that is scrolled, also by keys */
const SCROLLED = 'pre.microlight'
/** a link inside of the button that does the same */
const NESTED = '.opblock-summary-control a[href]'

/** a second main, within the page's */
const INNER_MAIN = 'main'

const prefersDark = matchMedia('(prefers-color-scheme: dark)')
// Swagger UI has a dark look, and takes it from this class
const followScheme = () => document.documentElement.classList.toggle('dark-mode', prefersDark.matches)
followScheme()
prefersDark.addEventListener('change', followScheme)

SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  // the badge would send the document to a server of swagger.io
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: true,
})

const docs = document.getElementById('docs')
if (docs) {
  new MutationObserver(() => makeAccessible(docs)).observe(docs, { childList: true, subtree: true })
  makeAccessible(docs)
}

/** Swagger UI draws anew what changes, and leaves attributes alone that it did not set. */
function makeAccessible(root: HTMLElement): void {
  for (const [controls, name] of Object.entries(NAMES))
    for (const control of root.querySelectorAll(controls))
      if (!control.hasAttribute('aria-label')) control.setAttribute('aria-label', nameOf(control) ?? name)
  for (const code of root.querySelectorAll(SCROLLED)) code.setAttribute('tabindex', '0')
  for (const main of root.querySelectorAll(INNER_MAIN)) main.setAttribute('role', 'group')
  for (const link of root.querySelectorAll(NESTED)) link.removeAttribute('href')
}

/** Of a parameter: as the row of the table calls it. */
const nameOf = (control: Element): string | undefined =>
  control.closest<HTMLElement>('tr[data-param-name]')?.dataset.paramName

export {}
