// cast at a network: an ERC-20 deployed through one node is seen on all. Runs as: node everywhere.mjs RPC-ADDRESS RPC-ADDRESS …; the first is deployed through.
import assert from 'node:assert/strict';
import { contract, eventually, foundry, mnemonic, require, rpc, run, step } from './toolbox.mjs';

const { ethers } = require('ethers');
const nodes = process.argv.slice(2);
const [sender, friend] = [0, 1].map(n => ethers.HDNodeWallet.fromPhrase(mnemonic, undefined, `m/44'/60'/0'/0/${n}`));
const cast = async (node, ...args) => run(foundry('cast'), args, { env: { ...process.env, ETH_RPC_URL: node, NO_COLOR: '1' } });
const send = async (node, ...args) => JSON.parse(await cast(node, 'send', '--private-key', sender.privateKey, '--json', ...args));

const gold = await step('deploys an ERC-20 through one node', async () => {
  const receipt = await send(rpc, '--create', (await contract('Gold')).bytecode, 'constructor(uint256)', '1000');
  assert.equal(receipt.status, '0x1');
  return receipt.contractAddress;
});

await step('transfers through another', async () => {
  await eventually(async () => await cast(nodes.at(-1), 'code', gold) !== '0x', 'the contract at the other node');
  assert.equal((await send(nodes.at(-1), gold, 'transfer(address,uint256)', friend.address, '7')).status, '0x1');
});

for (const node of nodes)
  await step(`sees it at ${node}`, async () => {
    const balance = () => cast(node, 'call', gold, 'balanceOf(address)(uint256)', friend.address);
    await eventually(async () => await balance() === '7', 'the balance');
    assert.equal(await cast(node, 'call', gold, 'totalSupply()(uint256)').then(text => text.split(' ')[0]), '1000');
  });
