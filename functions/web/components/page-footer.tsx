import type { ModelAnswer } from '../../client/index.ts'
import { strings } from '../strings.ts'

/** What the lists are learned from in one line, and where more is said of that and of the API. */
export function PageFooter({ model, onAbout }: { model: ModelAnswer | null; onAbout(): void }) {
  return (
    <footer class="footer">
      {model ? <p>{learnedFrom(model)}</p> : null}
      <p>
        <button type="button" class="text-button" onClick={onAbout}>
          {strings.footer.aboutModel}
        </button>{' '}
        · <a href="/docs">{strings.footer.docs}</a> · {strings.footer.posters}
      </p>
    </footer>
  )
}

function learnedFrom({ project, data, publishedAt }: ModelAnswer): string {
  const { lang } = document.documentElement
  return [
    project,
    strings.footer.data(data.usedRatings.toLocaleString(lang), data.movies.toLocaleString(lang)),
    strings.footer.published(new Date(publishedAt).toLocaleDateString(lang, { dateStyle: 'medium' })),
  ].join(' · ')
}
