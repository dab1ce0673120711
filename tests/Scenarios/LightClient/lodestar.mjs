// Lodestar's light client follows a chain through the Beacon API. Runs as: node lodestar.mjs BEACON-API-ADDRESS, in the folder where the packages are installed.
// It begins at the first block that was final, goes through a change of the sync committee, and must find what the node says is final. A line for each thing it did.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

process.env.LODESTAR_PRESET = 'minimal'; // our devnet's sizes; read when the packages are loaded
const load = file => import(path.join(process.cwd(), 'node_modules', file));
const { createBeaconConfig, createChainForkConfig, chainConfigFromJson } = await load('@lodestar/config/lib/index.js');
const { Lightclient } = await load('@lodestar/light-client/lib/index.js');
const { LightClientRestTransport } = await load('@lodestar/light-client/lib/transport/index.js');
const { LightclientSpec } = await load('@lodestar/light-client/lib/spec/index.js');
const { getClient } = await load('@lodestar/api/lib/beacon/index.js');
const { ssz } = await load('@lodestar/types/lib/index.js');

const url = process.argv[2].replace(/\/$/, '');
const wallSecondsMost = 180;
const json = async at => {
  const response = await fetch(url + at);
  if (!response.ok) throw new Error(`${at}: ${response.status} ${await response.text()}`);
  return (await response.json()).data;
};
async function eventually(find, what) {
  for (const end = Date.now() + wallSecondsMost * 1000; Date.now() < end; await new Promise(go => setTimeout(go, 200))) {
    const found = await find();
    if (found) return found;
  }
  throw new Error(`${what}: not within ${wallSecondsMost} s`);
}
const hex = bytes => '0x' + Buffer.from(bytes).toString('hex');
const bytes = text => Uint8Array.from(Buffer.from(text.slice(2), 'hex'));

const spec = await json('/eth/v1/config/spec'), genesis = await json('/eth/v1/beacon/genesis');
const slotsPerPeriod = Number(spec.SLOTS_PER_EPOCH) * Number(spec.EPOCHS_PER_SYNC_COMMITTEE_PERIOD);
const config = createChainForkConfig(chainConfigFromJson(spec));
const finalized = async () => json('/eth/v1/beacon/headers/finalized').then(header => ({ root: header.root, slot: Number(header.header.message.slot) }));
await eventually(async () => (await finalized()).slot > slotsPerPeriod, 'a final block of the second period');

const api = getClient({ baseUrl: url, globalInit: { responseWireFormat: 'json' } }, { config }), transport = new LightClientRestTransport(api);
const genesisData = { genesisTime: Number(genesis.genesis_time), genesisValidatorsRoot: genesis.genesis_validators_root };
const checkpointRoot = (await json(`/eth/v1/beacon/headers/${spec.SLOTS_PER_EPOCH}`)).root;
const quiet = { error: (...args) => console.error(...args), warn() {}, info() {}, debug() {} };
const client = await Lightclient.initializeFromCheckpointRoot({ config, logger: quiet, genesisData, transport, checkpointRoot: bytes(checkpointRoot) });
assert.equal(client.getFinalized().beacon.slot, Number(spec.SLOTS_PER_EPOCH));
console.log('ok begins at the first final block');

void client.start();
await eventually(async () => {
  const seen = client.getFinalized().beacon;
  return seen.slot > slotsPerPeriod && (await finalized()).root === hex(ssz.phase0.BeaconBlockHeader.hashTreeRoot(seen));
}, 'the final block of the node');
console.log('ok finds what is final, over a change of the committee');

await eventually(async () => {
  const seen = client.getHead().beacon;
  return seen.slot > client.getFinalized().beacon.slot && (await json(`/eth/v1/beacon/headers/${seen.slot}`)).root === hex(ssz.phase0.BeaconBlockHeader.hashTreeRoot(seen));
}, 'a head of the node');
client.stop();
console.log('ok follows the head');

const bootstrap = await transport.getBootstrap((await finalized()).root), update = (await transport.getFinalityUpdate()).data;
const follower = () => new LightclientSpec(createBeaconConfig(config, bytes(genesisData.genesisValidatorsRoot)), {}, bootstrap.data);
follower().onFinalityUpdate(update.signatureSlot, update);
for (const [what, change] of Object.entries({
  'another signature': copy => { copy.syncAggregate.syncCommitteeSignature = new Uint8Array(copy.syncAggregate.syncCommitteeSignature).fill(7, 40, 41); },
  'another final block': copy => { copy.finalizedHeader.beacon.stateRoot = new Uint8Array(32).fill(7); },
  'another payload': copy => { copy.attestedHeader.execution.stateRoot = new Uint8Array(32).fill(7); },
})) {
  const changed = ssz.electra.LightClientFinalityUpdate.clone(update);
  change(changed);
  assert.throws(() => follower().onFinalityUpdate(changed.signatureSlot, changed), undefined, what);
}
console.log('ok takes no update that was changed');
process.exit(0);
