// Events by HTTP into Kafka on npm's `fastify` and `@platformatic/kafka`: POST /v1/events takes NDJSON, checks each event by
// the route's schema and answers 202 once the broker has acknowledged all of them (acks=all). What else is sent to it waits
// for nothing: there are no views behind it. Usage: node fastify_ingest.mjs PACKAGES BROKER TOPIC PARTITIONS; PACKAGES is
// the folder of npm's modules. Makes the topic, prints its port.
import {createRequire} from 'node:module';

const [packages, broker, topic, partitions] = process.argv.slice(2);
const require = createRequire(`${packages}/`);
const Fastify = require('fastify');
const {Admin, Producer, ProduceAcks, stringSerializers} = await import(require.resolve('@platformatic/kafka'));

const GATHERED_MAX = 500;  // messages of a request; what brings as many goes at once

/// What arrives while a request is under way goes out together in the next one, as `linger` does it in other producers:
/// posts of one event are several times as many by it, and none waits for a timer.
class Gathering {
  #producer;
  #waiting = [];
  #busy = false;

  constructor(producer) {
    this.#producer = producer;
  }

  /// Resolves when the broker has acknowledged the messages.
  send(messages) {
    if (messages.length >= GATHERED_MAX) return this.#producer.send({messages});
    return new Promise((resolve, reject) => {
      this.#waiting.push({messages, resolve, reject});
      this.#next();
    });
  }

  async #next() {
    if (this.#busy || this.#waiting.length === 0) return;
    this.#busy = true;
    const sent = this.#waiting.splice(0, GATHERED_MAX);
    try {
      await this.#producer.send({messages: sent.flatMap((one) => one.messages)});
      for (const one of sent) one.resolve();
    } catch (failure) {
      for (const one of sent) one.reject(failure);
    }
    this.#busy = false;
    this.#next();
  }
}

const name = {type: 'string', minLength: 1, maxLength: 1024};
const events = {
  type: 'array',
  minItems: 1,
  items: {
    type: 'object',
    required: ['process', 'case_id', 'activity', 'timestamp'],
    properties: {process: name, case_id: name, activity: name, timestamp: name, resource: name, id: name},
  },
};
const accepted = {type: 'object', properties: {accepted: {type: 'integer'}}};

const admin = new Admin({clientId: 'ingest', bootstrapBrokers: [broker]});
await admin.createTopics({topics: [topic], partitions: Number(partitions), replicas: 1});
await admin.close();
const log = new Gathering(new Producer(
    {clientId: 'ingest', bootstrapBrokers: [broker], acks: ProduceAcks.ALL, serializers: stringSerializers}));

const app = Fastify({bodyLimit: 8 * 2 ** 20});
app.addContentTypeParser('application/x-ndjson', {parseAs: 'string'}, (request, body, done) => {
  try {
    done(null, body.trimEnd().split('\n').map((line) => JSON.parse(line)));
  } catch (failure) {
    failure.statusCode = 400;
    done(failure);
  }
});
app.post('/v1/events', {schema: {body: events, response: {202: accepted}}}, async (request, reply) => {
  await log.send(request.body.map(
      (event) => ({topic, key: `${event.process}\0${event.case_id}`, value: JSON.stringify(event)})));
  reply.code(202);
  return {accepted: request.body.length};
});
app.get('/v1/processes/:process/kpis', async () => ({}));
await app.listen({port: 0, host: '127.0.0.1'});
console.log(app.server.address().port);
