/**
 * Implicit ALS (Hu, Koren & Volinsky 2008; Rendle et al. 2021). The objective over users u and items i is
 *   Σ_liked [t − 2t·x_uᵀy_i + w·(x_uᵀy_i)²] + α₀ Σ_all (x_uᵀy_i)² + Σ_u λ_u|x_u|² + Σ_i λ_i|y_i|²,   t = w + bias,
 * whose half-step solves for each row r, the other side fixed,
 *   (α₀·YᵀY + λ_r·I + Σ_liked w·yyᵀ) x = Σ_liked t·y.
 * Rendle's is w = 1, bias 0: with λ the same for all, Σ_liked (1 − xᵀy)² + α₀ Σ_all (xᵀy)² + λ(‖X‖² + ‖Y‖²). A confidence
 * c of a like, where an entry nobody rated weighs α₀, is w = c − α₀ and bias α₀: Hu et al. have c = 1 + alpha·r and
 * benfred/implicit c = alpha·r, both with α₀ = 1.
 *
 * Conjugate gradients run whitened: with G = α₀·YᵀY + λI = UᵀU, Ỹ = YU⁻¹ and x̃ = Ux the system is I + Σ w·ỹỹᵀ. No f²
 * product a step, and so well conditioned that two steps from the last iteration's row follow the exact solution
 * closely. Where λ_r differs by row there is the small rest (λ_r − λ)·W, W = U⁻ᵀU⁻¹.
 * Matrices are row-major f32; every argument that is not a count or a number is an address, and `weights` 0 means all 1.
 */
export interface AlsKernels {
  /** target = weight · the sum of `count` partial Gramians, symmetric (factors × factors) */
  sumGramians(parts: number, count: number, factors: number, weight: number, target: number): void
  /**
   * gramian + lambda · I = UᵀU, V = U⁻ᵀ and, unless `w` is 0, W = VVᵀ.
   * @returns −1, or the first pivot not above 0
   */
  whitening(gramian: number, factors: number, lambda: number, u: number, v: number, w: number): number
}

export interface ParallelAlsKernels {
  /**
   * Part number begin / rowsPerPart of RᵀR (upper triangle): that of the rows begin ≤ r < end.
   * @param lambdas λ_r, one a row; @returns Σ λ_r|row|²
   */
  gramianOfRows(
    begin: number,
    end: number,
    scratch: number,
    rows: number,
    factors: number,
    lambdas: number,
    rowsPerPart: number,
    parts: number,
  ): number
  /** out = rows · Vᵀ */
  whitenRows(
    begin: number,
    end: number,
    scratch: number,
    rows: number,
    factors: number,
    v: number,
    out: number,
  ): undefined
  /** rows ← rows + share · (rows − previous), and previous ← what the rows were */
  extrapolateRows(
    begin: number,
    end: number,
    scratch: number,
    rows: number,
    previous: number,
    factors: number,
    share: number,
  ): undefined
  /**
   * `steps` conjugate-gradient steps a row of x from where it is: in whitened space with `u`, where y must be whitened;
   * else with W the weighted Gramian. Scratch: `gradientScratchBytes`.
   * @returns Σ over these rows of all terms of the objective but the fixed side's λ, at the new x. It costs no pass: the
   * first residual knows the value before, and a step takes off step length · |r|².
   */
  solveByGradients(
    begin: number,
    end: number,
    scratch: number,
    indptr: number,
    indices: number,
    weights: number,
    bias: number,
    y: number,
    x: number,
    factors: number,
    lambdas: number,
    lambda: number,
    u: number,
    v: number,
    w: number,
    steps: number,
  ): number
  /** The same by Cholesky, y as it is, `gramian` weighted. Scratch: `exactScratchBytes`. NaN where a system is not positive definite. */
  solveExactly(
    begin: number,
    end: number,
    scratch: number,
    indptr: number,
    indices: number,
    weights: number,
    bias: number,
    y: number,
    x: number,
    factors: number,
    lambdas: number,
    gramian: number,
  ): number
}

export function gradientScratchBytes(factors: number): number {
  return 5 * factors * 4
}

/** A system and a panel of 64 rows. */
export function exactScratchBytes(factors: number): number {
  return (factors + 64) * factors * 4
}
