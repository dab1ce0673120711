// viem: contracts, every type of transaction, questions with other states, simulated blocks, proofs, filters and subscriptions.
import assert from 'node:assert/strict';
import { ask, contract, eventually, isFull, kzg, mnemonic, require, rpc, socket, step } from './toolbox.mjs';

const viem = require('viem');
const { mnemonicToAccount, generatePrivateKey, privateKeyToAccount } = require('viem/accounts');
const chain = viem.defineChain({ id: Number(await ask('eth_chainId')), name: 'Flashback', nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 }, rpcUrls: { default: { http: [rpc], webSocket: [socket] } } });
const [account, other, delegating] = [3, 4, 7].map(addressIndex => mnemonicToAccount(mnemonic, { addressIndex }));
const reader = viem.createPublicClient({ chain, transport: viem.http(rpc, { batch: true }), pollingInterval: 100, cacheTime: 0 });
const live = viem.createPublicClient({ chain, transport: viem.webSocket(socket) });
const wallet = viem.createWalletClient({ account, chain, transport: viem.http(rpc) });

async function mined(sent) {
  const receipt = await reader.waitForTransactionReceipt({ hash: await sent });
  assert.equal(receipt.status, 'success');
  return receipt;
}

async function deploy(name, args = []) {
  const { abi, bytecode } = await contract(name);
  const { contractAddress: address } = await mined(wallet.deployContract({ abi, bytecode, args }));
  return { abi, address };
}

const blocks = [], logs = [], hashes = new Set();
const gold = await step('deploys a token and watches', async () => {
  const gold = await deploy('Gold', [10n ** 20n]);
  live.watchBlocks({ onBlock: block => blocks.push(block), includeTransactions: true });
  live.watchPendingTransactions({ onTransactions: found => found.forEach(hash => hashes.add(hash)) });
  live.watchContractEvent({ ...gold, eventName: 'Transfer', onLogs: found => logs.push(...found) });
  await eventually(() => blocks.length > 0 || ask('evm_mine').then(() => false), 'a head comes over the socket');
  return gold;
});

const receipt = await step('simulates, sends and hears of a transfer', async () => {
  const { request, result } = await reader.simulateContract({ ...gold, account, functionName: 'transfer', args: [other.address, 77n] });
  assert.equal(result, true);
  const filter = await reader.createContractEventFilter({ ...gold, eventName: 'Transfer' });
  const receipt = await mined(wallet.writeContract(request));
  await eventually(() => logs.length === 1 && hashes.has(receipt.transactionHash), 'the log has come over the socket');
  assert.deepEqual([logs[0].args.value, logs[0].transactionHash], [77n, receipt.transactionHash]);
  assert.deepEqual((await reader.getFilterChanges({ filter })).map(log => log.args.value), [77n]);
  assert.equal((await reader.getContractEvents({ ...gold, eventName: 'Transfer', fromBlock: 0n })).length, 2);
  await eventually(() => blocks.some(block => block.transactions.some(sent => sent.hash === receipt.transactionHash)), 'the block has come whole');
  return receipt;
});

await step('sends every type of transaction', async () => {
  const accessList = [{ address: gold.address, storageKeys: [viem.pad('0x2')] }], to = other.address;
  const batch = await deploy('Batch');
  const authorization = await wallet.signAuthorization({ account: delegating, contractAddress: batch.address });
  const library = await kzg(), hex = value => typeof value === 'string' ? value : viem.bytesToHex(value);
  const proofs = viem.defineKzg({
    blobToKzgCommitment: blob => viem.hexToBytes(library.blobToKzgCommitment(hex(blob))),
    computeBlobKzgProof: (blob, commitment) => viem.hexToBytes(library.computeBlobProof(hex(blob), hex(commitment))),
  });
  const blobs = viem.toBlobs({ data: viem.stringToHex('stake first, store after '.repeat(6000)) }); // more than one blob
  for (const [type, more] of Object.entries({
    legacy: {}, eip2930: { accessList }, eip1559: { accessList },
    eip4844: { blobs, kzg: proofs, maxFeePerBlobGas: 10n ** 9n }, eip7702: { authorizationList: [authorization] },
  })) {
    const receipt = await mined(wallet.sendTransaction({ type, to, value: 5n, ...more }));
    assert.deepEqual([receipt.type, receipt.to], [type, to.toLowerCase()]);
    if (type === 'eip4844') assert.deepEqual([receipt.blobGasUsed, receipt.blobGasPrice > 0n], [131072n * BigInt(blobs.length), true]);
    const sent = await reader.getTransaction({ hash: receipt.transactionHash });
    assert.deepEqual([sent.type, sent.value], [type, 5n]);
  }
  assert.equal(await reader.getCode({ address: delegating.address }), `0xef0100${batch.address.slice(2)}`);
  assert.ok(await reader.getBlobBaseFee() >= 1n);
});

