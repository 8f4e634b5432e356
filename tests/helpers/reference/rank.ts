/** Sort all, take k: score first, then item index. Rows of scores, what each user has seen, what nobody gets. */
export function rankRows(
  scores: readonly (readonly number[])[],
  seen: (user: number) => ReadonlySet<number>,
  unranked: ReadonlySet<number>,
  k: number,
): { items: number[]; scores: number[] }[] {
  return scores.map((row, user) => {
    const items = Array.from(row.keys())
      .filter((item) => row[item]! > Number.NEGATIVE_INFINITY && !unranked.has(item) && !seen(user).has(item))
      .sort((a, b) => (row[a] === row[b] ? a - b : row[b]! > row[a]! ? 1 : -1))
      .slice(0, k)
    const missing = k - items.length
    return {
      items: [...items, ...Array<number>(missing).fill(-1)],
      scores: [...items.map((item) => row[item]!), ...Array<number>(missing).fill(Number.NEGATIVE_INFINITY)],
    }
  })
}
