// The npm clients `redis` and `ioredis`, unmodified, against the server whose port and
// compat-version are the arguments: handshake, commands, pipelines, RESP3, reconnecting after a kill. Ends with code 0 or says why not.
import assert from "node:assert/strict";
import { createClient } from "redis";
import Redis from "ioredis";

const port = Number(process.argv[2]);
const version = process.argv[3];

// Both send CLIENT SETINFO when they connect, and go on where there is no such command.
function assertLibrary(info, name) {
  if (version === "7.0") assert.doesNotMatch(info, /lib-name/);
  else assert.match(info, new RegExp(`lib-name=${name}\\S* lib-ver=\\d`));
}

async function nodeRedis(protocol) {
  const client = createClient({ url: `redis://127.0.0.1:${port}`, RESP: protocol, name: "npm-redis" });
  client.on("error", () => {}); // the killed connection of below
  await client.connect();
  assert.equal(await client.ping(), "PONG");
  assert.equal(await client.set("greeting", "hello", { expiration: { type: "EX", value: 100 } }), "OK");
  assert.equal(await client.get("greeting"), "hello");
  assert.ok((await client.ttl("greeting")) > 90);
  assert.deepEqual(await client.mGet(["greeting", "nosuch"]), ["hello", null]);
  const counts = await Promise.all(Array.from({ length: 500 }, () => client.incr("count")));
  assert.deepEqual(counts, Array.from({ length: 500 }, (_, index) => index + 1));
  const bytes = Buffer.from([0, 13, 10, 255]);
  await client.set("binary", bytes);
  assert.equal(await client.strLen("binary"), 4);
  const found = [];
  for await (const keys of client.scanIterator({ MATCH: "g*", COUNT: 1000 })) found.push(...[keys].flat());
  assert.deepEqual(found, ["greeting"]);
  await assert.rejects(client.sendCommand(["NOSUCH"]), /unknown command/);
  await assert.rejects(client.incr("greeting"), /not an integer/);
  assert.ok((await client.info("server")).includes(`redis_version:${version}`));
  assertLibrary(await client.sendCommand(["CLIENT", "INFO"]), "node-redis");
  // The client comes back by itself after it was cut off.
  const again = new Promise((resolve) => client.once("ready", resolve));
  const killer = client.duplicate();
  await killer.connect();
  await killer.sendCommand(["CLIENT", "KILL", "ID", String(await client.clientId())]);
  await killer.close();
  await again;
  assert.equal(await client.get("greeting"), "hello");
  await client.flushAll();
  await client.close();
}

async function ioRedis() {
  const client = new Redis({ port, host: "127.0.0.1", connectionName: "npm-ioredis" });
  assert.equal(await client.ping(), "PONG");
  assert.equal(await client.set("k", "v", "PX", 100000, "NX"), "OK");
  assert.equal(await client.set("k", "w", "NX"), null);
  assert.equal(await client.get("k"), "v");
  const replies = await client.pipeline().incr("n").incr("n").append("k", "!").get("k").exec();
  assert.deepEqual(replies, [[null, 1], [null, 2], [null, 2], [null, "v!"]]);
  const keys = [];
  for await (const part of client.scanStream({ match: "*" })) keys.push(...part);
  assert.deepEqual(keys.sort(), ["k", "n"]);
  await assert.rejects(client.incr("k"), /not an integer/);
  assert.equal(await client.client("GETNAME"), "npm-ioredis");
  assertLibrary(await client.client("INFO"), "ioredis");
  assert.ok((await client.command("COUNT")) > 50);
  await client.quit();
}

await nodeRedis(2);
await nodeRedis(3);
await ioRedis();
