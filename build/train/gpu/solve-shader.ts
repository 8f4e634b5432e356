/** How a workgroup is cut to rows of one length, and what it reads. */
export interface SolveShape {
  /** quads (4 factors) of a padded row: a multiple of `lanes`, at most 4 times it */
  quads: number
  /** of a team, which goes through a row's likes together; a power of two */
  lanes: number
  teams: number
  /**
   * exchange registers among the lanes of a team, else pass them through workgroup memory; needs lanes of a subgroup to be
   * neighbours in the workgroup, as every driver lays out a workgroup along one axis
   */
  hasSubgroups: boolean
  hasWeights: boolean
  /** buffers that the fixed side lies in, and rows of each */
  fixedBlocks: number
  fixedRowsPerBlock: number
}

/**
 * WGSL of a half-step: a workgroup solves a row by preconditioned conjugate gradients on
 *   (M + Σ w·yyᵀ) x = Σ (w + bias)·y,   M = diagonal + λ_r·lambdaShare,
 * which is the ALS system in a basis where the weighted Gramian is diagonal (basis.ts). Its teams share the likes:
 * a lane loads its quads of four liked rows at once, so that a team's loads are whole rows side by side; the dot
 * products are summed among the lanes, and stay with the loaded quads to be spread back. A pass so reads each liked
 * row once. x and the other vectors live in registers, a copy in every team.
 * The objective costs no pass: the first residual knows the value before, and a step takes off step length · rᵀz.
 */
export function solveShader(shape: SolveShape): string {
  const { quads, lanes, teams, hasSubgroups, hasWeights, fixedBlocks } = shape
  const perLane = quads / lanes
  const { type, each } = share(perLane)
  const firstFixed = hasWeights ? 8 : 7
  const blocks = Array.from({ length: fixedBlocks }, (_, block) => block)
  const loadFrom = (array: string, row: string) => each((n) => `${array}[${row} * QUADS + lane + ${n * lanes}u]`)
  return `${hasSubgroups ? 'enable subgroups;\n' : ''}
const QUADS = ${quads}u;
const LANES = ${lanes}u;
const TEAMS = ${teams}u;
// a lane's quads of a row
alias Share = ${type};

struct Row { index: u32, firstLike: u32, likes: u32, lambda: f32 }
struct Batch { first: u32, count: u32, width: u32 }
struct How { steps: u32, isWarm: u32, isPreconditioned: u32, tolerance: f32, bias: f32, lambdaShare: f32 }

@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(1) var<uniform> how: How;
@group(0) @binding(2) var<uniform> diagonal: array<vec4f, QUADS>;
@group(0) @binding(3) var<storage, read> rows: array<Row>;
@group(0) @binding(4) var<storage, read> liked: array<u32>;
@group(0) @binding(5) var<storage, read_write> solved: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> losses: array<f32>;
${hasWeights ? '@group(0) @binding(7) var<storage, read> weights: array<f32>;' : ''}
${blocks.map((n) => `@group(0) @binding(${firstFixed + n}) var<storage, read> fixed${n}: array<vec4f>;`).join('\n')}

var<private> team: u32;
var<private> lane: u32;
var<workgroup> partials: array<vec4f, ${teams > 1 ? 'TEAMS * QUADS' : '1'}>;
var<workgroup> partialSums: array<f32, TEAMS>;
var<workgroup> hasEnded: u32;
${hasSubgroups ? '' : 'var<workgroup> exchanged: array<vec4f, TEAMS * LANES>;'}

@compute @workgroup_size(${lanes * teams})
fn solveRow(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) at: u32) {
  let position = group.y * batch.width + group.x;
  if (position >= batch.count) { return; }
  team = at / LANES;
  lane = at % LANES;
  let row = rows[batch.first + position];
  if (row.likes == 0u) {
    store(row.index, Share());
    losses[row.index] = 0.0;
    return;
  }
  let m = ${each((n) => `diagonal[lane + ${n * lanes}u] + how.lambdaShare * row.lambda`)};
  var x = Share();
  if (how.isWarm != 0u) { x = ${loadFrom('solved', 'row.index')}; }

  let start = spread(row, x, true);
  var residual = start.toward - times(m, x);
  var loss = start.sum + teamDot(x, times(m, x));
  var scaled = preconditioned(residual, m);
  var direction = scaled;
  var squared = teamDot(residual, scaled);
  let least = how.tolerance * how.tolerance * squared;
  for (var step = 1u; step <= how.steps; step++) {
    if (at == 0u) { hasEnded = u32(!(squared > least)); }
    if (workgroupUniformLoad(&hasEnded) != 0u) { break; }
    let image = spread(row, direction, false);
    let energy = image.sum + teamDot(direction, times(m, direction));
    let length = squared / energy;
    x += direction * length;
    loss -= length * squared;
    if (step == how.steps) { break; }
    residual -= (image.toward + times(m, direction)) * length;
    scaled = preconditioned(residual, m);
    let before = squared;
    squared = teamDot(residual, scaled);
    direction = scaled + direction * (squared / before);
  }
  store(row.index, x);
  if (at == 0u) { losses[row.index] = loss; }
}

struct Spread { toward: Share, sum: f32 }

// Σ c·y over the likes: for the first residual c = w + bias − w·xᵀy, with the objective's liked terms as the sum;
// else c = w·xᵀy, with Σ c·xᵀy.
fn spread(row: Row, x: Share, isResidual: bool) -> Spread {
  var own = Spread();
  for (var begin = 0u; begin < row.likes; begin += 4u * TEAMS) {
    let likes = vec4u(begin + 4u * team) + vec4u(0u, 1u, 2u, 3u);
    let places = vec4u(row.firstLike) + min(likes, vec4u(row.likes - 1u));
    let y0 = load(liked[places.x]);
    let y1 = load(liked[places.y]);
    let y2 = load(liked[places.z]);
    let y3 = load(liked[places.w]);
    let dots = teamSum(vec4f(dotOfShares(x, y0), dotOfShares(x, y1), dotOfShares(x, y2), dotOfShares(x, y3)));
    let present = vec4f(likes < vec4u(row.likes));
    let w = ${hasWeights ? 'present * vec4f(weights[places.x], weights[places.y], weights[places.z], weights[places.w])' : 'present'};
    let wanted = w + how.bias * present;
    let c = select(w * dots, wanted - w * dots, isResidual);
    own.toward += y0 * c.x + y1 * c.y + y2 * c.z + y3 * c.w;
    own.sum += dot(select(w * dots * dots, wanted - 2.0 * wanted * dots + w * dots * dots, isResidual), vec4f(1.0));
  }
  return acrossTeams(own);
}

fn acrossTeams(own: Spread) -> Spread {
${teams > 1 ? acrossTeams(perLane, lanes) : '  return own;'}
}

// Every lane gets the same bits: at each stage a pair adds the same two numbers.
fn teamSum(values: vec4f) -> vec4f {
${hasSubgroups ? sumBySubgroup(lanes) : SUM_BY_WORKGROUP}
}

fn teamDot(a: Share, b: Share) -> f32 { return teamSum(vec4f(dotOfShares(a, b), 0.0, 0.0, 0.0)).x; }

fn preconditioned(r: Share, m: Share) -> Share {
  if (how.isPreconditioned == 0u) { return r; }
  return ${each((n) => `${part('r', n, perLane)} / ${part('m', n, perLane)}`)};
}

fn times(a: Share, b: Share) -> Share {
  return ${each((n) => `${part('a', n, perLane)} * ${part('b', n, perLane)}`)};
}

fn dotOfShares(a: Share, b: Share) -> f32 {
  return ${Array.from({ length: perLane }, (_, n) => `dot(${part('a', n, perLane)}, ${part('b', n, perLane)})`).join(' + ')};
}

fn store(row: u32, x: Share) {
  if (team > 0u) { return; }
${Array.from({ length: perLane }, (_, n) => `  solved[row * QUADS + lane + ${n * lanes}u] = ${part('x', n, perLane)};`).join('\n')}
}

fn load(index: u32) -> Share {
${blocks
  .slice(1)
  .map((n) => loadFromBlock(n, shape, loadFrom))
  .join('\n')}
  return ${loadFrom('fixed0', 'index')};
}
`
}

