// ethers: contracts, a proxy that is upgraded, a factory, every type of transaction, errors as it tells them, subscriptions over WebSocket.
import assert from 'node:assert/strict';
import { ask, contract, eventually, isFull, kzg, mnemonic, require, rpc, socket, step } from './toolbox.mjs';

const { ethers } = require('ethers');
const provider = new ethers.JsonRpcProvider(rpc, undefined, { pollingInterval: 100 });
const live = new ethers.WebSocketProvider(socket);
const [first, second, delegating] = [0, 1, 8].map(n => ethers.HDNodeWallet.fromPhrase(mnemonic, undefined, `m/44'/60'/0'/0/${n}`).connect(provider));
const wallet = new ethers.NonceManager(first);

async function deploy(name, ...args) {
  const { abi, bytecode } = await contract(name);
  const made = await new ethers.ContractFactory(abi, bytecode, wallet).deploy(...args);
  return made.waitForDeployment();
}

async function mined(sent) {
  const receipt = await (await sent).wait();
  assert.equal(receipt.status, 1);
  return receipt;
}

const heads = [], transfers = [], waiting = new Set();
const gold = await step('deploys a fungible token and listens to it', async () => {
  live.on('block', number => heads.push(number));
  live.on('pending', hash => waiting.add(hash));
  const gold = await deploy('Gold', ethers.parseEther('1000'));
  await new ethers.Contract(await gold.getAddress(), gold.interface, live).on('Transfer', (from, to, amount, event) => transfers.push({ to, amount, hash: event.log.transactionHash }));
  await live.send('eth_chainId', []); // the subscription is there when later requests are answered
  return gold;
});

await step('moves tokens, with allowances', async () => {
  const sent = await mined(gold.transfer(second.address, 100n));
  await mined(gold.approve(second.address, 50n));
  await mined(gold.connect(second).transferFrom(first.address, second.address, 50n));
  assert.equal(await gold.balanceOf(second.address), 150n);
  await eventually(() => transfers.length === 2 && waiting.has(sent.hash) && heads.at(-1) >= sent.blockNumber, 'what was subscribed to has come');
  assert.deepEqual([transfers[0].to, transfers[0].amount, transfers[0].hash], [second.address, 100n, sent.hash]);
  const found = await gold.queryFilter(gold.filters.Transfer(first.address), 0);
  assert.deepEqual(found.map(event => event.args.value), [100n, 50n]);
  assert.deepEqual((await gold.queryFilter(gold.filters.Transfer(ethers.ZeroAddress), 0)).length, 1);
});

await step('makes and moves single and counted tokens', async () => {
  const deeds = await deploy('Deeds'), goods = await deploy('Goods');
  await mined(deeds.claim(7));
  await mined(deeds['safeTransferFrom(address,address,uint256)'](first.address, second.address, 7));
  assert.equal(await deeds.ownerOf(7), second.address);
  await mined(goods.make([1, 2], [10, 20]));
  await mined(goods.safeBatchTransferFrom(first.address, second.address, [1, 2], [4, 5], '0x'));
  assert.deepEqual([...await goods.balanceOfBatch([first.address, second.address], [1, 2])], [6n, 5n]);
  const [batch] = await goods.queryFilter(goods.filters.TransferBatch(null, first.address), 0);
  assert.deepEqual([...batch.args.ids], [1n, 2n]);
});

const counter = await step('upgrades what is behind a proxy', async () => {
  const code = await deploy('Counter'), double = await deploy('DoubleCounter');
  const proxy = await deploy('CounterProxy', await code.getAddress(), code.interface.encodeFunctionData('begin', [first.address]));
  const counter = code.attach(await proxy.getAddress());
  await mined(counter.count(5));
  assert.equal(await counter.count.staticCall(5), 10n);
  await mined(counter.upgradeToAndCall(await double.getAddress(), '0x'));
  await mined(counter.count(5));
  assert.equal(await counter.value(), 15n);
  const slot = '0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc'; // of the implementation. spec: ERC-1967
  assert.equal(ethers.getAddress(ethers.dataSlice(await provider.getStorage(await counter.getAddress(), slot), 12)), await double.getAddress());
  return counter;
});

await step('makes contracts where CREATE2 foretells them', async () => {
  const factory = await deploy('Factory'), salt = ethers.id('salt');
  const { bytecode } = await contract('Box');
  const initcode = ethers.concat([bytecode, ethers.AbiCoder.defaultAbiCoder().encode(['uint256'], [42])]);
  const foretold = ethers.getCreate2Address(await factory.getAddress(), salt, ethers.keccak256(initcode));
  assert.equal(await factory.addressOf(salt, 42), foretold);
  await mined(factory.make(salt, 42, { value: 9n }));
  assert.equal(await provider.getBalance(foretold), 9n);
  await assert.rejects(factory.make.staticCall(salt, 42)); // it is there
});

