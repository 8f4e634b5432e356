// YᵀY in slabs of rows, their sum, and the regularization of Y's rows. Compiled below: QUADS, of a row.

struct Slabs {
  numRows: u32,
  rowsPerSlab: u32,
  // the first of this block among all
  first: u32,
  count: u32,
}

@group(0) @binding(0) var<uniform> slabs: Slabs;
@group(0) @binding(1) var<storage, read> rows: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> partials: array<vec4f>;

// 16 rows × 16 quads each
var<workgroup> left: array<vec4f, 256>;
var<workgroup> right: array<vec4f, 256>;

// One slab's 64 × 64 tile, on or above the diagonal; a lane has four rows of a quad.
@compute @workgroup_size(256)
fn addOuterProducts(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  if (group.x > group.y) { return; }
  let quad = lane % 16u;
  let four = lane / 16u;
  let leftQuad = group.x * 16u;
  let rightQuad = group.y * 16u;
  let begin = group.z * slabs.rowsPerSlab;
  let end = min(begin + slabs.rowsPerSlab, slabs.numRows);
  var sums = array<vec4f, 4>();
  for (var row = begin; row < end; row += 16u) {
    left[lane] = quadOf(row + four, leftQuad + quad, end);
    right[lane] = quadOf(row + four, rightQuad + quad, end);
    workgroupBarrier();
    for (var k = 0u; k < 16u; k++) {
      let l = left[k * 16u + four];
      let r = right[k * 16u + quad];
      sums[0] += l.x * r;
      sums[1] += l.y * r;
      sums[2] += l.z * r;
      sums[3] += l.w * r;
    }
    workgroupBarrier();
  }
  if (leftQuad + four >= QUADS || rightQuad + quad >= QUADS) { return; }
  for (var n = 0u; n < 4u; n++) {
    let row = (leftQuad + four) * 4u + n;
    partials[((slabs.first + group.z) * 4u * QUADS + row) * QUADS + rightQuad + quad] = sums[n];
  }
}

fn quadOf(row: u32, quad: u32, end: u32) -> vec4f {
  if (row >= end || quad >= QUADS) { return vec4f(); }
  return rows[row * QUADS + quad];
}

@group(0) @binding(1) var<storage, read> parts: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> gramian: array<vec4f>;

// `slabs.count` of them, in their order. A lane a quad.
@compute @workgroup_size(64)
fn sumPartials(@builtin(global_invocation_id) id: vec3u) {
  let size = 4u * QUADS * QUADS;
  if (id.x >= size) { return; }
  var sum = vec4f();
  for (var slab = 0u; slab < slabs.count; slab++) { sum += parts[slab * size + id.x]; }
  gramian[id.x] = sum;
}

@group(0) @binding(2) var<storage, read> lambdas: array<f32>;
@group(0) @binding(3) var<storage, read_write> penalties: array<f32>;

var<workgroup> squares: array<f32, 64>;

// Σ λ_r|row|² of a slab
@compute @workgroup_size(64)
fn addPenalties(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let begin = group.x * slabs.rowsPerSlab;
  let end = min(begin + slabs.rowsPerSlab, slabs.numRows);
  var sum = 0.0;
  for (var at = begin * QUADS + lane; at < end * QUADS; at += 64u) {
    sum += lambdas[at / QUADS] * dot(rows[at], rows[at]);
  }
  squares[lane] = sum;
  workgroupBarrier();
  if (lane > 0u) { return; }
  sum = 0.0;
  for (var n = 0u; n < 64u; n++) { sum += squares[n]; }
  penalties[slabs.first + group.x] = sum;
}
