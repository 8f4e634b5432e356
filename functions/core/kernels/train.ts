/**
 * The training kernels: implicit ALS (Hu, Koren & Volinsky 2008) with the objective of Rendle et al. 2021,
 *   Σ_{liked (u,i)} (1 − x_uᵀy_i)² + α₀ Σ_{all u,i} (x_uᵀy_i)² + λ(‖X‖² + ‖Y‖²),
 * whose half-step solves for each row, the other side fixed,
 *   (G + Σ_liked y yᵀ) x = Σ_liked y,   G = α₀·YᵀY + λI.
 * Divided by α₀ this is Hu et al.'s system with c = 1 + 1/α₀ and λ/α₀; benfred/implicit with alpha 1 + 1/α₀ and
 * regularization λ/α₀ has the same matrix and Σ c·y on the right, so that its user factors are 1 + α₀ times ours.
 *
 * Conjugate gradients run whitened: with G = UᵀU, Ỹ = YU⁻¹ and x̃ = Ux the system is I + Σ ỹ ỹᵀ. No f² product a
 * step, and so well conditioned that two steps from the last iteration's row follow the exact solution closely.
 * All matrices are row-major f32 in one shared memory; every argument that is not a count or a number is an address.
 */
export interface TrainKernels {
  /** target = RᵀR of the rows begin ≤ r < end (factors × factors, upper triangle) */
  gramianOfRows(rows: number, begin: number, end: number, factors: number, target: number): void
  /** target = the sum of `count` such matrices that lie one after the other, symmetric */
  sumGramians(parts: number, count: number, factors: number, target: number): void
  /** G = weight · gramian + regularization · I = UᵀU and V = U⁻ᵀ; returns −1, or the first pivot not above 0 */
  whitening(
    gramian: number,
    factors: number,
    weight: number,
    regularization: number,
    g: number,
    u: number,
    v: number,
  ): number
  /** out = rows · Vᵀ for begin ≤ r < end */
  whitenRows(rows: number, begin: number, end: number, factors: number, v: number, out: number): void
  /**
   * Rows begin ≤ r < end of x by `steps` conjugate-gradient steps from where they are; y whitened; scratch 4·factors floats.
   * @returns Σ over these rows of liked, unobserved and own λ terms of the objective at the new x. It costs no pass:
   * |x̃|² is the whole of the last two, the first residual has the liked ones, and a step takes off step length · |r|².
   */
  solveByGradients(
    begin: number,
    end: number,
    indptr: number,
    indices: number,
    y: number,
    x: number,
    factors: number,
    u: number,
    v: number,
    steps: number,
    scratch: number,
  ): number
  /** The same by Cholesky, y as it is; scratch `exactScratchBytes(factors)`. NaN where a system is not positive definite. */
  solveExactly(
    begin: number,
    end: number,
    indptr: number,
    indices: number,
    y: number,
    x: number,
    factors: number,
    g: number,
    scratch: number,
  ): number
}

/** The most that either solver needs: a system and a panel of 64 rows. */
export function exactScratchBytes(factors: number): number {
  return (factors + 64) * factors * 4
}

/** @param module compiled train.wasm; @param memory shared, with a maximum */
export function openTrainKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): TrainKernels {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as TrainKernels
}
