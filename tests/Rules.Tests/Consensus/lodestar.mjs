// Node 24: node lodestar.mjs FOLDER — applies the blocks of a random chain by Lodestar's state transition, with all signatures, and compares every state root.
// FOLDER holds genesis.ssz, blocks.bin (for each block its length in four bytes, lowest first, then the block) and config.json. Prints "same N" or where it differs.
// PEERS_HOME is where Lodestar's packages are installed (default ~/.cache/flashback-peers, folder st). LODESTAR_PRESET=minimal must be set.
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';

const folder = process.argv[2];
const packages = `${process.env.PEERS_HOME ?? `${homedir()}/.cache/flashback-peers`}/st/node_modules`;
if (!existsSync(packages)) throw new Error(`Lodestar's packages are not in ${packages}`);
const load = path => import(`${packages}/${path}`);
const { createBeaconConfig, chainConfig } = await load('@lodestar/config/lib/index.js');
const { minimalChainConfig } = await load('@lodestar/config/lib/configs.js').catch(() => ({}));
const { ssz } = await load('@lodestar/types/lib/index.js');
const transition = await load('@lodestar/state-transition/lib/index.js');

const { genesisValidatorsRoot, ...numbers } = JSON.parse(readFileSync(`${folder}/config.json`));
const bytes = hex => Uint8Array.from(Buffer.from(hex.slice(2), 'hex'));
const base = minimalChainConfig ?? chainConfig;
for (const name of Object.keys(numbers)) if (typeof numbers[name] === 'string') numbers[name] = bytes(numbers[name]);
const config = createBeaconConfig({
  ...base, ALTAIR_FORK_EPOCH: 0, BELLATRIX_FORK_EPOCH: 0, CAPELLA_FORK_EPOCH: 0, DENEB_FORK_EPOCH: 0, ELECTRA_FORK_EPOCH: 0,
  FULU_FORK_EPOCH: Infinity, GLOAS_FORK_EPOCH: Infinity, BLOB_SCHEDULE: [], ...numbers,
}, bytes(genesisValidatorsRoot));

let state = transition.createCachedBeaconState(ssz.electra.BeaconState.deserializeToViewDU(readFileSync(`${folder}/genesis.ssz`)), { config, pubkeyCache: transition.createPubkeyCache() });
const blocks = readFileSync(`${folder}/blocks.bin`);
let count = 0;
for (let at = 0; at < blocks.length; count++) {
  const length = blocks.readUInt32LE(at);
  const block = ssz.electra.SignedBeaconBlock.deserialize(blocks.subarray(at + 4, at + 4 + length));
  at += 4 + length;
  try {
    state = transition.stateTransition(state, block, {
      executionPayloadStatus: 'valid', dataAvailabilityStatus: 'Available', verifyStateRoot: true, verifyProposer: true, verifySignatures: true,
    });
  } catch (error) {
    console.log(`differs at block ${count}, slot ${block.message.slot}: ${error.message}`);
    process.exit(1);
  }
}
console.log(`same ${count}`);
