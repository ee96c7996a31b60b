// The least server of the live contract on npm's `ws`: counts the events of each post and tells every subscriber the new
// count, in a delta like Weir's. Prints its port. Found by NODE_PATH or beside this file: the package `ws`.
import http from 'node:http';
import {createRequire} from 'node:module';

const {WebSocketServer} = createRequire(import.meta.url)(process.argv[2] ?? 'ws');
const epoch = 'peer';
let seq = 0;
let count = 0;
const clients = new Set();

const entry = () => `{"name":"step","count":${count},"cases":${count}}`;
const data = () => `{"as_of":"${new Date().toISOString()}","activities":{"put":[${entry()}]},` +
    `"start":{"put":[{"name":"step","count":${count}}]},"end":{"put":[{"name":"step","count":${count}}]}}`;

function broadcast() {
  const prev = seq++;
  const message = `{"ref":1,"type":"delta","prev":${prev},"seq":${seq},"data":${data()}}`;
  for (const client of clients) client.send(message);
}

const server = http.createServer((request, response) => {
  let lines = 0;
  request.on('data', (chunk) => {
    for (const byte of chunk) lines += byte === 10 ? 1 : 0;
  });
  request.on('end', () => {
    count += lines;
    const body = `{"accepted":${lines}}`;
    response.writeHead(202, {'Content-Type': 'application/json', 'Content-Length': body.length});
    response.end(body);
    broadcast();
  });
});

new WebSocketServer({server, perMessageDeflate: false}).on('connection', (client) => {
  client.on('message', () => {
    client.send(`{"ref":1,"type":"snapshot","epoch":"${epoch}","seq":${seq},"recovered":false,"data":{"as_of":"",` +
        `"activities":[${entry()}]}}`);
    clients.add(client);
  });
  client.on('close', () => clients.delete(client));
  client.on('error', () => {});
});
server.listen(0, '127.0.0.1', 1024, () => console.log(server.address().port));