await step('sends every type of transaction', async () => {
  const to = second.address, fees = await provider.getFeeData();
  const list = [{ address: await gold.getAddress(), storageKeys: [ethers.zeroPadValue('0x02', 32)] }];
  const library = await kzg(), data = ethers.concat([new Uint8Array(4), ethers.randomBytes(27)]);
  const blob = ethers.hexlify(ethers.concat([data, new Uint8Array(131072 - ethers.dataLength(data))]));
  const withBlobs = { blobToKzgCommitment: b => library.blobToKzgCommitment(ethers.hexlify(b)), computeBlobKzgProof: (b, c) => library.computeBlobProof(ethers.hexlify(b), ethers.hexlify(c)) };
  const delegate = await deploy('Batch');
  const authorization = await delegating.authorize({ address: await delegate.getAddress() });
  for (const [type, more] of Object.entries({
    0: { gasPrice: fees.gasPrice },
    1: { gasPrice: fees.gasPrice, accessList: list },
    2: { accessList: list },
    3: { kzg: withBlobs, blobs: [blob], maxFeePerBlobGas: 1_000_000_000n, accessList: [] },
    4: { authorizationList: [authorization] },
  })) {
    const receipt = await mined(wallet.sendTransaction({ type: Number(type), to, value: 1n, ...more }));
    assert.equal(receipt.type, Number(type));
    const sent = await provider.getTransaction(receipt.hash);
    assert.deepEqual([sent.type, sent.from, sent.value], [Number(type), first.address, 1n]);
    assert.equal(ethers.Transaction.from(sent).hash, receipt.hash, 'it hashes what we answer to the same');
  }
  assert.equal(await provider.getCode(delegating.address), `0xef0100${(await delegate.getAddress()).slice(2).toLowerCase()}`);
  // The account does two things at once with the code it has now.
  const twice = new ethers.Contract(delegating.address, delegate.interface, delegating);
  const before = await provider.getBalance(to);
  await mined(twice.execute([{ to, value: 3n, data: '0x' }, { to, value: 4n, data: '0x' }]));
  assert.equal(await provider.getBalance(to) - before, 7n);
});

await step('is told why something fails', async () => {
  const fails = (promise, code) => assert.rejects(promise, error => { assert.equal(error.code, code, error.message); return true; });
  const poor = ethers.Wallet.createRandom().connect(provider);
  await assert.rejects(counter.complain(), error => error.reason === 'no reason to count');
  await assert.rejects(counter.refuse(), error => error.revert?.name === 'NotTheKeeper' && error.revert.args[0] === first.address);
  await fails(gold.connect(second).transfer(first.address, 10n ** 30n), 'CALL_EXCEPTION');
  await fails(poor.sendTransaction({ to: first.address, value: 1n, gasLimit: 21000n }), 'INSUFFICIENT_FUNDS');
  const nonce = await first.getNonce();
  await fails(first.sendTransaction({ to: second.address, nonce: nonce - 1 }), 'NONCE_EXPIRED');
  const fees = { maxFeePerGas: ethers.parseUnits('9', 'gwei'), maxPriorityFeePerGas: ethers.parseUnits('1', 'gwei'), gasLimit: 21000n, to: first.address };
  const later = await second.getNonce() + 1;
  await second.sendTransaction({ ...fees, nonce: later });
  await fails(second.sendTransaction({ ...fees, nonce: later, maxFeePerGas: fees.maxFeePerGas + 1n }), 'REPLACEMENT_UNDERPRICED');
  const replaced = await second.sendTransaction({ ...fees, nonce: later, maxFeePerGas: 2n * fees.maxFeePerGas, maxPriorityFeePerGas: 2n * fees.maxPriorityFeePerGas });
  await second.sendTransaction({ ...fees, nonce: later - 1 });
  assert.equal((await replaced.wait()).status, 1);
  // What runs out of gas in a block has a receipt that says so.
  const failed = await wallet.sendTransaction({ to: await counter.getAddress(), data: counter.interface.encodeFunctionData('complain'), gasLimit: 100_000n });
  await fails(failed.wait(), 'CALL_EXCEPTION');
  assert.equal((await provider.getTransactionReceipt(failed.hash)).status, 0);
});

await step(`has ${isFull ? 400 : 40} transactions of one sender and their order kept`, async () => {
  const count = isFull ? 400 : 40, sent = [];
  // Side by side they arrive in any order, and of one sender 64 at most may wait for one before them, as with Geth.
  const wave = 40, counting = { to: await counter.getAddress(), data: counter.interface.encodeFunctionData('count', [1]), gasLimit: 60_000n };
  for (let i = 0; i < count; i += wave) sent.push(...await Promise.all(Array.from({ length: wave }, () => wallet.sendTransaction(counting))));
  const receipts = await Promise.all(sent.map(each => each.wait()));
  const inOrder = receipts.map(receipt => receipt.blockNumber * 10_000 + receipt.index);
  assert.deepEqual(inOrder, inOrder.toSorted((a, b) => a - b));
  const counted = await counter.queryFilter(counter.filters.Counted(first.address), receipts[0].blockNumber);
  assert.equal(counted.length, count);
  assert.equal(await counter.value(), 15n + 2n * BigInt(count));
  const of = await ask('eth_getBlockReceipts', ethers.toQuantity(receipts[0].blockNumber));
  assert.equal(of.find(receipt => receipt.transactionHash === receipts[0].hash).logs[0].address, (await counter.getAddress()).toLowerCase());
});

await live.destroy();
provider.destroy();
