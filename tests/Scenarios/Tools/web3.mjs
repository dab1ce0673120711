// web3.js: accounts that the node keeps, contracts, batches, subscriptions.
import assert from 'node:assert/strict';
import { contract, eventually, mnemonic, require, rpc, socket, step } from './toolbox.mjs';

const { Web3 } = require('web3');
const { ethers } = require('ethers');
const web3 = new Web3(rpc), live = new Web3(socket);
web3.eth.transactionPollingInterval = 100;
const [from, to] = await step('finds the accounts that the node keeps', async () => {
  const accounts = await web3.eth.getAccounts();
  assert.equal(accounts.length, 10);
  assert.equal(accounts[0], ethers.HDNodeWallet.fromPhrase(mnemonic, undefined, "m/44'/60'/0'/0/0").address);
  assert.ok(await web3.eth.getBalance(accounts[0]) > 10n ** 21n);
  assert.match(await web3.eth.getNodeInfo(), /^Flashback\//);
  return accounts;
});

async function deploy(name, ...args) {
  const { abi, bytecode } = await contract(name);
  return new web3.eth.Contract(abi).deploy({ data: bytecode, arguments: args }).send({ from });
}

await step('sends with the node\'s keys, and with its own', async () => {
  const sent = await web3.eth.sendTransaction({ from, to, value: '5' });
  assert.deepEqual([sent.status, sent.type], [1n, 2n]);
  const own = web3.eth.accounts.privateKeyToAccount(ethers.HDNodeWallet.fromPhrase(mnemonic, undefined, "m/44'/60'/0'/0/5").privateKey);
  const signed = await own.signTransaction({ to, value: '5', gas: 21000, gasPrice: await web3.eth.getGasPrice(), nonce: await web3.eth.getTransactionCount(own.address), chainId: await web3.eth.getChainId() });
  const receipt = await web3.eth.sendSignedTransaction(signed.rawTransaction);
  assert.deepEqual([receipt.status, receipt.type, receipt.transactionHash], [1n, 0n, signed.transactionHash]);
  const signature = await web3.eth.sign('0x6b657074', from);
  assert.equal(web3.eth.accounts.recover(web3.utils.hexToUtf8('0x6b657074'), signature), from);
});

await step('deploys, calls and hears of what happens over a socket', async () => {
  const gold = await deploy('Gold', '1000000');
  const heads = [], logs = [];
  (await live.eth.subscribe('newBlockHeaders')).on('data', head => heads.push(head));
  (await live.eth.subscribe('logs', { address: gold.options.address })).on('data', log => logs.push(log));
  const gas = await gold.methods.transfer(to, 12).estimateGas({ from });
  const receipt = await gold.methods.transfer(to, 12).send({ from, gas: `${gas}` });
  assert.equal(receipt.events.Transfer.returnValues.value, 12n);
  assert.equal(await gold.methods.balanceOf(to).call(), 12n);
  await eventually(() => logs.length > 0 && heads.some(head => BigInt(head.number) === receipt.blockNumber), 'head and log come');
  assert.equal(logs[0].transactionHash, receipt.transactionHash);
  const past = await gold.getPastEvents('Transfer', { fromBlock: 0, filter: { to } });
  assert.deepEqual(past.map(event => event.returnValues.value), [12n]);
  await assert.rejects(gold.methods.transfer(from, 10n ** 30n).call({ from: to }), error => error.cause.errorName === 'ERC20InsufficientBalance');
  const { accessList } = await web3.eth.createAccessList({ from, to: gold.options.address, data: gold.methods.transfer(to, 1).encodeABI() });
  assert.equal(accessList[0].storageKeys.length, 2);
  const proof = await web3.eth.getProof(gold.options.address, [web3.utils.padLeft('0x2', 64)], 'latest');
  assert.equal(BigInt(proof.storageProof[0].value), 1000000n);
});

await step('asks many things in one batch', async () => {
  const batch = new web3.BatchRequest(), asked = [];
  for (let number = 0; number < 5; number++) asked.push(batch.add({ method: 'eth_getBlockByNumber', params: [`0x${number.toString(16)}`, false] }));
  await batch.execute();
  const blocks = await Promise.all(asked);
  for (let number = 1; number < 4; number++) assert.equal(blocks[number].parentHash, blocks[number - 1].hash);
  const history = await web3.eth.getFeeHistory(2, 'latest', [50]);
  assert.equal(history.baseFeePerGas.length, 3);
  assert.equal((await web3.eth.getBlock('latest', true)).hash.length, 66);
});

live.provider.disconnect();
