// node benchmarks/peers/snarkjs-setup.mjs CIRCUIT.r1cs KEY.zkey  — a proving key of snarkjs by a ceremony of one contribution, on BLS12-381.
// PEERS_HOME is where snarkjs is installed (default ~/.cache/flashback-peers, folder js). Minutes from 2^15 constraints on.
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const home = process.env.PEERS_HOME ?? `${homedir()}/.cache/flashback-peers`;
const snarkjs = createRequire(`${home}/js/package.json`)('snarkjs');
const [circuit, key] = process.argv.slice(2);
const info = await snarkjs.r1cs.info(circuit);
const power = Math.ceil(Math.log2(info.nConstraints + info.nPubInputs + info.nOutputs + 1));
const folder = mkdtempSync(join(dirname(key), 'ceremony-'));
const at = name => join(folder, name);
try {
  await snarkjs.powersOfTau.newAccumulator(await snarkjs.curves.getCurveFromName('bls12381'), power, at('0.ptau'));
  await snarkjs.powersOfTau.contribute(at('0.ptau'), at('1.ptau'), 'bench', 'words');
  await snarkjs.powersOfTau.preparePhase2(at('1.ptau'), at('2.ptau'));
  await snarkjs.zKey.newZKey(circuit, at('2.ptau'), key);
} finally {
  rmSync(folder, { recursive: true });
}
process.exit(0);
