// An SDK of the application's own, which it sets up itself, with an instrumentation of http; and one request. Says how many spans began.
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { NodeSDK } = require('@opentelemetry/sdk-node');

let count = 0;
const counter = {
  onStart: () => count++,
  onEnd: () => {},
  forceFlush: async () => {},
  shutdown: async () => {},
};
new NodeSDK({ instrumentations: [new HttpInstrumentation()], spanProcessors: [counter] }).start();
const http = require('node:http');

const server = http.createServer((_request, response) => response.end('answer'));
server.listen(0, '127.0.0.1', () => {
  http.get({ host: '127.0.0.1', port: server.address().port }, (response) => {
    response.resume().on('end', () => server.close(() => console.log(count)));
  });
});
