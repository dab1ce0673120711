// Node 24: node benchmarks/peers/ssz.mjs  — Lodestar's SSZ on what SszBenchmarks measures: a list of 100,000 validators of 121 bytes.
// PEERS_HOME is where Lodestar's packages are installed (default ~/.cache/flashback-peers, folder st). Prints one JSON line per figure.
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';

const home = process.env.PEERS_HOME ?? `${homedir()}/.cache/flashback-peers`;
const store = `${home}/st/node_modules/.pnpm`;
if (!existsSync(store)) throw new Error(`Lodestar's packages are not in ${home}/st`);
const folder = prefix => `${store}/${readdirSync(store).find(name => name.startsWith(prefix))}/node_modules`;
const ssz = await import(`${folder('@chainsafe+ssz@')}/@chainsafe/ssz/lib/index.js`);
const { setHasher } = await import(`${folder('@chainsafe+persistent-merkle-tree@')}/@chainsafe/persistent-merkle-tree/lib/hasher/index.js`);
const { hasher } = await import(`${folder('@chainsafe+persistent-merkle-tree@')}/@chainsafe/persistent-merkle-tree/lib/hasher/hashtree.js`);
await hasher.initialize?.();
setHasher(hasher);

const count = 100_000;
const Validator = new ssz.ContainerNodeStructType({
  pubkey: new ssz.ByteVectorType(48), withdrawalCredentials: new ssz.ByteVectorType(32), effectiveBalance: new ssz.UintNumberType(8),
  slashed: new ssz.BooleanType(), activationEligibilityEpoch: new ssz.UintNumberType(8), activationEpoch: new ssz.UintNumberType(8),
  exitEpoch: new ssz.UintNumberType(8, { clipInfinity: true }), withdrawableEpoch: new ssz.UintNumberType(8, { clipInfinity: true }),
});
const Validators = new ssz.ListCompositeType(Validator, 2 ** 40);
const bytes = n => Uint8Array.from({ length: n }, (_, i) => i);
const values = Array.from({ length: count }, (_, i) => ({
  pubkey: bytes(48), withdrawalCredentials: bytes(32), effectiveBalance: 32e9, slashed: false,
  activationEligibilityEpoch: i, activationEpoch: i, exitEpoch: Infinity, withdrawableEpoch: Infinity,
}));

function measure(operation, run, runs = 7) {
  const cpu = [];
  for (let i = 0; i <= runs; i++) {
    const before = process.cpuUsage();
    run();
    const used = process.cpuUsage(before);
    if (i > 0) cpu.push((used.user + used.system) / 1e3);
  }
  cpu.sort((a, b) => a - b);
  console.log(JSON.stringify({ bench: 'ssz', peer: 'lodestar ssz', operation, validators: count, cpu_ms_median: cpu[runs >> 1], cpu_ms_min: cpu[0], MB_per_s: Math.round(count * 121 / 1e3 / cpu[0]) }));
}

const encoded = Validators.serialize(values);
measure('encode from values', () => Validators.serialize(values));
measure('decode to values', () => Validators.deserialize(encoded));
measure('decode to tree', () => Validators.deserializeToViewDU(encoded));
let view;
measure('hash_tree_root full', () => { view = Validators.deserializeToViewDU(encoded); return view.hashTreeRoot(); }, 3);
measure('hash_tree_root after one change', () => { view.get(777).effectiveBalance += 1; view.commit(); return view.hashTreeRoot(); });
