// Node 24: node benchmarks/peers/lodestar-roots.mjs FOLDER N …  — Lodestar's roots of the states that lodestar.mjs wrote, warmed up and repeated as BeaconThroughput does.
// A change is set and committed as Lodestar demands; "with the change" counts that, the other figures count the root alone. Prints one JSON line per figure.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';

const home = process.env.PEERS_HOME ?? `${homedir()}/.cache/flashback-peers`;
const packages = `${home}/st/node_modules`;
if (!existsSync(packages)) throw new Error(`Lodestar's packages are not in ${home}/st`);
const folder = prefix => `${packages}/.pnpm/${readdirSync(`${packages}/.pnpm`).find(name => name.startsWith(prefix))}/node_modules`;
const { ssz } = await import(`${packages}/@lodestar/types/lib/index.js`);
const tree = `${folder('@chainsafe+persistent-merkle-tree@')}/@chainsafe/persistent-merkle-tree/lib/hasher`;
const { setHasher } = await import(`${tree}/index.js`);
const { hasher } = await import(`${tree}/hashtree.js`);
await hasher.initialize?.();
setHasher(hasher);

const warm = 2000, measured = 700, mostRounds = 5000, leastRounds = 9; // the first two in ms; all as in BeaconThroughput

function measure(validators, operation, prepare, run) {
  let begun = performance.now();
  do run(prepare()); while (performance.now() - begun < warm);
  const times = [];
  begun = performance.now();
  while (times.length < leastRounds || (times.length < mostRounds && performance.now() - begun < measured)) {
    const input = prepare();
    const started = performance.now();
    run(input);
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  console.log(JSON.stringify({ bench: 'roots', peer: 'lodestar', validators, operation, ms_least: +times[0].toFixed(4), ms_median: +times[times.length >> 1].toFixed(4), rounds: times.length }));
}

function change(view, count) {
  const validators = view.balances.length;
  for (let i = 0; i < count; i++) {
    const index = count === 1 ? validators >> 1 : (i * 7919) % validators;
    view.balances.set(index, 32_000_000_123 + i);
    if (count > 1) view.currentEpochParticipation.set(index, 7);
  }
  view.commit();
  return view;
}

for (const validators of process.argv.slice(3).map(Number)) {
  const bytes = readFileSync(`${process.argv[2]}/state-${validators}.ssz`);
  const decode = () => ssz.electra.BeaconState.deserializeToViewDU(bytes);
  const state = decode();
  state.hashTreeRoot();
  const copy = () => { const view = state.clone(true); view.hashTreeRoot(); return view; };
  measure(validators, 'hash_tree_root full', decode, view => view.hashTreeRoot());
  measure(validators, 'hash_tree_root again, nothing changed', () => state, view => view.hashTreeRoot());
  for (const count of [1, 1000]) {
    const name = count === 1 ? '1 balance change' : '1000 balance + participation changes';
    measure(validators, `hash_tree_root after ${name}`, () => change(copy(), count), view => view.hashTreeRoot());
    measure(validators, `hash_tree_root after ${name}, with the change`, copy, view => change(view, count).hashTreeRoot());
  }
}
