// cast: every type of transaction, contracts, questions about the chain, and traces.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { ask, contract, eventually, foundry, mnemonic, require, rpc, run, scratch, step } from './toolbox.mjs';

const { ethers } = require('ethers');
const [sender, friend, fresh] = [0, 1, 9].map(n => ethers.HDNodeWallet.fromPhrase(mnemonic, undefined, `m/44'/60'/0'/0/${n}`));
const folder = scratch();
const cast = async (...args) => run(foundry('cast'), args, { env: { ...process.env, ETH_RPC_URL: rpc, NO_COLOR: '1' } });
const send = async (...args) => JSON.parse(await cast('send', '--private-key', sender.privateKey, '--json', ...args));
const deploy = async (name, ...args) => (await send('--create', (await contract(name)).bytecode, ...args)).contractAddress;

await step('asks who and where it is', async () => {
  assert.match(await cast('client'), /^Flashback\//);
  assert.equal(await cast('chain-id'), `${BigInt(await ask('eth_chainId'))}`);
  assert.ok(BigInt(await cast('balance', sender.address)) > 10n ** 21n);
  assert.ok(BigInt(await cast('gas-price')) > 0n);
});

await step('sends a legacy transaction', async () => {
  const receipt = await send('--legacy', friend.address, '--value', '1');
  assert.deepEqual([receipt.type, receipt.status], ['0x0', '0x1']);
});

await step('sends one with an access list', async () => {
  const gold = await deploy('Gold', 'constructor(uint256)', '5');
  const list = JSON.stringify([{ address: gold, storageKeys: [ethers.ZeroHash] }]);
  const receipt = await send('--legacy', gold, 'transfer(address,uint256)', friend.address, '1', '--access-list', list);
  assert.deepEqual([receipt.type, receipt.status], ['0x1', '0x1']);
});

await step('sends one with a tip', async () => {
  const receipt = await send(friend.address, '--value', '1', '--priority-gas-price', '3gwei', '--gas-price', '50gwei');
  assert.deepEqual([receipt.type, receipt.status], ['0x2', '0x1']);
  const block = await ask('eth_getBlockByHash', receipt.blockHash, false);
  assert.equal(BigInt(receipt.effectiveGasPrice) - BigInt(block.baseFeePerGas), 3n * 10n ** 9n);
});

await step('sends blobs with their sidecar', async () => {
  const file = path.join(folder, 'blob');
  fs.writeFileSync(file, Buffer.alloc(5000, 'what is proven is kept'));
  const receipt = await send('--blob', '--eip4844', '--path', file, friend.address, '--blob-gas-price', '1gwei');
  assert.deepEqual([receipt.type, receipt.status, BigInt(receipt.blobGasUsed)], ['0x3', '0x1', 131072n]);
  const sent = JSON.parse(await cast('tx', receipt.transactionHash, '--json'));
  assert.equal(sent.blobVersionedHashes.length, 1);
});

const batch = await step('deploys what accounts may delegate to', () => deploy('Batch'));
await step('delegates an account to it', async () => {
  const receipt = await send('--auth', await cast('wallet', 'sign-auth', batch, '--private-key', fresh.privateKey), friend.address, '--value', '1');
  assert.deepEqual([receipt.type, receipt.status], ['0x4', '0x1']);
  assert.equal((await cast('code', fresh.address)).toLowerCase(), `0xef0100${batch.slice(2)}`.toLowerCase());
});

const gold = await step('deploys a token', () => deploy('Gold', 'constructor(uint256)', '1000'));
await step('estimates, sends, calls and reads logs', async () => {
  const gas = BigInt(await cast('estimate', '--from', sender.address, gold, 'transfer(address,uint256)', friend.address, '300'));
  const receipt = await send(gold, 'transfer(address,uint256)', friend.address, '300', '--gas-limit', `${gas}`);
  assert.equal(receipt.status, '0x1');
  assert.ok(BigInt(receipt.gasUsed) <= gas && gas < 2n * BigInt(receipt.gasUsed));
  assert.match(await cast('call', gold, 'balanceOf(address)(uint256)', friend.address), /^300\b/);
  const found = JSON.parse(await cast('logs', '--json', '--from-block', '0', '--address', gold, 'Transfer(address indexed from, address indexed to, uint256)', sender.address, friend.address));
  assert.deepEqual(found.map(log => [log.transactionHash, BigInt(log.data)]), [[receipt.transactionHash, 300n]]);
});

await step('tells why a call reverts', async () => {
  await assert.rejects(cast('call', gold, 'transfer(address,uint256)(bool)', friend.address, '99999', '--from', friend.address), /ERC20InsufficientBalance|0xe450d38c/);
  const counter = await deploy('Counter');
  await assert.rejects(cast('call', counter, 'complain()'), /no reason to count/);
});

await step('reads storage, proofs, code and nonces', async () => {
  assert.equal(BigInt(await cast('storage', gold, '2')), 1000n); // _totalSupply
  const proof = JSON.parse(await cast('proof', gold, '2'));
  const { stateRoot } = await ask('eth_getBlockByNumber', 'latest', false);
  assert.equal(ethers.keccak256(proof.accountProof[0]), stateRoot);
  assert.equal(ethers.keccak256(proof.storageProof[0].proof[0]), proof.storageHash);
  assert.equal(await cast('codehash', gold), proof.codeHash);
  assert.ok(BigInt(await cast('nonce', sender.address)) >= 9n);
  assert.equal(await cast('code', friend.address), '0x');
});

await step('makes an access list and reads the history of fees', async () => {
  const list = await cast('access-list', '--from', sender.address, gold, 'transfer(address,uint256)', friend.address, '1');
  assert.equal(list.toLowerCase().split('0x').length - 1, 3, list); // the token and its two balances
  const history = JSON.parse(await cast('rpc', 'eth_feeHistory', '4', 'latest', '[25,75]'));
  assert.deepEqual([history.baseFeePerGas.length, history.reward.length], [5, 4]);
  assert.ok(BigInt(await cast('base-fee')) > 0n);
});

await step('traces a transaction three ways', async () => {
  const { transactionHash: hash, gasUsed, blockNumber } = await send(gold, 'transfer(address,uint256)', friend.address, '1');
  const steps = JSON.parse(await cast('rpc', 'debug_traceTransaction', hash));
  assert.deepEqual([steps.failed, steps.gas], [false, Number(gasUsed)]);
  assert.ok(steps.structLogs.some(log => log.op === 'SSTORE') && steps.structLogs.at(-1).op === 'RETURN');
  const calls = JSON.parse(await cast('rpc', 'debug_traceTransaction', hash, '{"tracer":"callTracer","tracerConfig":{"withLog":true}}'));
  assert.deepEqual([calls.type, calls.to, calls.logs.length, calls.gasUsed], ['CALL', gold.toLowerCase(), 1, gasUsed]);
  const states = JSON.parse(await cast('rpc', 'debug_traceTransaction', hash, '{"tracer":"prestateTracer","tracerConfig":{"diffMode":true}}'));
  assert.equal(BigInt(states.post[sender.address.toLowerCase()].balance), BigInt(await cast('balance', sender.address, '--block', `${BigInt(blockNumber)}`)));
  assert.equal(Object.keys(states.post[gold.toLowerCase()].storage).length, 2);
  assert.match(await cast('run', hash, '--quick'), /Transaction successfully executed/);
});

await step('sees what waits in the pool', async () => {
  const nonce = Number(await cast('nonce', friend.address));
  const hash = await cast('send', '--async', '--private-key', friend.privateKey, '--nonce', `${nonce + 1}`, '--gas-limit', '21000', sender.address, '--value', '1');
  assert.equal(BigInt(JSON.parse(await cast('rpc', 'txpool_status')).queued), 1n);
  assert.equal(JSON.parse(await cast('tx', hash, '--json')).blockHash ?? null, null);
  await cast('send', '--async', '--private-key', friend.privateKey, '--nonce', `${nonce}`, '--gas-limit', '21000', sender.address, '--value', '1');
  await eventually(async () => (await ask('eth_getTransactionReceipt', hash))?.status === '0x1', 'both are in a block');
});