/** Two, three or four quads travel as the columns of a matrix: named registers, where an array may be put into memory. */
function share(perLane: number): { type: string; each: (quad: (n: number) => string) => string } {
  const type = perLane === 1 ? 'vec4f' : `mat${perLane}x4f`
  return {
    type,
    each: (quad) =>
      perLane === 1 ? `(${quad(0)})` : `${type}(${Array.from({ length: perLane }, (_, n) => quad(n)).join(', ')})`,
  }
}

function part(name: string, n: number, perLane: number): string {
  return perLane === 1 ? name : `${name}[${n}]`
}

function loadFromBlock(
  block: number,
  { fixedBlocks, fixedRowsPerBlock }: SolveShape,
  loadFrom: (array: string, row: string) => string,
): string {
  const begin = block * fixedRowsPerBlock
  const below = block + 1 < fixedBlocks ? ` && index < ${begin + fixedRowsPerBlock}u` : ''
  return `  if (index >= ${begin}u${below}) { return ${loadFrom(`fixed${block}`, `(index - ${begin}u)`)}; }`
}

function acrossTeams(perLane: number, lanes: number): string {
  const quads = Array.from({ length: perLane }, (_, n) => n)
  return `  workgroupBarrier();
${quads.map((n) => `  partials[team * QUADS + lane + ${n * lanes}u] = ${part('own.toward', n, perLane)};`).join('\n')}
  if (lane == 0u) { partialSums[team] = own.sum; }
  workgroupBarrier();
  var all = Spread();
  for (var other = 0u; other < TEAMS; other++) {
    all.toward += ${share(perLane).each((n) => `partials[other * QUADS + lane + ${n * lanes}u]`)};
    all.sum += partialSums[other];
  }
  return all;`
}

function sumBySubgroup(lanes: number): string {
  const stages: string[] = []
  for (let distance = lanes / 2; distance >= 1; distance /= 2)
    stages.push(`  sum += subgroupShuffleXor(sum, ${distance}u);`)
  return `  var sum = values;\n${stages.join('\n')}\n  return sum;`
}

const SUM_BY_WORKGROUP = `  workgroupBarrier();
  exchanged[team * LANES + lane] = values;
  workgroupBarrier();
  var sum = vec4f();
  for (var other = 0u; other < LANES; other++) { sum += exchanged[team * LANES + other]; }
  return sum;`
