// y ← y + share·(y − previous), and previous ← the y that was found.

@group(0) @binding(0) var<uniform> share: vec4f;
@group(0) @binding(1) var<storage, read_write> rows: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> previous: array<vec4f>;

@compute @workgroup_size(64)
fn extrapolate(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  for (var at = id.x; at < arrayLength(&rows); at += groups.x * 64u) {
    let row = rows[at];
    rows[at] = row + share.x * (row - previous[at]);
    previous[at] = row;
  }
}
