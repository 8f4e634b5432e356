import type { Member } from '../address.ts'
import { strings } from '../strings.ts'

/** A small drawn face in a colour of one's own. */
export const Face = ({ member }: { member: Member }) =>
  member === 'me' ? (
    <span class="face face-me" aria-hidden="true">
      {strings.group.meInitial}
    </span>
  ) : (
    <span class="face" aria-hidden="true" style={{ '--hue': String((member * 47) % 360) }} />
  )

export const memberName = (member: Member) => (member === 'me' ? strings.group.me : strings.viewer.user(member))
