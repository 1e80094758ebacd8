// Fetches the addresses that come on the standard input, one a line, one after the other, and throws away what it gets.
import { createInterface } from 'node:readline';

let byteCount = 0;
for await (const address of createInterface({ input: process.stdin })) {
  const response = await fetch(address);
  for await (const chunk of response.body) byteCount += chunk.length;
}
console.log(byteCount);
