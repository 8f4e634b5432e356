// C = A · B for a tall A: tiles of 64 × 64, four rows of a quad (4 columns) a lane.
// Compiled below: ORDERED, whether C holds the floats or their keys for sorting.

struct Shape {
  numRows: u32,
  innerQuads: u32,
  // of B
  columnQuads: u32,
  // of a row of C, and where B's columns begin in it
  outQuads: u32,
  outFirst: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> a: array<vec4f>;
@group(0) @binding(2) var<storage, read> b: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> c: array<vec4u>;

// 64 rows × 4 quads of A, 16 rows × 16 quads of B
var<workgroup> left: array<vec4f, 256>;
var<workgroup> right: array<vec4f, 256>;

@compute @workgroup_size(256)
fn multiply(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let firstRow = group.x * 64u;
  let firstQuad = group.y * 16u;
  let quad = lane % 16u;
  let four = lane / 16u;
  var sums = array<vec4f, 4>();
  for (var inner = 0u; inner < shape.innerQuads; inner += 4u) {
    left[lane] = quadOfA(firstRow + lane / 4u, inner + lane % 4u);
    right[lane] = quadOfB(inner * 4u + four, firstQuad + quad);
    workgroupBarrier();
    for (var k = 0u; k < 4u; k++) {
      let b0 = right[(4u * k) * 16u + quad];
      let b1 = right[(4u * k + 1u) * 16u + quad];
      let b2 = right[(4u * k + 2u) * 16u + quad];
      let b3 = right[(4u * k + 3u) * 16u + quad];
      for (var n = 0u; n < 4u; n++) {
        let values = left[(4u * four + n) * 4u + k];
        sums[n] += values.x * b0 + values.y * b1 + values.z * b2 + values.w * b3;
      }
    }
    workgroupBarrier();
  }
  for (var n = 0u; n < 4u; n++) {
    let row = firstRow + 4u * four + n;
    if (row < shape.numRows && firstQuad + quad < shape.columnQuads) {
      c[row * shape.outQuads + shape.outFirst + firstQuad + quad] = stored(sums[n]);
    }
  }
}

fn quadOfA(row: u32, quad: u32) -> vec4f {
  if (row >= shape.numRows || quad >= shape.innerQuads) { return vec4f(); }
  return a[row * shape.innerQuads + quad];
}

fn quadOfB(row: u32, quad: u32) -> vec4f {
  if (row >= 4u * shape.innerQuads || quad >= shape.columnQuads) { return vec4f(); }
  return b[row * shape.columnQuads + quad];
}

// Keys ascend like the floats; −0 counts as 0, and key 0 is none: what stands for NaN and for −∞.
fn stored(values: vec4f) -> vec4u {
  if (!ORDERED) { return bitcast<vec4u>(values); }
  let bits = bitcast<vec4u>(select(values, vec4f(), values == vec4f()));
  let keys = select(bits | vec4u(0x80000000u), ~bits, (bits >> vec4u(31u)) == vec4u(1u));
  return select(vec4u(), keys, (keys > vec4u(0x007fffffu)) & (keys <= vec4u(0xff800000u)));
}