await step('asks with other states and in other blocks', async () => {
  const rich = privateKeyToAccount(generatePrivateKey()).address;
  const slot = viem.keccak256(viem.encodeAbiParameters([{ type: 'address' }, { type: 'uint256' }], [rich, 0n]));
  const stateOverride = [{ address: gold.address, stateDiff: [{ slot, value: viem.pad('0x63') }] }];
  assert.equal(await reader.readContract({ ...gold, functionName: 'balanceOf', args: [rich], stateOverride }), 99n);
  assert.equal(await reader.readContract({ ...gold, functionName: 'balanceOf', args: [other.address], blockNumber: receipt.blockNumber - 1n }), 0n);
  const gas = await reader.estimateGas({ account: rich, to: other.address, value: 1n, stateOverride: [{ address: rich, balance: 10n ** 18n }] });
  assert.equal(gas, 21000n);
  const { data } = await reader.call({ to: viem.pad('0xc0de', { size: 20 }), blockOverrides: { number: 123456n }, stateOverride: [{ address: viem.pad('0xc0de', { size: 20 }), code: '0x435f5260205ff3' }] });
  assert.equal(BigInt(data), 123456n); // NUMBER PUSH0 MSTORE PUSH1 32 PUSH0 RETURN
  await assert.rejects(reader.simulateContract({ ...gold, account: other, functionName: 'transfer', args: [account.address, 10n ** 30n] }), error => error.walk(e => e.data?.errorName === 'ERC20InsufficientBalance') !== null);
});

await step('simulates blocks that are not', async () => {
  const [first, second] = await reader.simulateBlocks({
    blocks: [
      { stateOverrides: [{ address: other.address, balance: 10n ** 18n }], calls: [{ account: other.address, to: account.address, value: 10n ** 17n }] },
      { blockOverrides: { baseFeePerGas: 0n }, calls: [{ abi: gold.abi, to: gold.address, account: account.address, functionName: 'transfer', args: [other.address, 1n] }, { abi: gold.abi, to: gold.address, functionName: 'balanceOf', args: [other.address] }] },
    ],
    traceTransfers: true,
  });
  assert.deepEqual([first.calls[0].status, first.calls[0].logs.length, second.number - first.number], ['success', 1, 1n]);
  assert.deepEqual([second.calls[0].result, second.calls[1].result], [true, 78n]);
  assert.equal(await reader.readContract({ ...gold, functionName: 'balanceOf', args: [other.address] }), 77n, 'nothing happened');
});

await step('reads proofs, access lists, fees and blocks', async () => {
  const block = await reader.getBlock({ blockNumber: receipt.blockNumber });
  const proof = await reader.getProof({ address: gold.address, storageKeys: [viem.pad('0x2')], blockNumber: block.number });
  assert.deepEqual([viem.keccak256(proof.accountProof[0]), proof.storageProof[0].value], [block.stateRoot, 10n ** 20n]);
  const listed = await reader.createAccessList({ account, to: gold.address, data: viem.encodeFunctionData({ ...gold, functionName: 'transfer', args: [other.address, 1n] }) });
  assert.deepEqual([listed.accessList.length, listed.accessList[0].storageKeys.length], [1, 2]);
  const history = await reader.getFeeHistory({ blockCount: 3, rewardPercentiles: [10, 90] });
  assert.deepEqual([history.baseFeePerGas.length, history.reward[0].length], [4, 2]);
  const { maxFeePerGas, maxPriorityFeePerGas } = await reader.estimateFeesPerGas();
  assert.ok(maxFeePerGas > maxPriorityFeePerGas);
  for (const blockTag of ['earliest', 'safe', 'finalized', 'latest', 'pending']) assert.ok((await reader.getBlock({ blockTag })).number >= 0n);
});

await step('traces blocks and calls', async () => {
  const [trace] = await reader.request({ method: 'debug_traceBlockByNumber', params: [viem.toHex(receipt.blockNumber), { tracer: 'callTracer' }] });
  assert.deepEqual([trace.txHash, trace.result.to], [receipt.transactionHash, gold.address]);
  const call = { from: account.address, to: gold.address, data: viem.encodeFunctionData({ ...gold, functionName: 'balanceOf', args: [other.address] }) };
  const states = await reader.request({ method: 'debug_traceCall', params: [call, 'latest', { tracer: 'prestateTracer' }] });
  assert.equal(Object.keys(states[gold.address].storage).length, 1);
  const steps = await reader.request({ method: 'debug_traceTransaction', params: [receipt.transactionHash, { disableStorage: true, enableMemory: true, limit: 10 }] });
  assert.deepEqual([steps.structLogs.length, Array.isArray(steps.structLogs.at(-1).memory)], [10, true]);
});

await step('signs so that anybody can check', async () => {
  const signature = await account.signMessage({ message: 'kept' });
  assert.ok(await reader.verifyMessage({ address: account.address, message: 'kept', signature }));
  assert.ok(!await reader.verifyMessage({ address: other.address, message: 'kept', signature }));
});

await step(`has what ${isFull ? 20 : 4} senders send at once included`, async () => {
  const senders = Array.from({ length: isFull ? 20 : 4 }, () => privateKeyToAccount(generatePrivateKey()));
  for (const sender of senders) await mined(wallet.sendTransaction({ to: sender.address, value: 10n ** 18n }));
  const fees = { gas: 21000n, maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 10n ** 9n, type: 'eip1559', to: other.address, value: 1n };
  const sent = await Promise.all(senders.flatMap(sender => Array.from({ length: 10 }, async (_, nonce) =>
    wallet.sendRawTransaction({ serializedTransaction: await sender.signTransaction({ ...fees, nonce, chainId: chain.id }) }))));
  const receipts = await Promise.all(sent.map(hash => mined(hash)));
  assert.equal(receipts.length, senders.length * 10);
});

(await live.transport.getRpcClient()).close();
process.exit(); // viem may open its socket anew
