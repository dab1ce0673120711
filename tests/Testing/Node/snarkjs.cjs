// node snarkjs.cjs verify        KEY.json PUBLIC.json PROOF.json      prints true or false
// node snarkjs.cjs setup-prove   R1CS WITNESS FOLDER                  makes keys by snarkjs's own ceremony and a proof; leaves key.json, public.json, proof.json
// node snarkjs.cjs prove         ZKEY WITNESS RUNS                    prints the seconds of each run
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { createRequire } = require('node:module');

// The packages are in the working folder, not beside this script.
const snarkjs = createRequire(path.join(process.cwd(), 'package.json'))('snarkjs');
const read = file => JSON.parse(fs.readFileSync(file, 'utf8'));

async function verify(key, publicInputs, proof) {
  console.log(await snarkjs.groth16.verify(read(key), read(publicInputs), read(proof)));
}

async function setUpAndProve(r1cs, witness, folder) {
  const info = await snarkjs.r1cs.info(r1cs);
  const power = Math.ceil(Math.log2(info.nConstraints + info.nPubInputs + info.nOutputs + 1));
  const at = name => path.join(folder, name);
  const curve = await snarkjs.curves.getCurveFromName('bls12381');
  await snarkjs.powersOfTau.newAccumulator(curve, Math.max(power, 3), at('0.ptau'));
  await snarkjs.powersOfTau.contribute(at('0.ptau'), at('1.ptau'), 'test', 'words');
  await snarkjs.powersOfTau.preparePhase2(at('1.ptau'), at('2.ptau'));
  await snarkjs.zKey.newZKey(r1cs, at('2.ptau'), at('0.zkey'));
  await snarkjs.zKey.contribute(at('0.zkey'), at('1.zkey'), 'test', 'words');
  const { proof, publicSignals } = await snarkjs.groth16.prove(at('1.zkey'), witness);
  const write = (name, value) => fs.writeFileSync(at(name), JSON.stringify(value));
  write('key.json', await snarkjs.zKey.exportVerificationKey(at('1.zkey')));
  write('public.json', publicSignals);
  write('proof.json', proof);
}

async function prove(zkey, witness, runs) {
  for (let i = 0; i < +runs; i++) {
    const started = process.cpuUsage(), wall = performance.now();
    await snarkjs.groth16.prove(zkey, witness);
    const used = process.cpuUsage(started);
    console.log(JSON.stringify({ wall: (performance.now() - wall) / 1e3, cpu: (used.user + used.system) / 1e6 }));
  }
}

const [command, ...rest] = process.argv.slice(2);
({ 'verify': verify, 'setup-prove': setUpAndProve, prove })[command](...rest).then(() => process.exit(0), error => { console.error(error); process.exit(1); });
