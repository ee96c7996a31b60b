// The same rules on npm's `json-rules-engine`, as its documentation has them: an engine with a rule each, run with the
// facts of an event. Usage: node json_rules_engine.mjs PACKAGE FILE, as `rule_cost --write` writes it.
// Prints {"events", "seconds", "fired", "p50_us", "p99_us"}.
import fs from 'node:fs';
import {createRequire} from 'node:module';

const {Engine} = createRequire(import.meta.url)(process.argv[2]);
const {rules, events} = JSON.parse(fs.readFileSync(process.argv[3], 'utf8'));
const operators = {eq: 'equal', gt: 'greaterThan', in: 'in'};

const engine = new Engine();
rules.forEach((rule, number) => {
  const all = rule.when.all.map(({path, op, value}) => ({fact: path, operator: operators[op], value}));
  engine.addRule({conditions: {all}, event: {type: `rule${number}`}});
});

let fired = 0;
const spent = [];
const begin = process.hrtime.bigint();
for (const facts of events) {
  const before = process.hrtime.bigint();
  fired += (await engine.run(facts)).events.length;
  spent.push(Number(process.hrtime.bigint() - before) / 1e3);
}
const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
spent.sort((a, b) => a - b);
const at = (share) => spent[Math.floor(share * (spent.length - 1))];
console.log(JSON.stringify({events: events.length, seconds, fired, p50_us: at(0.5), p99_us: at(0.99)}));
