/** Swagger UI over the API's own document; its files are served from here, nothing is fetched from elsewhere. */
declare const SwaggerUIBundle: (options: Record<string, unknown>) => unknown

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

export {}
