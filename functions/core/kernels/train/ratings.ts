/**
 * Bayesian matrix factorization of stars, by mean-field variational inference (Lim & Teh 2007): a rating is
 *   r_ui = μ + x_uᵀy_i + noise,   x_u = (1, b_u, p_u),  y_i = (b_i, 1, q_i),  noise ~ N(0, 1 / (τ a_u a_i)),
 * so both biases are coordinates. A row has the prior N(m_r, Λ⁻¹), its noise scale a_r the prior Gamma(s, s); who a row
 * met says where its prior stands: m_r = c + n_r^−½ · Σ z_j over the n_r rows j it met (on users that is the implicit
 * term of SVD++, Koren 2008). Given the other side's means and moments E[yyᵀ], a row's posterior is normal with
 *   (Λ + τ a_r Σ a_j E[y_j y_jᵀ]) x = Λ m_r + τ a_r Σ a_j (r − μ) E[y_j]
 * and the matrix on the left for its precision: a row is as uncertain as its ratings are few, and counts so.
 * `size` = factors + 2, a multiple of 8. Matrices are row-major f32, every argument not a count or number an address.
 */
export interface ParallelRatingsKernels {
  /**
   * Posteriors of rows begin ≤ r < end, and after that their noise scales. Scratch: `ratingsScratchBytes`.
   * @param values r − μ, in the order of `indices`
   * @param otherMoments E[yyᵀ], numOthers × size², full
   * @param rows out: means; @param moments out: E[xxᵀ]; @param scales a_r, read and, unless scaleShape is 0, written
   * @param known the coordinate that is 1 for all rows of this side, without variance; Λ is 0 there
   * @param means m_r
   * @returns Σ a_r a_j · expected squared error over these ratings; NaN when a system is not positive definite
   */
  solveRatings(
    begin: number,
    end: number,
    scratch: number,
    indptr: number,
    indices: number,
    values: number,
    otherRows: number,
    otherMoments: number,
    otherScales: number,
    rows: number,
    moments: number,
    scales: number,
    size: number,
    known: number,
    precision: number,
    means: number,
    noisePrecision: number,
    scaleShape: number,
  ): number
  /** out_r = scale_r · Σ of the rows of `from` that r names; `scales` 0: all 1 */
  sumRows(
    begin: number,
    end: number,
    scratch: number,
    indptr: number,
    indices: number,
    from: number,
    size: number,
    scales: number,
    out: number,
  ): undefined
}

export function ratingsScratchBytes(size: number): number {
  return (3 * size + 1) * size * 4
}
