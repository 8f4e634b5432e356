import { headerOf } from '#core/format/open-table.ts'
import * as TABLES from '#core/format/tables.ts'

const SPECS: readonly TABLES.TableSpec[] = Object.values(TABLES).filter(
  (value) => typeof value === 'object' && 'version' in value,
)

/**
 * Why a Worker of this code cannot read an artifact that is whole, as a phrase; null where it can, or where the file is no
 * table of ours.
 */
export function formatProblem(bytes: Uint8Array): string | null {
  const header = headerOf(bytes)
  const spec = SPECS.find(({ name }) => name === header?.table)
  if (!header || !spec || header.version === spec.version) return null
  const { version } = header
  return version < spec.version
    ? `is of version ${version}, this code reads ${spec.version}: the model is older, "marquee build" makes it anew`
    : `is of version ${version}, this code reads ${spec.version}: the model was made by newer code`
}
