// forge: a script that deploys and uses contracts, tests over a fork of what it left, and a contract by `forge create`.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { ask, forge, project, require, rpc, scratch, step, mnemonic } from './toolbox.mjs';

const { ethers } = require('ethers');
const keeper = ethers.HDNodeWallet.fromPhrase(mnemonic, undefined, "m/44'/60'/0'/0/2");
const folder = scratch();

await step('compiles with the compiler from npm', project);
const before = BigInt(await ask('eth_blockNumber'));

const returns = await step('forge script deploys tokens, a proxy and a factory, and uses them', async () => {
  await forge(['script', 'script/Deploy.s.sol', '--rpc-url', rpc, '--broadcast'], { KEY: keeper.privateKey, FOUNDRY_BROADCAST: folder });
  const record = JSON.parse(fs.readFileSync(path.join(folder, 'Deploy.s.sol', `${BigInt(await ask('eth_chainId'))}`, 'run-latest.json')));
  assert.equal(record.receipts.length, 15);
  assert.ok(record.receipts.every(receipt => receipt.status === '0x1'));
  return Object.fromEntries(Object.entries(record.returns).map(([name, { value }]) => [name, value]));
});

await step('forge test --fork-url finds what the script left', async () => {
  const names = { GOLD: returns.gold, DEEDS: returns.deeds, GOODS: returns.goods, COUNTER: returns.counter, FACTORY: returns.factory };
  const output = await forge(['test', '--fork-url', rpc, '--json'], { ...names, KEEPER: keeper.address, RPC: rpc, BEFORE: `${before}` });
  const results = Object.values(JSON.parse(output.slice(output.indexOf('{')))).flatMap(suite => Object.entries(suite.test_results));
  assert.equal(results.length, 6);
  for (const [name, result] of results) assert.equal(result.status, 'Success', `${name}: ${result.reason}`);
});

await step('forge create deploys a contract with a value for its constructor', async () => {
  const { deployedTo } = JSON.parse(await forge(
    ['create', 'src/Tokens.sol:Gold', '--rpc-url', rpc, '--private-key', keeper.privateKey, '--broadcast', '--json', '--constructor-args', '12345']));
  assert.equal(BigInt(await ask('eth_call', { to: deployedTo, data: '0x18160ddd' }, 'latest')), 12345n);
});
